"""A job works on two chunks at once: every claim is in one of them, and those of a family are behind each other."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from core import Context, clock, new_id
from core.host import Host
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.claim.services import Order, in_chunks, ordering
from modules.insuree.models import Insuree
from modules.insuree.testing import make_family
from tests.modules.claim.world import CARE_ON, World

FAMILIES = 8
DUE = (ClaimStatus.ENTERED,)


@pytest.fixture(autouse=True)
def two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of two claims instead of a thousand."""
    monkeypatch.setattr(ordering, "MOST_CLAIMS", 2)


async def enter(world: World) -> dict[UUID, UUID]:
    """Three claims for two members of each of some families, entered in no order of care; their families."""
    families = {}
    for number in range(FAMILIES):
        family = await make_family(world.session, id=UUID(int=new_id().int & ~0xFF | number))
        members = (await world.session.scalars(select(Insuree).where(Insuree.family_id == family.id))).all()
        for patient, day in ((members[0], 3), (members[1], 1), (members[0], 2)):
            claim = await world.claim(patient=patient, on=CARE_ON - timedelta(days=day))
            families[claim.id] = family.id
    await world.session.commit()
    return families


def the_order() -> Order:
    """An order of all claims."""
    return Order(None, "job", True, {}, ordering.Chosen(None, None, None, None, None), clock.now())


async def test_every_claim_is_worked_on_once_and_a_familys_in_the_order_of_care(
    world: World, host: Host, ctx: Context
) -> None:
    families = await enter(world)
    seen: list[tuple[UUID, date, UUID]] = []
    running: list[set[UUID]] = []
    at_once: list[list[set[UUID]]] = []

    async def work(own: Context, ids: Sequence[UUID]) -> None:
        running.append({families[id] for id in ids})
        await asyncio.sleep(0.01)
        at_once.append(list(running))
        rows = await own.session.execute(select(Claim.id, Claim.date_from).where(Claim.id.in_(ids)))
        days = dict(rows.all())
        seen.extend((families[id], days[id], id) for id in ids)
        running.remove({families[id] for id in ids})

    await in_chunks(ctx, the_order(), DUE, work)
    assert sorted(id for _, _, id in seen) == sorted(families)
    by_family: defaultdict[UUID, list[date]] = defaultdict(list)
    for family, day, _ in seen:
        by_family[family].append(day)
    assert all(days == sorted(days) and len(days) == 3 for days in by_family.values())
    assert all(not set.intersection(*chunks) for chunks in at_once if len(chunks) > 1)
    assert any(len(chunks) > 1 for chunks in at_once)


async def test_what_stops_one_chunk_stops_the_job(world: World, host: Host, ctx: Context) -> None:
    await enter(world)

    async def work(own: Context, ids: Sequence[UUID]) -> None:
        raise RuntimeError("no chunk is worked on")

    with pytest.raises(RuntimeError, match="no chunk"):
        await in_chunks(ctx, the_order(), DUE, work)
