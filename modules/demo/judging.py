"""What a scheme does with claims, done to the invented ones through the API: hand in, value, settle."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from core import Actor, Context, clock, new_id
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.location.models import Location
from modules.location.rules import LocationLevel
from modules.people.models import Account
from schema.execute import execute

SUBMIT = "mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) { results { id } errors { code } } }"
PROCESS = "mutation($input: ProcessClaimsInput!) { processClaims(input: $input) { results { id } errors { code } } }"
RUN = "mutation($input: RunBatchInput!) { runBatch(input: $input) { batchRun { id version } errors { code } } }"
CONFIRM = "mutation($input: ConfirmBatchRunInput!) { confirmBatchRun(input: $input) { errors { code } } }"
SETTLED = ("25", "41")
"""The codes of regions that have paid their facilities for last month."""
WAITING, UNDECIDED = 4, 2
"""Of this month's claims, one in so many is not handed in yet, and of those handed in one in so many not valued."""


async def judge(ctx: Context) -> None:
    """Hand in and value all claims of last month and before and some of this month's; settle some regions."""
    statement = select(Claim.id, Claim.date_from, Claim.date_to).where(
        Claim.status == ClaimStatus.ENTERED, Claim.ended_at.is_(None)
    )
    entered = [(id, left_on or came_on) for id, came_on, left_on in await ctx.session.execute(statement)]
    last = last_day_before(clock.today())
    with clock.at(evening(last, ctx.host.settings.timezone)):
        earlier = [id for id, day in entered if day <= last]
        await _hand_in(ctx, earlier, earlier)
    later = [id for id, day in entered if day > last]
    handed_in = [id for number, id in enumerate(later) if number % WAITING]
    await _hand_in(ctx, handed_in, handed_in[::UNDECIDED])
    regions = select(Location.id).where(Location.level == LocationLevel.REGION, Location.code.in_(SETTLED))
    for region_id in (await ctx.session.scalars(regions)).all():
        await _settle(ctx, region_id, last)


def last_day_before(today: date) -> date:
    """The last day of the month before."""
    return today.replace(day=1) - timedelta(days=1)


def evening(day: date, zone: ZoneInfo) -> datetime:
    """A moment of the day at which everybody has come home."""
    return datetime.combine(day, time(18), zone)


async def _hand_in(ctx: Context, submitted: Sequence[UUID], processed: Sequence[UUID]) -> None:
    if submitted:
        await _ask(ctx, "claims", "CLAIM_ADMINISTRATOR", SUBMIT, {"ids": submitted})
    if processed:
        await _ask(ctx, "medical", "MEDICAL_OFFICER", PROCESS, {"ids": processed})


async def _settle(ctx: Context, region_id: UUID, last: date) -> None:
    place = {"locationId": region_id, "year": last.year, "month": last.month}
    run = (await _ask(ctx, "accountant", "ACCOUNTANT", RUN, place))["batchRun"]
    await _ask(ctx, "treasurer", "ACCOUNTANT", CONFIRM, {"id": run["id"], "expectedVersion": run["version"]})


async def _ask(ctx: Context, username: str, role: str, document: str, input: Mapping[str, Any]) -> Any:
    """Ask the API in the account's name, with its role's rights and in the whole country."""
    id = (await ctx.session.scalars(select(Account.id).where(Account.username == username))).one()
    rights = frozenset(right.name for right in ctx.host.rights if role in right.roles)
    actor = Actor(id=id, name=username, rights=rights, unbounded=True)
    variables = orjson.loads(orjson.dumps({"input": input}, default=str))
    asking = Context(ctx.host, actor, request_id=str(new_id()))
    answer = orjson.loads((await execute(ctx.host.schema, document, variables, None, asking)).body)
    [payload] = (answer.get("data") or {"": None}).values()
    if payload is None or payload["errors"]:
        raise RuntimeError(f"the API refused the demo's claims: {answer}")
    return payload
