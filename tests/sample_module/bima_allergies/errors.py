"""What users can mend."""

from core import ErrorCode

ALLERGY_KNOWN = ErrorCode(
    "ALLERGY_KNOWN",
    en="{substance} is recorded for this person already.",
    sw="{substance} tayari imeandikwa kwa mtu huyu.",
    fr="{substance} est déjà enregistré pour cette personne.",
)
ALL = (ALLERGY_KNOWN,)
