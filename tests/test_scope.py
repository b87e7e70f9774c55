"""Who sees and changes what: every type, every way of reaching it, every kind of account."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core import NOT_FOUND, SIGNED_IN, Context, UserError, Viewer, Where, context_of, rows, visible
from core.host import Host
from core.matrix import World
from core.matrix.corners import is_scoped, make_world
from core.matrix.routes import try_routes
from core.settings import load_settings
from core.testing import Corner, check_scope
from modules.insuree import testing as insuree_testing
from modules.insuree.models import Family as FamilyRow
from modules.insuree.models import Insuree as InsureeRow
from modules.insuree.types import Family
from modules.location.models import Location
from schema.node import MAPPED

REGISTERED = Path(__file__).with_name("registered.toml")
SEES = {
    "AccessKey": "own system",
    "AuditEntry": "",  # each account sees its own acts: nobody acted here
    "BatchRun": "region, district",
    "CapitationShare": "region, district, paid facility",
    "Claim": "region, district, clinic, paid facility",
    "ClaimAdministrator": "region, district, clinic",
    "ClaimAttachment": "region, district, clinic",
    "ClaimFeedback": "region, district, ward, village, clinic",
    "ClaimFeedbackPrompt": "region, district, ward, village, clinic",
    "ClaimFinding": "region, district, clinic",
    "ClaimLine": "region, district, clinic, paid facility",
    "ClaimPart": "region, district, clinic",
    "ClaimSample": "region, district, clinic",
    "Contribution": "region, district, ward, village",
    "CoveredInsuree": "region, district, ward, village",
    "Device": "own account",
    "FacilityPayment": "region, district, paid facility",
    "FacilityStatement": "region, district, paid facility",
    "Family": "region, district, ward, village",
    "Grant": "own account, own system",
    "Insuree": "region, district, ward, village",
    "InsureePhoto": "region, district, ward, village",
    "PaymentAdjustment": "region, district, paid facility",
    "Policy": "region, district, ward, village",
    "PolicyRenewal": "own account, region, district, ward, village",
    "RelativeIndex": "region, district",
    "SettledClaim": "region, district, paid facility",
    "User": "own account, own system",
}
"""Which accounts of a corner see its rows, beside the national one: what the scopes mean, reviewed by people."""


def sees(world: World) -> dict[str, str]:
    """The kinds of accounts of the corner that see a row that was made there, by type."""
    found = {}
    for name, (_, mapping) in world.types().items():
        ids = {str(row.id) for row in world.here.rows.get(mapping.model, ())}
        kinds = [who for who in world.here.grants if ids & world.seen[who][mapping.model]]
        if is_scoped(mapping):
            found[name] = ", ".join(kinds)
    return found


async def test_nobody_sees_or_changes_what_lies_outside(host: Host, session: AsyncSession) -> None:
    world = await check_scope(host, session)
    assert sees(world) == SEES


@pytest.fixture
async def small(database_url: str) -> AsyncIterator[Host]:
    """A host of its own with a few modules: these tests spoil it, and scopes, which the statements kept by model hold."""
    rows._finding.cache_clear()
    host = Host(load_settings(Path("/"), {}, profile=str(REGISTERED))).on(database_url)
    await host.start()
    yield host
    await host.stop()
    rows._finding.cache_clear()


async def problems(host: Host) -> str:
    """What the matrix says is wrong."""
    async with AsyncSession(host.db.engine, expire_on_commit=False) as session:
        with pytest.raises(AssertionError) as told:
            await check_scope(host, session)
    return str(told.value)


@pytest.mark.profile(str(REGISTERED))
async def test_a_type_without_rows_is_told_with_what_to_do(small: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(corner: Corner) -> None:
        corner.points |= {"headId": None, "villageId": None, "currentVillageId": None, "firstServicePointId": None}

    monkeypatch.setattr("modules.insuree.testing.populate", nothing)
    told = await problems(small)
    assert "Family has no row to be tried with: let populate(corner) in modules.insuree.testing make one." in told
    assert "createEnrolmentOfficer takes substituteId: say in corner.points['substituteId'] or" in told


@pytest.mark.profile(str(REGISTERED))
async def test_a_scope_that_is_open_and_a_service_that_forgets_it_are_told(
    small: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anybody(row: Any, viewer: Viewer) -> Where:
        yield from ()

    monkeypatch.setattr(FamilyRow, "__scope__", anybody)
    monkeypatch.setitem(MAPPED, Family, replace(MAPPED[Family], scope=anybody))
    told = await problems(small)
    assert "Family: its scope shows elsewhere 2 of the rows of another corner." in told
    assert "updateFamily(input.id) tells a row outside from none" in told


@pytest.mark.profile(str(REGISTERED))
async def test_a_service_that_writes_elsewhere_and_one_that_takes_what_was_deleted_are_told(
    small: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def whatever(ctx: Context, model: type[Any], id: UUID, path: str, **_: Any) -> Any:
        if (row := await ctx.session.scalar(select(model).where(model.id == id, *visible(ctx, model)))) is None:
            raise UserError(NOT_FOUND, "elsewhere")
        return row

    monkeypatch.setattr("modules.insuree.services.find", whatever)
    monkeypatch.setattr("modules.location.services.reaches_whole", AsyncMock(return_value=True))
    told = await problems(small)
    assert "createFamily(input.locationId): the stranger writes 1 rows of insuree_family that it does not see." in told
    assert "updateFamily(input.id) takes what was deleted: {'data'" in told
    assert "updateFamily(input.id) does not refuse a row outside at its place" in told


@pytest.mark.profile(str(REGISTERED))
async def test_ids_of_another_kind_and_ids_that_are_taken_are_told(
    small: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def anything(ctx: Context, input: Any) -> Any:
        return await ctx.session.scalar(select(FamilyRow).where(FamilyRow.id == input.id)) or await first_of(ctx, input)

    async def first_of(ctx: Context, input: Any) -> Any:
        if await ctx.session.get(InsureeRow, input.id) is None and await ctx.session.get(Location, input.id) is None:
            raise UserError(NOT_FOUND, "id")
        return (await ctx.session.scalars(select(FamilyRow).limit(1))).one()

    monkeypatch.setattr("modules.insuree.services.update_family", anything)
    monkeypatch.setattr("modules.insuree.services.create_family", anything)
    told = await problems(small)
    assert "updateFamily(input.id) takes the id of Location" in told
    assert "createFamily(input.id) takes an id that is taken" in told


async def everybody(request: Request) -> Response:
    """An export without a thought of who asks."""
    async with request.state.host.db.session() as session:
        return Response("\n".join(await session.scalars(select(InsureeRow.insurance_number))))


async def members(request: Request) -> Response:
    """The members of a family, likewise."""
    async with request.state.host.db.session() as session:
        found = select(InsureeRow.id).where(InsureeRow.family_id == request.path_params["id"])
        return Response("\n".join(map(str, await session.scalars(found))))


async def own(request: Request) -> Response:
    """An export of those whom its reader sees."""
    ctx = await context_of(request)
    ctx.require(SIGNED_IN)
    async with request.state.host.db.session() as session:
        found = select(InsureeRow.id).where(*visible(ctx, InsureeRow))
        return Response("\n".join(map(str, await session.scalars(found))))


@pytest.mark.profile(str(REGISTERED))
async def test_routes_that_show_what_lies_outside_are_told(small: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {"/table": everybody, "/family/{id:uuid}": members, "/right": own, "/x/{y}": own}
    small.routes = tuple(Route(path, served) for path, served in paths.items())
    fill = insuree_testing.populate

    async def populate(corner: Corner) -> None:
        await fill(corner)
        corner.inputs["/family/{id:uuid}"] = {"id": corner.one(FamilyRow).id}

    monkeypatch.setattr(insuree_testing, "populate", populate)
    async with AsyncSession(small.db.engine, expire_on_commit=False) as session:
        world = await make_world(small, session)
        await try_routes(world)
    told = "\n".join(world.problems)
    for who in ("elsewhere", "nowhere", "nobody"):
        assert f"{who}: /table shows 4 ids or texts of rows outside" in told
        assert f"{who}: /family/{{id:uuid}} tells a row outside from none" in told
    assert "/x/{y} takes y: give what names something of the corner in corner.inputs['/x/{y}']." in told
    assert "/right" not in told


@pytest.mark.audit
@pytest.mark.profile("zanzibar")
async def test_nor_does_anybody_in_zanzibar(host: Host, session: AsyncSession) -> None:
    await check_scope(host, session)
