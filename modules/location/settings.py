"""What a scheme may set: the table `[location]`."""

from core import ModuleSettings


class Settings(ModuleSettings):
    """`contract_dates_mandatory`: every health facility has a contract with a first and a last day. `facility_levels`:
    the codes of the lookup `facility_level` that the scheme offers; empty: those that the lookup has active.
    """

    contract_dates_mandatory: bool = False
    facility_levels: tuple[str, ...] = ()
