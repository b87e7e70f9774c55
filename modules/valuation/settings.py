"""What a scheme may set: the table `[valuation]`."""

from core import ModuleSettings


class Settings(ModuleSettings):
    """`pay_lower_of_asked_and_list`: at the price list's prices no more is paid than was asked (decision 31).
    `hospital_levels`: the codes of the facility levels that are hospitals, for products that tell hospital visits by
    the facility.
    """

    pay_lower_of_asked_and_list: bool = False
    hospital_levels: tuple[str, ...] = ("H",)
