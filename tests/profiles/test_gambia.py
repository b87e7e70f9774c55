"""The Gambia: who is registered is insured, a newborn from birth, and stays so year after year."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, clock
from core.testing import Api, Change
from core.worker import worker
from modules.insuree.models import Insuree
from modules.insuree.testing import chf_number, make_family
from modules.location.testing import make_district, make_village
from modules.policy import services
from modules.policy.jobs import expire
from modules.policy.models import Cover, Policy
from modules.policy.rules import PolicyStage, PolicyStatus
from modules.policy.services import automatic
from modules.product.models import Product
from modules.product.testing import make_product
from tests.profiles.conftest import NOW

FAMILY = "family { id head { id policies { nodes { status value product { code } } } } }"
FREE: dict[str, Any] = {"code": "NHIS", "lump_sum": 0, "max_members": None}


def person(birth_date: str = "1990-01-31", **fields: Any) -> dict[str, Any]:
    """Somebody whom the civil registry tells of."""
    return {
        "insuranceNumber": chf_number(), "lastName": "Jallow", "otherNames": "Fatou", "birthDate": birth_date,
        "genderCode": "F", **fields,
    }  # fmt: skip


@pytest.fixture
async def village(session: AsyncSession) -> Any:
    """The id of where people live."""
    made = await make_village(session)
    await session.commit()
    return made.id


async def policies(session: AsyncSession) -> list[Policy]:
    """All policies, first started first."""
    await session.rollback()
    session.expunge_all()
    return list(await session.scalars(select(Policy).order_by(Policy.starts_on, Policy.id)))


async def test_who_is_registered_is_insured_at_once(change: Change, session: AsyncSession, village: Any) -> None:
    await make_product(session, **FREE)
    await session.commit()
    made = await change("createFamily", FAMILY, locationId=village, head=person())
    assert made["errors"] == []
    policy = {"status": "ACTIVE", "value": "0.00", "product": {"code": "NHIS"}}
    assert made["family"]["head"]["policies"]["nodes"] == [policy]


async def test_a_newborn_is_covered_from_birth_by_the_policy_that_the_family_has(
    change: Change, session: AsyncSession, village: Any
) -> None:
    await make_product(session, **FREE)
    await session.commit()
    with clock.at(NOW - timedelta(days=60)):
        family = (await change("createFamily", FAMILY, locationId=village, head=person()))["family"]
    child = person(birth_date="2026-06-01", familyId=family["id"], relationCode="4")
    assert (await change("addInsuree", "insuree { id }", **child))["errors"] == []
    assert len(await policies(session)) == 1
    of_child = select(Cover.starts_on).join(Insuree, Insuree.id == Cover.insuree_id)
    found = (await session.scalars(of_child.where(Insuree.insurance_number == child["insuranceNumber"]))).all()
    assert [day.isoformat() for day in found] == ["2026-06-01"]


async def test_a_registration_that_is_refused_insures_nobody(
    change: Change, session: AsyncSession, village: Any
) -> None:
    await make_product(session, **FREE)
    await session.commit()
    assert (await change("createFamily", FAMILY, locationId=village, head=person("2999-01-01")))["errors"]
    assert await policies(session) == []


async def test_where_the_product_is_not_sold_people_are_registered_all_the_same(
    change: Change, session: AsyncSession, village: Any
) -> None:
    assert (await change("createFamily", FAMILY, locationId=village, head=person()))["errors"] == []
    await make_product(session, await make_district(session), **FREE)
    await session.commit()
    assert (await change("createFamily", FAMILY, locationId=village, head=person()))["errors"] == []
    assert await policies(session) == []


async def test_the_night_insures_who_was_there_before_and_renews_what_has_ended(
    ctx: Context, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic, "CHUNK", 2)
    for _ in range(3):
        await make_family(session, members=2)
    await make_product(session, **FREE)
    await session.commit()

    async def night(now: datetime) -> list[Policy]:
        with clock.at(now):
            await expire(ctx)
            await services.enrol_everybody(ctx)
            await session.commit()
            await worker(ctx.host, wait=False, signals=False)
        return await policies(session)

    first = await night(NOW)
    assert [policy.status for policy in first] == [PolicyStatus.ACTIVE] * 3
    assert len(await night(NOW + timedelta(days=1))) == 3, "who is insured stays as he or she is"
    [*_, last] = await night(NOW + timedelta(days=365))
    assert (last.stage, last.status) == (PolicyStage.RENEWAL, PolicyStatus.ACTIVE)
    assert last.starts_on == first[0].expires_on + timedelta(days=1)
    assert len({policy.previous_policy_id for policy in await policies(session)}) == 4


async def test_a_policy_that_was_stopped_is_not_made_anew(
    api: Api, change: Change, everybody: Actor, ctx: Context, session: AsyncSession, village: Any
) -> None:
    await make_product(session, **FREE)
    await session.commit()
    await change("createFamily", FAMILY, locationId=village, head=person())
    [policy] = await policies(session)
    stopped = await change("suspendPolicy", "policy { status }", id=policy.id, expectedVersion=policy.version)
    assert stopped["errors"] == []
    await services.enrol_everybody(ctx)
    await session.commit()
    assert [each.status for each in await policies(session)] == [PolicyStatus.SUSPENDED]
    assert await session.scalar(select(func.count()).select_from(Product)) == 1
