"""The module's right."""

from core import Right

RECORD = Right("allergies.allergy.record", "Record an allergy", roles=("MEDICAL_OFFICER",))
ALL = (RECORD,)
