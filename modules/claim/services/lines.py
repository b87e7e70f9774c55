"""The lines of a claim as the facility enters them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from core import Context, Problems, check_columns, new_id, tidy
from core.money import money
from modules.claim import errors, rules
from modules.claim.inputs import ClaimItemInput, ClaimServiceInput
from modules.claim.models import Claim, ClaimLine, ClaimPart
from modules.claim.services.naming import Name, register_entries
from modules.claim.services.parts import EnteredPart, entered_parts, kept_parts
from modules.claim.services.pricing import listed_prices
from modules.claim.settings import Settings
from modules.medical.models import Item, Service
from modules.medical.services import Wanted

MOST_LINES = 200


@dataclass(frozen=True)
class EnteredLine:
    """A line to store. `register_price` is asked where the facility names no price and its list has none."""

    item_id: UUID | None
    service_id: UUID | None
    quantity: Decimal
    price_asked: Decimal | None
    register_price: Decimal
    explanation: str | None
    parts: Sequence[EnteredPart] = ()

    @property
    def element_id(self) -> UUID:
        """The item or the service."""
        element = self.item_id or self.service_id
        assert element is not None
        return element


async def entered_lines(
    ctx: Context, items: Sequence[ClaimItemInput], services: Sequence[ClaimServiceInput], problems: Problems
) -> list[EnteredLine]:
    """What an input says was given, items first; what is wrong with it is noted, and then lines are missing."""
    if len(items) + len(services) > MOST_LINES:
        problems.add(errors.TOO_MANY_LINES, "items", most=MOST_LINES)
        return []
    item_names = [Name(f"items.{at}.item", line.item_id, line.item_code) for at, line in enumerate(items)]
    service_names = [
        Name(f"services.{at}.service", line.service_id, line.service_code) for at, line in enumerate(services)
    ]
    known_items = await register_entries(ctx, Item, item_names, problems)
    known_services = await register_entries(ctx, Service, service_names, problems)
    explain = ctx.settings(Settings).explain_repetition
    parts = await entered_parts(ctx, services, known_services, problems)
    given: list[tuple[str, ClaimItemInput | ClaimServiceInput, Item | Service | None]] = [
        *((f"items.{at}", line, known_items.get(f"items.{at}.item")) for at, line in enumerate(items)),
        *((f"services.{at}", line, known_services.get(f"services.{at}.service")) for at, line in enumerate(services)),
    ]
    lines = []
    for path, input, entry in given:
        explanation = _check(input, path, explain, problems)
        if entry is not None:
            lines.append(_entered(input, entry, explanation, parts.get(path, ())))
    return lines


def kept_lines(
    lines: Iterable[ClaimLine], parts: Mapping[UUID, Sequence[ClaimPart]], *, of_items: bool
) -> list[EnteredLine]:
    """The lines of items, or those of services, that a claim has and keeps. `parts`: those of its bundles, by line."""
    return [
        EnteredLine(
            item_id=line.item_id,
            service_id=line.service_id,
            quantity=line.quantity_provided,
            price_asked=line.price_asked,
            register_price=line.price_asked,
            explanation=line.explanation,
            parts=kept_parts(parts.get(line.id, ())),
        )
        for line in lines
        if (line.item_id is not None) == of_items
    ]


async def make_lines(ctx: Context, claim: Claim, lines: Sequence[EnteredLine]) -> list[ClaimLine]:
    """Rows for the lines, numbered in their order. A price that was not given is the price list's (claims spec 2.4).

    What the list allows is noted beside it, so that submission need not write lines that pass at the list's price.
    """
    day = rules.target_date(claim.date_from, claim.date_to)
    wanted = {line.element_id: Wanted(claim.health_facility_id, line.element_id, day) for line in lines}
    listed = await listed_prices(ctx, set(wanted.values()))
    return [
        ClaimLine(
            id=new_id(),
            claim_id=claim.id,
            line_no=number,
            item_id=line.item_id,
            service_id=line.service_id,
            quantity_provided=line.quantity,
            price_asked=rules.asked_price(line.price_asked, listed.get(wanted[line.element_id], line.register_price)),
            price_adjusted=listed.get(wanted[line.element_id]),
            explanation=line.explanation,
        )
        for number, line in enumerate(lines, start=1)
    ]


def _check(input: ClaimItemInput | ClaimServiceInput, path: str, explain: bool, problems: Problems) -> str | None:
    values = tidy({"price_asked": input.price_asked, "explanation": input.explanation})
    check_columns(ClaimLine, {name: value for name, value in values.items() if value is not None}, problems, f"{path}.")
    if money(input.quantity_provided) <= 0:
        problems.add(errors.QUANTITY_MISSING, f"{path}.quantityProvided")
    elif explain and isinstance(input, ClaimServiceInput) and input.quantity_provided > 1 and not values["explanation"]:
        problems.add(errors.EXPLANATION_MISSING, f"{path}.explanation", quantity=input.quantity_provided)
    return values["explanation"]  # type: ignore[no-any-return]


def _entered(
    input: ClaimItemInput | ClaimServiceInput,
    entry: Item | Service,
    explanation: str | None,
    parts: Sequence[EnteredPart],
) -> EnteredLine:
    of_item = isinstance(entry, Item)
    return EnteredLine(
        item_id=entry.id if of_item else None,
        service_id=None if of_item else entry.id,
        quantity=money(input.quantity_provided),
        price_asked=input.price_asked,
        register_price=entry.price,
        explanation=explanation,
        parts=parts,
    )
