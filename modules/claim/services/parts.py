"""What bundles on a claim were made of (claims spec 2.5, 2.10)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import TAKEN, Context, Problems, check_columns
from core.money import money
from modules.claim import errors
from modules.claim.inputs import ClaimPartInput, ClaimServiceInput
from modules.claim.models import ClaimLine, ClaimPart
from modules.claim.services.bulk import among
from modules.claim.services.naming import Name, register_entries
from modules.medical.models import Item, Service, ServicePart
from modules.medical.services import parts_of_services

MOST_PARTS = 200
"""Parts of all bundles of a claim."""


@dataclass(frozen=True)
class EnteredPart:
    """A part to store. `defined` is what the register's bundle holds of it."""

    item_id: UUID | None
    service_id: UUID | None
    defined: Decimal | None
    quantity: Decimal
    price_asked: Decimal


async def entered_parts(
    ctx: Context, services: Sequence[ClaimServiceInput], known: Mapping[str, Service], problems: Problems
) -> dict[str, list[EnteredPart]]:
    """The parts of the bundles that an input names, by the path of the line; what is wrong is noted.

    `known`: the services of the lines, by the keys of their names.
    """
    given = [
        (f"services.{at}", f"services.{at}.parts.{number}", part)
        for at, line in enumerate(services)
        for number, part in enumerate(line.parts or ())
    ]
    if not given:
        return {}
    if len(given) > MOST_PARTS:
        problems.add(errors.TOO_MANY_LINES, given[0][0], most=MOST_PARTS)
        return {}
    items, acts = [], []
    for _, path, part in given:
        _check(part, path, problems)
        of_service = part.service_id is not None or part.service_code is not None
        if of_service and (part.item_id is not None or part.item_code is not None):
            problems.add(errors.NAME_ONE, path)
        elif of_service:
            acts.append(Name(f"{path}.service", part.service_id, part.service_code))
        else:
            items.append(Name(f"{path}.item", part.item_id, part.item_code))
    elements: dict[str, Item | Service] = {
        **await register_entries(ctx, Item, items, problems),
        **await register_entries(ctx, Service, acts, problems),
    }
    bundles = {line: known[f"{line}.service"].id for line, _, _ in given if f"{line}.service" in known}
    defined = {
        (part.service_id, part.element_id): part for part in await parts_of_services(ctx.session, bundles.values())
    }
    found: defaultdict[str, list[EnteredPart]] = defaultdict(list)
    seen: set[tuple[str, UUID]] = set()
    for line, path, part in given:
        element = elements.get(f"{path}.item") or elements.get(f"{path}.service")
        if element is None or line not in bundles:
            continue
        if (line, element.id) in seen:
            problems.add(TAKEN, path, value=element.code)
        seen.add((line, element.id))
        found[line].append(_entered(part, element, defined.get((bundles[line], element.id))))
    return found


def kept_parts(parts: Iterable[ClaimPart]) -> list[EnteredPart]:
    """The parts that a line has and keeps."""
    return [
        EnteredPart(part.item_id, part.service_id, part.quantity_defined, part.quantity_provided, part.price_asked)
        for part in parts
    ]


def make_parts(line: ClaimLine, parts: Sequence[EnteredPart]) -> list[ClaimPart]:
    """Rows for the parts of a line, in their order."""
    return [
        ClaimPart(
            claim_id=line.claim_id,
            line_id=line.id,
            part_no=number,
            item_id=part.item_id,
            service_id=part.service_id,
            quantity_defined=part.defined,
            quantity_provided=part.quantity,
            price_asked=part.price_asked,
        )
        for number, part in enumerate(parts, start=1)
    ]


async def parts_of(session: AsyncSession, claim_ids: Collection[UUID]) -> dict[UUID, list[ClaimPart]]:
    """What the bundles of some claims were made of, by line."""
    found: defaultdict[UUID, list[ClaimPart]] = defaultdict(list)
    query = select(ClaimPart).where(among(ClaimPart.claim_id, claim_ids)).order_by(ClaimPart.line_id, ClaimPart.part_no)
    for part in await session.scalars(query):
        found[part.line_id].append(part)
    return found


def _check(part: ClaimPartInput, path: str, problems: Problems) -> None:
    if part.price_asked is not None:
        check_columns(ClaimPart, {"price_asked": part.price_asked}, problems, f"{path}.")
    if money(part.quantity_provided) <= 0:
        problems.add(errors.QUANTITY_MISSING, f"{path}.quantityProvided")


def _entered(part: ClaimPartInput, element: Item | Service, defined: ServicePart | None) -> EnteredPart:
    of_item = isinstance(element, Item)
    price = element.price if defined is None else defined.price
    return EnteredPart(
        item_id=element.id if of_item else None,
        service_id=None if of_item else element.id,
        defined=None if defined is None else defined.quantity,
        quantity=money(part.quantity_provided),
        price_asked=part.price_asked or price,
    )
