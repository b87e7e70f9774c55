"""Enrolment officers: adding, changing and ending them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from core import (
    DATES_REVERSED,
    NOT_FOUND,
    TAKEN,
    UNSET,
    Context,
    Problems,
    check_changeable,
    check_columns,
    clock,
    find,
    first,
    given,
    new_id,
    noting,
    tidy,
)
from modules.insuree import errors, inputs
from modules.insuree.models import EnrolmentOfficer, OfficerVillage
from modules.insuree.people import VILLAGES


async def create_officer(ctx: Context, input: inputs.CreateEnrolmentOfficerInput) -> EnrolmentOfficer:
    """Add an enrolment officer, who works from today unless another day is given.

    Raises:
        UserErrors: TAKEN, NOT_FOUND, DATES_REVERSED, OWN_SUBSTITUTE, and what the fields lack.
    """
    officer = EnrolmentOfficer(id=input.id or new_id())
    values = given(input)
    values["valid_from"] = values["valid_from"] or clock.today()
    await _write(ctx, officer, values)
    return officer


async def update_officer(ctx: Context, input: inputs.UpdateEnrolmentOfficerInput) -> EnrolmentOfficer:
    """Change an enrolment officer; the villages, when sent, replace those that were.

    Raises:
        UserErrors: NOT_FOUND, STALE, and what `create_officer` raises.
    """
    officer = await find(ctx, EnrolmentOfficer, input.id, "id", version=input.expected_version, lock=True)
    await _write(ctx, officer, given(input))
    return officer


async def end_officer(ctx: Context, input: inputs.EndEnrolmentOfficerInput) -> EnrolmentOfficer:
    """Set an officer's last day of work, today unless another day is given, and who stands in from then on.

    Raises:
        UserErrors: NOT_FOUND, STALE, DATES_REVERSED, OWN_SUBSTITUTE.
    """
    officer = await find(ctx, EnrolmentOfficer, input.id, "id", version=input.expected_version, lock=True)
    values: dict[str, Any] = {"valid_to": input.valid_to or clock.today()}
    if input.substitute_id is not None:
        values["substitute_id"] = input.substitute_id
    await _write(ctx, officer, values)
    return officer


async def _write(ctx: Context, officer: EnrolmentOfficer, values: dict[str, Any]) -> None:
    village_ids = values.pop("village_ids", UNSET)
    if "user_id" in values:
        values["account_id"] = values.pop("user_id")
    values = tidy(values)
    problems = Problems()
    check_columns(EnrolmentOfficer, values, problems)
    start: date | None = values.get("valid_from", officer.valid_from)
    end: date | None = values.get("valid_to", officer.valid_to)
    if start is not None and end is not None and end < start:
        problems.add(DATES_REVERSED, "validTo")
    await _check_substitute(ctx, officer, values.get("substitute_id"), problems)
    await _check_account(ctx, officer, values.get("account_id"), problems)
    await _check_villages(ctx, village_ids or (), problems)
    problems.stop()

    for name, value in values.items():
        setattr(officer, name, value)
    ctx.session.add(officer)
    await ctx.session.flush()
    if village_ids is not UNSET:
        await ctx.session.execute(delete(OfficerVillage).where(OfficerVillage.officer_id == officer.id))
        once = dict.fromkeys(village_ids or ())
        ctx.session.add_all(OfficerVillage(officer_id=officer.id, village_id=id) for id in once)
    await check_changeable(ctx, officer, "villageIds")


async def _check_substitute(ctx: Context, officer: EnrolmentOfficer, id: UUID | None, problems: Problems) -> None:
    if id is None:
        return
    if id == officer.id:
        problems.add(errors.OWN_SUBSTITUTE, "substituteId")
        return
    with noting(problems):
        await find(ctx, EnrolmentOfficer, id, "substituteId")


async def _check_account(ctx: Context, officer: EnrolmentOfficer, id: UUID | None, problems: Problems) -> None:
    if id is None:
        return
    if await first(ctx.host, "account_exists", ctx=ctx, account_id=id) is False:
        problems.add(NOT_FOUND, "userId")
    holder = select(EnrolmentOfficer.code).where(EnrolmentOfficer.account_id == id, EnrolmentOfficer.id != officer.id)
    if await ctx.session.scalar(holder) is not None:
        problems.add(TAKEN, "userId", value=id)


async def _check_villages(ctx: Context, ids: Sequence[UUID], problems: Problems) -> None:
    there = set(await ctx.session.scalars(VILLAGES.where(VILLAGES.selected_columns["id"].in_(ids)))) if ids else set()
    for at, id in enumerate(ids):
        if id not in there:
            problems.add(NOT_FOUND, f"villageIds.{at}")
