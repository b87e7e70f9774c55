"""What a scheme may set: the table `[cheque_sante]`."""

from decimal import Decimal

from pydantic import Field

from core import ModuleSettings


class Settings(ModuleSettings):
    """`price`: what a voucher costs. `months`: how long it is valid."""

    price: Decimal = Field(default=Decimal(6000), ge=0)
    months: int = Field(default=12, ge=1)
