"""What a scheme may set: the table `[cheque_sante]`."""

from pydantic import Field

from core import ModuleSettings


class Settings(ModuleSettings):
    """What vouchers buy, and how long they go on after the birth."""

    product: str = "CHEQUE"
    """The code of the product that a voucher buys: it says the price, for how long, and what is paid for."""
    payment_type: str = "C"
    """How vouchers are paid: a code of the lookup `payment_type`."""
    days_after_birth: int = Field(default=42, ge=0)
    """For how many days after the birth a voucher still pays, for the mother and the newborn."""
