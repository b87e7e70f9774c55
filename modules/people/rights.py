"""What accounts may do with accounts and roles, and the standard roles of a scheme."""

from core import Right

USER_READ = Right("people.user.read", "See accounts", roles=("SYSTEM_ADMINISTRATOR",))
USER_CREATE = Right("people.user.create", "Create accounts", roles=("SYSTEM_ADMINISTRATOR",))
USER_UPDATE = Right("people.user.update", "Change and deactivate accounts", roles=("SYSTEM_ADMINISTRATOR",))
ROLE_READ = Right("people.role.read", "See roles and rights", roles=("SYSTEM_ADMINISTRATOR",))
ROLE_CREATE = Right("people.role.create", "Create roles", roles=("SYSTEM_ADMINISTRATOR",))
ROLE_UPDATE = Right("people.role.update", "Change roles and their rights", roles=("SYSTEM_ADMINISTRATOR",))

KEY_READ = Right("people.access_key.read", "See access keys of systems", roles=("SYSTEM_ADMINISTRATOR",))
KEY_CREATE = Right("people.access_key.create", "Make access keys for systems", roles=("SYSTEM_ADMINISTRATOR",))
KEY_REVOKE = Right("people.access_key.revoke", "Revoke access keys of systems", roles=("SYSTEM_ADMINISTRATOR",))

ALL = (
    USER_READ, USER_CREATE, USER_UPDATE, ROLE_READ, ROLE_CREATE, ROLE_UPDATE, KEY_READ, KEY_CREATE, KEY_REVOKE,
)  # fmt: skip

STANDARD_ROLES = {
    "ENROLMENT_OFFICER": "Enrolment officer",
    "MANAGER": "Manager",
    "ACCOUNTANT": "Accountant",
    "CLERK": "Clerk",
    "MEDICAL_OFFICER": "Medical officer",
    "SCHEME_ADMINISTRATOR": "Scheme administrator",
    "SYSTEM_ADMINISTRATOR": "System administrator",
    "RECEPTIONIST": "Receptionist",
    "CLAIM_ADMINISTRATOR": "Claim administrator",
    "CLAIM_CONTRIBUTOR": "Claim contributor",
}
"""The roles every scheme starts with: code and name. Each module's rights say which of them hold them."""
