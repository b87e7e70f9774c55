"""What a scheme may set: the table `[location]`."""

from core import ModuleSettings


class Settings(ModuleSettings):
    """`contract_dates_mandatory`: every health facility has a contract with a first and a last day."""

    contract_dates_mandatory: bool = False
