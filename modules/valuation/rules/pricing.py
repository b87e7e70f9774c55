"""The unit price a line is valued at (claims spec 2.9 step 2, 2.10, decision 31)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from core.money import ZERO
from modules.medical.rules import PackageType
from modules.product.rules import PriceOrigin


@dataclass(frozen=True)
class Bundle:
    """A service that stands for the lines below it: what the register defines and what the facility entered."""

    package_type: PackageType
    register_price: Decimal
    defined: Mapping[Hashable, Decimal] = field(default_factory=dict)
    """Quantity by element, as the register has it."""

    entered: Mapping[Hashable, Decimal] = field(default_factory=dict)
    """Quantity by element, as the facility entered it."""

    def differs(self, origin: PriceOrigin) -> bool:
        """Whether its parts must be the register's at a price of this origin, and are not."""
        asked = self.package_type == PackageType.FEE_FOR_SERVICE and origin != PriceOrigin.OWN
        return asked and self.entered != self.defined


def unit_price(
    origin: PriceOrigin,
    *,
    listed: Decimal,
    asked: Decimal | None = None,
    approved: Decimal | None = None,
    bundle: Bundle | None = None,
    lower_of_asked_and_list: bool = False,
) -> Decimal:
    """The reviewer's price, else the facility's own for origin OWN, else the price list's.

    With `lower_of_asked_and_list`, origin PRICE_LIST pays no more than was asked. A bundle's own rules (2.10) change
    every price but the reviewer's.
    """
    if approved is not None:
        return approved
    price = listed
    if asked is not None and origin == PriceOrigin.OWN:
        price = asked
    elif asked is not None and origin == PriceOrigin.PRICE_LIST and lower_of_asked_and_list:
        price = min(asked, listed)
    return price if bundle is None else _bundle_price(bundle, origin, price)


def _bundle_price(bundle: Bundle, origin: PriceOrigin, price: Decimal) -> Decimal:
    if bundle.package_type == PackageType.FLAT_FEE and origin == PriceOrigin.OWN:
        return min(price, bundle.register_price)
    return ZERO if bundle.differs(origin) else price
