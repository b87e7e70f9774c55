"""The rights of the host's own mutations."""

from core.module import Right

LOOKUP_UPDATE = Right(
    "core.lookup.update", "Change the lists of codes", roles=("SCHEME_ADMINISTRATOR", "SYSTEM_ADMINISTRATOR")
)
HISTORY_READ = Right(
    "core.history.read",
    "See who changed what and when",
    roles=("MANAGER", "SCHEME_ADMINISTRATOR", "SYSTEM_ADMINISTRATOR"),
)
AUDIT_READ = Right(
    "core.audit.read", "See everything that was done and looked up, by whom", roles=("SYSTEM_ADMINISTRATOR",)
)
ALL = (AUDIT_READ, HISTORY_READ, LOOKUP_UPDATE)
