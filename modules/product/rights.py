"""What accounts may do with products."""

from core import Right

READ = Right(
    "product.product.read",
    "See products",
    roles=(
        "ENROLMENT_OFFICER", "MANAGER", "ACCOUNTANT", "CLERK", "MEDICAL_OFFICER", "SCHEME_ADMINISTRATOR",
        "SYSTEM_ADMINISTRATOR", "RECEPTIONIST", "CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR",
    ),
)  # fmt: skip
CREATE = Right("product.product.create", "Add and duplicate products", roles=("SCHEME_ADMINISTRATOR",))
UPDATE = Right("product.product.update", "Change products and their terms", roles=("SCHEME_ADMINISTRATOR",))
DELETE = Right("product.product.delete", "Delete products", roles=("SCHEME_ADMINISTRATOR",))

ALL = (READ, CREATE, UPDATE, DELETE)
