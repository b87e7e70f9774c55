"""Mutations that every schema has: a country keeps its lists of codes."""

from typing import Annotated
from uuid import UUID

from sqlalchemy import select

from core import rights
from core.context import Context
from core.errors import LANGUAGES, REQUIRED, TAKEN, TOO_LONG, UNKNOWN_CODE, Problems
from core.fields import mutation
from core.inputs import MutationInput, given, input_type
from core.lookups import LookupRow
from core.rows import check_changeable, find
from core.types import Lookup
from schema import UNSET, argument


@input_type
class LookupNameInput:
    """What a code is called in one language."""

    language: Annotated[str, argument("en, sw or fr.")]
    name: Annotated[str, argument("The name.")]


@input_type
class CreateLookupInput(MutationInput):
    """A new code of a list that exists."""

    id: Annotated[UUID | None, argument("The id it is to have: a UUID, version 7.")] = None
    kind: Annotated[str, argument("Which list, such as `gender`.")]
    code: Annotated[str, argument("The code; at most 20 characters, never changed later.")]
    names: Annotated[list[LookupNameInput], argument("What it is called; English at least.")]
    sort_order: Annotated[int, argument("Where it stands in its list.")] = 0


@input_type
class UpdateLookupInput(MutationInput):
    """Changes of a code. What is absent stays."""

    id: Annotated[UUID, argument("The code.")]
    expected_version: Annotated[int, argument("The version that the change is based on.")]
    names: Annotated[list[LookupNameInput] | None, argument("What it is called; those not given stay.")] = UNSET
    sort_order: Annotated[int | None, argument("Where it stands in its list.")] = UNSET
    active: Annotated[bool | None, argument("Whether it is offered.")] = UNSET


@mutation(Lookup, right=rights.LOOKUP_UPDATE)
async def create_lookup(ctx: Context, input: CreateLookupInput) -> LookupRow:
    """Add a code to a list. Lists themselves come with the modules that use them."""
    problems = Problems()
    names = _names(input.names, problems)
    if "en" not in names:
        problems.add(REQUIRED, "names")
    if not input.code.strip():
        problems.add(REQUIRED, "code")
    if len(input.code) > LookupRow.code.type.length:
        problems.add(TOO_LONG, "code", most=LookupRow.code.type.length)
    known = (await ctx.session.scalars(select(LookupRow.code).where(LookupRow.kind == input.kind))).all()
    if not known:
        problems.add(UNKNOWN_CODE, "kind", value=input.kind)
    if input.code in known:
        problems.add(TAKEN, "code", value=input.code)
    problems.stop()
    row = LookupRow(id=input.id, kind=input.kind, code=input.code, names=names, data={}, sort_order=input.sort_order)
    ctx.session.add(row)
    await check_changeable(ctx, row, "kind")
    return row


@mutation(Lookup, right=rights.LOOKUP_UPDATE)
async def update_lookup(ctx: Context, input: UpdateLookupInput) -> LookupRow:
    """Change what a code is called, where it stands, or whether it is offered."""
    row = await find(ctx, LookupRow, input.id, "id", version=input.expected_version, lock=True)
    problems = Problems()
    changes = {name: value for name, value in given(input).items() if value is not None}
    if "names" in changes:
        changes["names"] = row.names | _names(changes["names"], problems)
    problems.stop()
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def _names(names: list[LookupNameInput], problems: Problems) -> dict[str, str]:
    for index, entry in enumerate(names):
        if entry.language not in LANGUAGES:
            problems.add(UNKNOWN_CODE, f"names.{index}.language", value=entry.language)
        if not entry.name.strip():
            problems.add(REQUIRED, f"names.{index}.name")
    return {entry.language: entry.name.strip() for entry in names}
