"""The rights of the host's own mutations."""

from core.module import Right

LOOKUP_UPDATE = Right(
    "core.lookup.update", "Change the lists of codes", roles=("SCHEME_ADMINISTRATOR", "SYSTEM_ADMINISTRATOR")
)
ALL = (LOOKUP_UPDATE,)
