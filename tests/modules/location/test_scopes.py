from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, new_id
from core.hooks import every
from core.host import Host
from core.rows import ActorViewer
from modules.location.models import HealthFacility, Location
from modules.location.rules import LocationLevel
from modules.location.scopes import in_places, reaches
from modules.location.testing import make_district, make_facility, make_region, make_village, make_ward


async def scopes_of(host: Host, session: AsyncSession, **grants: list[UUID]) -> dict[str, set[UUID]]:
    """What grants mean to all modules together."""
    found: dict[str, set[UUID]] = {}
    for answer in await every(host, "scopes", session=session, grants=grants):
        for name, ids in answer.items():
            found.setdefault(name, set()).update(ids)
    return found


async def seen(ctx: Context, actor: Actor) -> set[str]:
    """The codes of the places that `in_places` lets the actor see."""
    viewer = ActorViewer(Context(ctx.host, actor))
    places = select(Location.code).where(*in_places()(Location, viewer))
    return set(await ctx.session.scalars(places))


async def test_a_granted_region_means_its_districts(host: Host, session: AsyncSession) -> None:
    region = await make_region(session)
    districts = [await make_district(session, region) for _ in range(2)]
    await make_village(session, await make_ward(session, districts[0]))
    await make_district(session)
    assert await scopes_of(host, session, location=[region.id]) == {"district": {district.id for district in districts}}


async def test_a_granted_ward_means_its_villages_and_a_village_itself(host: Host, session: AsyncSession) -> None:
    ward = await make_ward(session)
    villages = [await make_village(session, ward) for _ in range(2)]
    other = await make_village(session)
    granted = await scopes_of(host, session, location=[ward.id, other.id])
    assert granted == {"village": {villages[0].id, villages[1].id, other.id}}


async def test_a_granted_district_and_facility_mean_themselves(host: Host, session: AsyncSession) -> None:
    facility = await make_facility(session)
    granted = await scopes_of(host, session, location=[facility.district_id], health_facility=[facility.id])
    assert granted == {"district": {facility.location_id}, "facility": {facility.id}}


async def test_grants_of_things_that_do_not_exist_open_nothing(host: Host, session: AsyncSession) -> None:
    assert await scopes_of(host, session, location=[new_id()]) == {}


async def test_rows_are_seen_by_district_or_by_village(ctx: Context, session: AsyncSession) -> None:
    village = await make_village(session, code="V1")
    await make_village(session, code="V2")
    assert "V1" in await seen(ctx, Actor(scopes={"village": (village.id,)}))
    assert "V2" not in await seen(ctx, Actor(scopes={"village": (village.id,)}))
    assert village.district_id is not None
    assert {"V1"} == {
        code for code in await seen(ctx, Actor(scopes={"district": (village.district_id,)})) if code[0] == "V"
    }
    assert {"V1", "V2"} <= await seen(ctx, Actor(unbounded=True))


async def test_an_actor_without_scopes_sees_nothing(ctx: Context, session: AsyncSession) -> None:
    await make_village(session)
    assert await seen(ctx, Actor()) == set()


async def test_rows_without_a_place_are_seen_by_unbounded_actors_only_decision_2(
    ctx: Context, session: AsyncSession
) -> None:
    region = await make_region(session, code="R1")
    assert region.code not in await seen(ctx, Actor(scopes={"district": (region.id,), "village": (region.id,)}))
    assert region.code in await seen(ctx, Actor(unbounded=True))


async def test_a_facility_sees_its_own_rows(ctx: Context, session: AsyncSession) -> None:
    own, other = await make_facility(session), await make_facility(session)
    viewer = ActorViewer(Context(ctx.host, Actor(scopes={"facility": (own.id,)})))
    scope = in_places(village=None, facility="id")
    ids = set(await session.scalars(select(HealthFacility.id).where(*scope(HealthFacility, viewer))))
    assert own.id in ids
    assert other.id not in ids


async def test_reaching_a_place_is_the_same_rule(ctx: Context, session: AsyncSession) -> None:
    village = await make_village(session)
    ward = await session.get_one(Location, village.ward_id)
    assert village.district_id is not None
    for actor in (
        Actor(),
        Actor(unbounded=True),
        Actor(scopes={"village": (village.id,)}),
        Actor(scopes={"district": (village.district_id,)}),
        Actor(scopes={"district": (new_id(),)}),
    ):
        codes = await seen(ctx, actor)
        assert [reaches(actor, place) for place in (village, ward)] == [
            place.code in codes for place in (village, ward)
        ]


async def test_a_granted_district_reaches_downwards_and_not_up_b9(session: AsyncSession) -> None:
    village = await make_village(session)
    places = [await session.get_one(Location, id) for id in (village.ward_id, village.district_id, village.region_id)]
    someone = Actor(scopes={"district": (village.district_id,)})  # type: ignore[dict-item]
    reached = [place.level for place in (village, *places) if reaches(someone, place)]
    assert reached == [LocationLevel.VILLAGE, LocationLevel.WARD, LocationLevel.DISTRICT]


async def test_an_officer_of_a_village_does_not_reach_its_district_b11(session: AsyncSession) -> None:
    village, other = await make_village(session), await make_village(session)
    officer = Actor(scopes={"village": (village.id,)})
    assert reaches(officer, village)
    for id in (village.district_id, other.district_id):
        assert not reaches(officer, await session.get_one(Location, id))
