"""Keeping the registers of diagnoses, items and services, and finding their entries."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete as sql_delete
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import (
    NOT_FOUND,
    TAKEN,
    UNKNOWN_CODE,
    Context,
    Problems,
    check_changeable,
    check_columns,
    clock,
    find,
    given,
    new_id,
    tidy,
)
from modules.medical import errors, inputs
from modules.medical.models import EVERYONE, Diagnosis, Element, Item, Register, Service, ServicePart
from modules.medical.prices import close_lines
from modules.medical.rules import category_mask

R = TypeVar("R", bound=Register)
E = TypeVar("E", Item, Service)


@dataclass(frozen=True)
class Named:
    """An entry that an input names by id or by code. `path` leaves out `Id` and `Code`: `lines.0.item`."""

    path: str
    id: UUID | None = None
    code: str | None = None


async def by_codes(session: AsyncSession, kind: type[R], codes: Collection[str]) -> dict[str, R]:
    """The current entries with these codes, by code; one statement. Unknown codes are missing from the answer."""
    rows = await session.scalars(select(kind).where(kind.code.in_(codes), kind.ended_at.is_(None)))
    return {row.code: row for row in rows}


async def named(session: AsyncSession, kind: type[R], names: Sequence[Named], problems: Problems) -> dict[Named, R]:
    """The current entries that inputs name, in one statement. What is wrong with a name is noted under its path."""
    ids = {name.id for name in names if name.id is not None}
    codes = {name.code for name in names if name.code is not None}
    if not ids and not codes:
        rows: list[R] = []
    else:
        match = or_(kind.id.in_(ids), kind.code.in_(codes))
        rows = list(await session.scalars(select(kind).where(kind.ended_at.is_(None), match)))
    by_key: dict[UUID | str, R] = {row.id: row for row in rows} | {row.code: row for row in rows}
    found = {}
    for name in names:
        row = by_key.get(name.id if name.id is not None else name.code or "")
        if row is not None:
            found[name] = row
        elif name.id is not None:
            problems.add(NOT_FOUND, f"{name.path}Id")
        else:
            problems.add(UNKNOWN_CODE, f"{name.path}Code", value=name.code)
    return found


async def parts_of_services(session: AsyncSession, service_ids: Iterable[UUID]) -> Sequence[ServicePart]:
    """What the register's bundles hold, in one statement, each bundle's parts in their order."""
    query = select(ServicePart).where(ServicePart.service_id.in_(list(service_ids)))
    return (await session.scalars(query.order_by(ServicePart.service_id, ServicePart.line_no))).all()


async def create_diagnosis(ctx: Context, input: inputs.CreateDiagnosisInput) -> Diagnosis:
    """Add a diagnosis.

    Raises:
        UserErrors: REQUIRED, TOO_LONG or TAKEN, each at its field.
    """
    return await _create(ctx, Diagnosis, input.id, given(input))


async def update_diagnosis(ctx: Context, input: inputs.UpdateDiagnosisInput) -> Diagnosis:
    """Change a diagnosis.

    Raises:
        UserErrors: as `create_diagnosis`; NOT_FOUND, STALE.
    """
    return await _update(ctx, Diagnosis, input, given(input))


async def create_item(ctx: Context, input: inputs.CreateMedicalItemInput) -> Item:
    """Add an item.

    Raises:
        UserErrors: REQUIRED, TOO_LONG, TAKEN or NEGATIVE, each at its field.
    """
    return await _create(ctx, Item, input.id, _element_values(given(input)))


async def update_item(ctx: Context, input: inputs.UpdateMedicalItemInput) -> Item:
    """Change an item. Lines of price lists without a price of their own follow its price at once.

    Raises:
        UserErrors: as `create_item`; NOT_FOUND, STALE.
    """
    return await _update(ctx, Item, input, _element_values(given(input)))


async def create_service(ctx: Context, input: inputs.CreateMedicalServiceInput) -> Service:
    """Add a service with its parts.

    Raises:
        UserErrors: as `create_item`; ITEM_OR_SERVICE, PART_OF_ITSELF, and what names an unknown part.
    """
    values = _element_values(given(input))
    parts = values.pop("parts")
    service = await _create(ctx, Service, input.id, values)
    await _replace_parts(ctx, service, parts)
    return service


async def update_service(ctx: Context, input: inputs.UpdateMedicalServiceInput) -> Service:
    """Change a service; the parts sent replace all it had (claims spec 2.3).

    Raises:
        UserErrors: as `create_service`; NOT_FOUND, STALE.
    """
    values = _element_values(given(input))
    parts = values.pop("parts", None)
    service = await _update(ctx, Service, input, values)
    if parts is not None:
        await _replace_parts(ctx, service, parts)
    return service


async def delete(ctx: Context, kind: type[R], input: inputs.DeleteRegisterEntryInput) -> R:
    """End an entry: what uses it keeps it, nothing new can choose it. Its price-list lines hold through today (2.3).

    Raises:
        UserError: NOT_FOUND, STALE.
    """
    row = await find(ctx, kind, input.id, "id", version=input.expected_version, lock=True)
    row.ended_at = clock.now()
    if issubclass(kind, Element):
        await close_lines(ctx.session, row.id, clock.today())
    await ctx.session.flush()
    return row


async def _create(ctx: Context, kind: type[R], id: UUID | None, values: dict[str, Any]) -> R:
    values = tidy(values)
    problems = Problems()
    check_columns(kind, values, problems)
    await _check_code(ctx, kind, values["code"], problems)
    problems.stop()
    row = kind(id=id or new_id(), **values)
    ctx.session.add(row)
    await check_changeable(ctx, row, "code")
    return row


async def _update(ctx: Context, kind: type[R], input: Any, values: dict[str, Any]) -> R:
    row = await find(ctx, kind, input.id, "id", version=input.expected_version, lock=True)
    values = tidy(values)
    problems = Problems()
    check_columns(kind, values, problems)
    if values.get("code", row.code) != row.code:
        await _check_code(ctx, kind, values["code"], problems)
    problems.stop()
    for name, value in values.items():
        setattr(row, name, value)
    # A service whose parts alone change has changed too.
    row.updated_at = clock.now()
    await ctx.session.flush()
    return row


async def _check_code(ctx: Context, kind: type[Register], code: str | None, problems: Problems) -> None:
    if code is not None and await by_codes(ctx.session, kind, [code]):
        problems.add(TAKEN, "code", value=code)


def _element_values(values: dict[str, Any]) -> dict[str, Any]:
    """The columns of an item or a service; no patient category, or all of them, is everybody."""
    if "patient_categories" in values:
        values["patient_mask"] = int(category_mask(values.pop("patient_categories") or ())) or EVERYONE
    return values


async def _replace_parts(ctx: Context, service: Service, parts: Sequence[inputs.ServicePartInput]) -> None:
    problems = Problems()
    for index, part in enumerate(parts):
        names = (part.item_id, part.item_code, part.service_id, part.service_code)
        if sum(name is not None for name in names) != 1:
            problems.add(errors.ITEM_OR_SERVICE, f"parts.{index}")
        check_columns(ServicePart, {"quantity": part.quantity, "price": part.price}, problems, f"parts.{index}.")
    items = await _parts_named(ctx, Item, "item", parts, problems)
    services = await _parts_named(ctx, Service, "service", parts, problems)
    for index, sub_service in services.items():
        if sub_service is service:
            problems.add(errors.PART_OF_ITSELF, f"parts.{index}")
    problems.stop()
    await ctx.session.execute(sql_delete(ServicePart).where(ServicePart.service_id == service.id))
    ctx.session.add_all(
        ServicePart(
            service_id=service.id,
            line_no=index + 1,
            item_id=items[index].id if index in items else None,
            sub_service_id=services[index].id if index in services else None,
            quantity=part.quantity,
            price=part.price,
        )
        for index, part in enumerate(parts)
    )
    await ctx.session.flush()


async def _parts_named(
    ctx: Context, kind: type[E], field: str, parts: Sequence[inputs.ServicePartInput], problems: Problems
) -> dict[int, E]:
    """The items or the services among the parts, by the parts' places in the list."""
    places = {}
    for index, part in enumerate(parts):
        id, code = getattr(part, f"{field}_id"), getattr(part, f"{field}_code")
        if id is not None or code is not None:
            places[Named(f"parts.{index}.{field}", id, code)] = index
    found = await named(ctx.session, kind, list(places), problems)
    return {places[name]: element for name, element in found.items()}
