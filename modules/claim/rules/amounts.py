"""What a claim amounts to at each stage (claims spec 2.11). Asked, adjusted and approved are unit prices."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO, money, total
from core.values import value


@dataclass(frozen=True)
class SubLineAmounts:
    """A line below a bundle: the quantity given and the unit price asked."""

    quantity: Decimal
    price_asked: Decimal


@value
class LineAmounts:
    """Quantities and unit prices of a line; valuated and remunerated are totals of the line."""

    quantity_provided: Decimal
    price_asked: Decimal
    quantity_approved: Decimal | None = None
    price_adjusted: Decimal | None = None
    price_approved: Decimal | None = None
    valuated: Decimal | None = None
    remunerated: Decimal | None = None
    passed: bool = True
    sub_lines: tuple[SubLineAmounts, ...] = ()


def asked_price(given: Decimal | None, listed: Decimal) -> Decimal:
    """The unit price a line is entered at: what the facility gave, else the price list's (claims spec 2.4)."""
    return given or listed


def claimed_of_line(line: LineAmounts) -> Decimal:
    """Quantity provided by price asked; of a bundle that was entered with its parts, their sum instead (2.5)."""
    if line.sub_lines:
        return total(money(sub.quantity * sub.price_asked) for sub in line.sub_lines)
    return money(line.quantity_provided * line.price_asked)


def claimed(lines: Iterable[LineAmounts]) -> Decimal:
    """What the facility asks for. It never changes after submission (decision 31)."""
    return total(map(claimed_of_line, lines))


def approved_of_line(line: LineAmounts) -> Decimal:
    """The approved, else adjusted, else asked price by the approved, else provided quantity; nothing if rejected."""
    if not line.passed:
        return ZERO
    prices = (line.price_approved, line.price_adjusted, line.price_asked)
    price = next(price for price in prices if price is not None)
    quantity = line.quantity_provided if line.quantity_approved is None else line.quantity_approved
    return money(quantity * price)


def approved(lines: Iterable[LineAmounts]) -> Decimal:
    """What the scheme accepts before the terms of the product are applied."""
    return total(map(approved_of_line, lines))


def valuated(lines: Iterable[LineAmounts]) -> Decimal:
    """What the product's terms leave of the approved amount; lines not valued yet count for nothing."""
    return total(line.valuated or ZERO for line in lines if line.passed)


def remunerated(lines: Iterable[LineAmounts]) -> Decimal | None:
    """What the facility gets; None as long as a passed line waits for its relative price."""
    amounts = [line.remunerated for line in lines if line.passed]
    known = [amount for amount in amounts if amount is not None]
    return total(known) if len(known) == len(amounts) else None
