"""What else happens to a person at the moment of being pseudonymised: one comes first, and the other sees it done."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import SYSTEM, Context
from core.host import Host
from core.sealing import RedactionRow, seal
from core.testing import Api
from core.verifying import verify
from modules.claim.services.naming import patient_named
from modules.claim.testing import make_claim, make_clinic
from modules.insuree.models import Insuree
from modules.privacy.inputs import ExportPersonalDataInput
from modules.privacy.services import export, retain
from modules.privacy.settings import Settings
from tests.modules.privacy.conftest import Held
from tests.modules.privacy.test_privacy import ended, erase, with_setting


@pytest.fixture
async def other(host: Host) -> AsyncIterator[Context]:
    """A request of somebody else, whose transaction stays open until it is committed."""
    async with AsyncSession(host.db.engine, expire_on_commit=False) as session:
        yield Context(host, SYSTEM, request_id="other", _session=session)


async def waiting(task: "asyncio.Task[Any]") -> bool:
    """Whether it waits for somebody."""
    done, _ = await asyncio.wait([task], timeout=0.5)
    return not done


async def names(session: AsyncSession) -> set[str]:
    return set(await session.scalars(select(Insuree.last_name)))


async def test_a_claim_that_is_being_entered_is_waited_for(
    api: Api, session: AsyncSession, other: Context, held: Held
) -> None:
    patient = await patient_named(other, held.person.id, None)
    await ended(session, held)
    erasing = asyncio.create_task(erase(api, session, held))
    assert await waiting(erasing)
    await make_claim(other.session, await make_clinic(other.session), patient, on=held.claim.date_from)
    await other.session.commit()
    assert (await erasing)["codes"] == ["PERSON_CLAIMS_OPEN"]
    assert "Kilimandege" in await names(session)


async def test_an_export_under_way_is_whole_and_one_that_comes_later_tells_nothing(
    api: Api, session: AsyncSession, other: Context, held: Held
) -> None:
    await ended(session, held)
    asked = ExportPersonalDataInput(insuree_id=held.person.id, reason="letter 8")
    before = await export(other, asked)
    erasing = asyncio.create_task(erase(api, session, held))
    assert await waiting(erasing)
    again = await export(other, asked)
    assert before["insuree"] == {**again["insuree"], "insuree_photo": before["insuree"]["insuree_photo"]}
    assert before["insuree"]["insuree_insuree"][0]["last_name"] == "Kilimandege"
    await other.session.commit()
    assert (await erasing)["codes"] == []
    assert "Kilimandege" not in str(await export(other, asked))


async def test_of_two_at_once_one_does_it(api: Api, session: AsyncSession, host: Host, held: Held) -> None:
    await ended(session, held)
    await session.refresh(held.person)
    both = await asyncio.gather(*(erase(api, session, held) for _ in range(2)))
    assert sorted(each["codes"] for each in both) == [[], ["STALE"]]
    assert await session.scalar(select(func.count() - func.count(RedactionRow.history_id.distinct()))) == 0
    await seal(host)
    assert (await verify(host)).wrong == ()


async def test_the_job_of_the_night_leaves_alone_whom_somebody_is_at_and_is_waited_for(
    api: Api, session: AsyncSession, other: Context, ctx: Context, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_setting(ctx, monkeypatch, Settings(retention_months=12))
    await ended(session, held, 400)
    locked = select(Insuree.id).where(Insuree.id == held.person.id).with_for_update(read=True, key_share=True)
    await other.session.scalar(locked)
    await retain(ctx)
    await ctx.session.commit()
    assert await names(session) == {"Kilimandege", "-"}
    await other.session.commit()
    await retain(other)
    erasing = asyncio.create_task(erase(api, session, held))
    assert await waiting(erasing)
    await other.session.commit()
    assert (await erasing)["codes"] == ["STALE"]
    assert await names(session) == {"-"}


async def test_whoever_is_registered_again_meanwhile_is_kept(
    api: Api, session: AsyncSession, other: Context, held: Held
) -> None:
    await ended(session, held)
    back = await other.session.get_one(Insuree, held.person.id)
    back.ended_at = None
    await other.session.flush()
    erasing = asyncio.create_task(erase(api, session, held, expectedVersion=back.version))
    assert await waiting(erasing)
    await other.session.commit()
    assert (await erasing)["codes"] == ["PERSON_REGISTERED"]
    assert "Kilimandege" in await names(session)
