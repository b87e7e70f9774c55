"""What users can mend."""

from core import ErrorCode

ENTRY_KNOWN = ErrorCode(
    "SAMPLE_ENTRY_KNOWN",
    en="There is an entry {entry} already. Give the new one another code.",
    sw="Ingizo {entry} lipo tayari. Tumia msimbo mwingine.",
    fr="L'entrée {entry} existe déjà. Donnez un autre code à la nouvelle.",
)
ALL = (ENTRY_KNOWN,)
