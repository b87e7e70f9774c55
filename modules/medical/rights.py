"""What accounts may do with the medical registers and price lists."""

from core import Right

EVERYONE = (
    "ENROLMENT_OFFICER", "MANAGER", "ACCOUNTANT", "CLERK", "MEDICAL_OFFICER", "SCHEME_ADMINISTRATOR",
    "SYSTEM_ADMINISTRATOR", "RECEPTIONIST", "CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR",
)  # fmt: skip
KEEPERS = ("SCHEME_ADMINISTRATOR",)

DIAGNOSIS_READ = Right("medical.diagnosis.read", "See diagnoses", roles=EVERYONE)
DIAGNOSIS_CREATE = Right("medical.diagnosis.create", "Add diagnoses", roles=KEEPERS)
DIAGNOSIS_UPDATE = Right("medical.diagnosis.update", "Change diagnoses", roles=KEEPERS)
DIAGNOSIS_DELETE = Right("medical.diagnosis.delete", "Delete diagnoses", roles=KEEPERS)
ITEM_READ = Right("medical.item.read", "See medical items", roles=EVERYONE)
ITEM_CREATE = Right("medical.item.create", "Add medical items", roles=KEEPERS)
ITEM_UPDATE = Right("medical.item.update", "Change medical items", roles=KEEPERS)
ITEM_DELETE = Right("medical.item.delete", "Delete medical items", roles=KEEPERS)
SERVICE_READ = Right("medical.service.read", "See medical services", roles=EVERYONE)
SERVICE_CREATE = Right("medical.service.create", "Add medical services", roles=KEEPERS)
SERVICE_UPDATE = Right("medical.service.update", "Change medical services", roles=KEEPERS)
SERVICE_DELETE = Right("medical.service.delete", "Delete medical services", roles=KEEPERS)
PRICE_LIST_READ = Right("medical.price_list.read", "See price lists", roles=EVERYONE)
PRICE_LIST_CREATE = Right("medical.price_list.create", "Add price lists", roles=KEEPERS)
PRICE_LIST_UPDATE = Right("medical.price_list.update", "Change price lists and their prices", roles=KEEPERS)
PRICE_LIST_DELETE = Right("medical.price_list.delete", "Delete price lists", roles=KEEPERS)
PRICE_LIST_ASSIGN = Right("medical.price_list.assign", "Say which price lists a facility is paid by", roles=KEEPERS)

ALL = (
    DIAGNOSIS_READ, DIAGNOSIS_CREATE, DIAGNOSIS_UPDATE, DIAGNOSIS_DELETE,
    ITEM_READ, ITEM_CREATE, ITEM_UPDATE, ITEM_DELETE,
    SERVICE_READ, SERVICE_CREATE, SERVICE_UPDATE, SERVICE_DELETE,
    PRICE_LIST_READ, PRICE_LIST_CREATE, PRICE_LIST_UPDATE, PRICE_LIST_DELETE, PRICE_LIST_ASSIGN,
)  # fmt: skip
