"""Who signs in to the demo: an account for every standard role, and the enrolment officers of its villages."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from core import Context
from core.imports import Values, upsert
from modules.demo.files import rows
from modules.demo.scheme import SINCE
from modules.insuree.models import EnrolmentOfficer, OfficerVillage
from modules.location.models import HealthFacility, Location
from modules.location.rules import LocationLevel
from modules.people.models import NATIONAL, Account
from modules.people.services import create_account

PASSWORD = "karibu-bima"
"""Of every account of the demo."""
NATION, FACILITY = "NATION", "FACILITY"


async def add_accounts(ctx: Context) -> int:
    """The accounts that are not there yet, each working where its line says. Returns how many."""
    wanted = rows("accounts")
    known = set(await ctx.session.scalars(select(Account.username)))
    missing = [row for row in wanted if row["username"] not in known]
    for row in missing:
        await create_account(
            ctx.session,
            row["username"],
            last_name=row["last_name"],
            other_names=row["other_names"],
            roles=[row["role"]],
            grants=[await _grant(ctx, row)],
            password=PASSWORD,
        )
    return len(missing)


async def add_officers(ctx: Context) -> int:
    """The enrolment officers, each in a village. Returns how many are new."""
    villages = await _places(ctx, LocationLevel.VILLAGE)
    accounts = dict((await ctx.session.execute(select(Account.username, Account.id))).all())
    wanted = rows("officers")
    loaded = await upsert(ctx.session, EnrolmentOfficer, ("code",), [_officer(row, accounts) for row in wanted])
    ids = dict((await ctx.session.execute(select(EnrolmentOfficer.code, EnrolmentOfficer.id))).all())
    works_in = [{"officer_id": ids[row["code"]], "village_id": villages[row["village_code"]]} for row in wanted]
    await upsert(ctx.session, OfficerVillage, ("officer_id", "village_id"), works_in)
    return loaded.created


def _officer(row: Mapping[str, str], accounts: Mapping[str, UUID]) -> Values:
    return {
        "code": row["code"],
        "last_name": row["last_name"],
        "other_names": row["other_names"],
        "phone": row["phone"],
        "valid_from": SINCE,
        "account_id": accounts.get(row["username"]),
    }


async def _grant(ctx: Context, row: Mapping[str, str]) -> tuple[str, UUID | None]:
    if row["place"] == NATION:
        return NATIONAL, None
    if row["place"] == FACILITY:
        facility = select(HealthFacility.id).where(HealthFacility.code == row["code"])
        return "health_facility", (await ctx.session.scalars(facility)).one()
    return "location", (await _places(ctx, LocationLevel(row["place"])))[row["code"]]


async def _places(ctx: Context, level: LocationLevel) -> dict[str, UUID]:
    return dict((await ctx.session.execute(select(Location.code, Location.id).where(Location.level == level))).all())
