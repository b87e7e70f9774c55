"""A scheme at work switches modules off and on again: nothing is lost, and what happened meanwhile is mended."""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, clock
from core.files.models import FileKind, FileRow
from core.host import Host
from core.migrate import drift, upgrade
from core.removing import remove
from core.settings import PROFILES as FOLDER
from core.settings import load_settings
from core.switching import dependants, plan_off
from core.testing import Api, actor, api_of
from core.worker import _run as try_job
from modules.claim.models import Claim, ClaimAttachment
from modules.claim.testing import make_clinic
from modules.contribution.models import Contribution
from modules.contribution.testing import make_contribution
from modules.insuree.models import Family, Insuree
from modules.insuree.testing import make_family, make_insuree
from modules.location.testing import make_district, make_village, make_ward
from modules.policy.models import Cover, Policy
from modules.policy.rules import PolicyStatus
from modules.valuation.models import LineValue
from modules.valuation.services import CATCH_UP
from tests.modules.valuation.scheme import Scheme

EVERY_DAY = ("minimal", "zanzibar")
"""The two that switch most off: what others leave out, these leave out too, and a walk takes seconds."""
PROFILES = [
    pytest.param(path.stem, marks=() if path.stem in EVERY_DAY else pytest.mark.audit)
    for path in sorted(FOLDER.glob("*.toml"))
    if path.stem != "tanzania-chf"
]
NOW = datetime(2026, 6, 15, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def stopped_clock() -> Iterator[None]:
    """It is 15 June 2026."""
    with clock.at(NOW):
        yield


@pytest.fixture
async def scheme(session: AsyncSession, api: Api) -> Scheme:
    """A family with a policy that was paid for, and a processed claim, all of yesterday."""
    with clock.at(NOW - timedelta(days=1)):
        return await _scheme(session, api)


async def _scheme(session: AsyncSession, api: Api) -> Scheme:
    district = await make_district(session)
    family = await make_family(session, await make_village(session, await make_ward(session, district)))
    patient = (await session.scalars(select(Insuree).where(Insuree.id == family.head_id))).one()
    scheme = Scheme(session, api, district, await make_clinic(session, district), family, patient)
    await session.commit()
    policy = await scheme.insure()
    await make_contribution(session, policy, Decimal(30000))
    await session.commit()
    await scheme.processed()
    return scheme


@pytest.fixture
def without(host: Host, session: AsyncSession) -> Callable[..., Any]:
    """The database without some modules and all that need them: `async with without("policy") as api`; then with them."""

    @asynccontextmanager
    async def switched_off(*names: str) -> AsyncIterator[Api]:
        other = plan_off(host, dependants(host, names)).on(host.database_url)
        await upgrade(other)
        await other.start()
        try:
            yield api_of(other)
        finally:
            await other.stop()
        with clock.at(NOW.replace(hour=9)):
            await upgrade(host)
        await session.rollback()
        session.expunge_all()

    return switched_off


def contents(url: str) -> dict[str, str]:
    """A digest of every table but the host's own."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        found = {}
        for (name,) in sorted(names):
            if not name.startswith(("core_module", "procrastinate", "bima_version")):
                rows = connection.execute(SQL("SELECT t::text FROM {} t ORDER BY 1").format(Identifier(name)))
                found[name] = hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()
        return found


def everybody() -> Actor:
    """Somebody who may do everything."""
    return actor(
        "ENROLMENT_OFFICER", "MANAGER", "SCHEME_ADMINISTRATOR", "SYSTEM_ADMINISTRATOR", "CLERK", "MEDICAL_OFFICER"
    )


async def done(api: Api, mutation: str, **input: Any) -> dict[str, Any]:
    """The payload of a mutation by somebody who may do everything."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ errors {{ code path }} }} }}"
    reply = await api(document, {"input": input}, actor=everybody())
    assert reply.errors == [], reply.errors
    assert reply.data[mutation]["errors"] == []
    answer: dict[str, Any] = reply.data[mutation]
    return answer


@pytest.mark.parametrize("profile", PROFILES)
async def test_from_the_tanzanian_profile_to_another_and_back_nothing_is_lost(
    profile: str, scheme: Scheme, host: Host
) -> None:
    before = contents(host.database_url)
    other = Host(load_settings(Path("/"), {}, profile=profile)).on(host.database_url)
    await upgrade(other)
    assert await drift(other) == {}
    there = contents(host.database_url)
    # A module that came with the other profile may seed what it needs; what was there stays as it was.
    kept = {table for table in before if not table.startswith(("people_", "core_"))}
    assert {table: there[table] for table in kept} == {table: before[table] for table in kept}
    await upgrade(host)
    assert await drift(host) == {}
    back = contents(host.database_url)
    assert {table: back[table] for table in kept} == {table: before[table] for table in kept}
    answer = await scheme.api(
        "{ claims { nodes { status } } policies { nodes { status balance } } }",
        actor=everybody(),
    )
    assert answer.data["policies"]["nodes"] == [{"status": "ACTIVE", "balance": "0.00"}]
    assert [claim["status"] for claim in answer.data["claims"]["nodes"]] == ["VALUATED"]


async def test_policies_follow_a_family_that_moved_while_they_were_off(
    scheme: Scheme, without: Callable[..., Any], session: AsyncSession
) -> None:
    village = await make_village(session)
    await session.commit()
    async with without("policy") as api:
        family = scheme.family
        await done(api, "updateFamily", id=family.id, expectedVersion=family.version, locationId=village.id)
    assert (await session.scalars(select(Policy.village_id))).all() == [village.id]
    assert (await session.scalars(select(Contribution.village_id))).all() == [village.id]


async def test_everything_follows_a_place_that_moved_while_people_were_off(
    scheme: Scheme, without: Callable[..., Any], session: AsyncSession
) -> None:
    district = await make_district(session)
    village = (await session.scalars(select(Family.location_id))).one()
    await session.commit()
    async with without("insuree") as api:
        ward = await api(
            "query($id: ID!) { location(id: $id) { parent { id version } } }",
            {"id": village},
            actor=actor("SYSTEM_ADMINISTRATOR"),
        )
        parent = ward.data["location"]["parent"]
        await done(api, "moveLocation", id=parent["id"], expectedVersion=parent["version"], parentId=district.id)
    for column in (Family.district_id, Insuree.district_id, Policy.district_id, Contribution.district_id):
        assert set(await session.scalars(select(column))) == {district.id}


async def test_who_died_while_policies_were_off_is_covered_until_then(
    scheme: Scheme, without: Callable[..., Any], session: AsyncSession
) -> None:
    child = (await session.scalars(select(Insuree.id).where(Insuree.relation_code == "4").limit(1))).one()
    async with without("policy") as api:
        await done(
            api, "updateInsuree", id=child, expectedVersion=1,
            status="DEAD", statusReasonCode="DEATH", statusOn="2026-06-01",
        )  # fmt: skip
    assert set(await session.scalars(select(Cover.ends_on).where(Cover.insuree_id == child))) == {
        NOW.date().replace(day=1)
    }


async def test_who_joined_while_policies_were_off_has_a_place(
    scheme: Scheme, without: Callable[..., Any], session: AsyncSession, host: Host
) -> None:
    async with without("policy"):
        newcomer = await make_insuree(session, scheme.family, birth_date=NOW.date())
        await session.commit()
    found = await scheme.api("{ policies { nodes { coveredInsurees { insuree { id } } } } }", actor=everybody())
    assert found.errors == []
    covered = {each["insuree"]["id"] for each in found.data["policies"]["nodes"][0]["coveredInsurees"]}
    assert str(newcomer.id) in covered


async def test_policies_of_a_family_that_was_deleted_while_they_were_off_stop(
    scheme: Scheme, without: Callable[..., Any], session: AsyncSession
) -> None:
    async with without("policy") as api:
        await done(api, "deleteFamily", id=scheme.family.id, expectedVersion=scheme.family.version, members="DELETE")
    assert (await session.scalars(select(Policy.status))).one() is PolicyStatus.SUSPENDED
    assert max(await session.scalars(select(Cover.ends_on))) < NOW.date()


async def test_policies_changed_while_contributions_were_off_are_worth_what_was_paid(
    scheme: Scheme, without: Callable[..., Any], session: AsyncSession
) -> None:
    child = (await session.scalars(select(Insuree.id).where(Insuree.relation_code == "4").limit(1))).one()
    async with without("contribution") as api:
        await done(
            api, "updateInsuree", id=child, expectedVersion=1,
            status="DEAD", statusReasonCode="DEATH", statusOn="2026-06-01",
        )  # fmt: skip
    assert (await session.scalars(select(Policy.status))).one() is PolicyStatus.ACTIVE


async def test_a_claim_may_be_corrected_while_valuation_is_off_and_then_takes_nothing(
    scheme: Scheme, without: Callable[..., Any], session: AsyncSession
) -> None:
    handed_in = await scheme.handed_in()
    async with without("valuation") as api:
        there = Scheme(session, api, scheme.district, scheme.clinic, scheme.family, scheme.patient)
        returned = await there.change("returnClaim", handed_in, there.doctor(), reason="No papers")
        line = {"serviceId": scheme.clinic.services[0].id, "quantityProvided": "1", "priceAsked": "1000"}
        corrected = await there.change("updateClaim", returned["claim"], there.nurse(), services=[line], items=[])
        assert corrected["errors"] == []
    of_claim = select(LineValue).where(LineValue.claim_id == UUID(handed_in["id"]))
    assert (await session.scalars(of_claim)).all() == []
    assert UUID(handed_in["id"]) not in {row.claim_id for row in await scheme.usage()}
    [again] = await scheme.hand_in(await session.get_one(Claim, UUID(handed_in["id"])))
    [result] = await scheme.process(again["id"])
    assert result["errors"] == []


async def test_a_claim_reviewed_while_valuation_was_off_takes_what_the_review_left_of_it(
    scheme: Scheme, without: Callable[..., Any], host: Host
) -> None:
    claim = await scheme.handed_in(scheme.clinic.services[0])
    async with without("valuation") as api:
        there = Scheme(scheme.session, api, scheme.district, scheme.clinic, scheme.family, scheme.patient)
        settled = [{"lineNo": 1, "priceApproved": "4000"}]
        reviewed = await there.change("reviewClaim", claim, there.doctor(), lines=settled)
        assert reviewed["errors"] == []
    [job] = [job for job in host.jobs if job.name == CATCH_UP]
    asked = text("SELECT args FROM procrastinate_jobs WHERE task_name = :name")
    arguments = await scheme.session.scalar(asked, {"name": job.name})
    for _ in range(2):  # it comes to the same when a worker that was killed left it to another
        await try_job(host, job, dict(arguments))
        await scheme.session.commit()
        assert [row.remunerated for row in await scheme.usage() if row.claim_id == UUID(claim["id"])] == [4000]


async def test_a_claim_handed_in_while_valuation_was_off_is_returned_before_it_is_processed(
    scheme: Scheme, without: Callable[..., Any]
) -> None:
    async with without("valuation") as api:
        there = Scheme(scheme.session, api, scheme.district, scheme.clinic, scheme.family, scheme.patient)
        claim = await there.submitted()
    assert claim["status"] == "CHECKED"
    [result] = await scheme.process(claim["id"])
    assert result["errors"] == [{"code": "COVER_NOT_EXAMINED", "path": ["ids"]}]
    returned = await scheme.change("returnClaim", claim, scheme.doctor(), reason="To be handed in again")
    assert returned["errors"] == []
    [again] = await scheme.hand_in(await scheme.session.get_one(Claim, UUID(claim["id"])))
    [processed] = await scheme.process(again["id"])
    assert processed["errors"] == []


async def test_all_modules_removed_one_after_the_other_leave_only_the_host(scheme: Scheme, host: Host) -> None:
    claim = (await scheme.session.scalars(select(Claim))).one()
    file = FileRow(
        account_id=claim.id, kind=FileKind.DOCUMENT, media_type="application/pdf", size=1, sha256=b"", claimed_at=NOW
    )
    scheme.session.add(file)
    await scheme.session.flush()
    scheme.session.add(ClaimAttachment(claim_id=claim.id, file_id=file.id, title="Prescription"))
    await scheme.session.commit()
    order = [name for name in dependants(host, [module.name for module in host.modules]) if name != "core"]
    await host.stop()
    current = host
    for name in order:
        current = plan_off(current, [name]).on(host.database_url)
        await upgrade(current)
        if host.module(name).migrations.is_dir():
            await remove(current, name, with_history=True)
        if name == "claim":
            with psycopg.connect(host.database_url) as connection:
                assert connection.execute("SELECT claimed_at FROM core_file").fetchall() == [(None,)]
                given = "SELECT count(*) FROM people_role_right WHERE right_name LIKE 'claim.%'"
                assert connection.execute(given).fetchall() == [(0,)]
    with psycopg.connect(host.database_url) as connection:
        tables = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        assert {name for name in tables if not name.startswith(("core_", "procrastinate_"))} == {"bima_version_core"}
        assert connection.execute("SELECT kind FROM core_lookup").fetchall() == []
        assert (
            connection.execute(
                "SELECT DISTINCT table_name FROM core_history WHERE table_name <> 'core_lookup'"
            ).fetchall()
            == []
        )
        left = {name for (name,) in connection.execute("SELECT name FROM core_module WHERE name <> 'core'")}
        assert left <= {"demo", "officer_account", "privacy"}  # they have no tables to remove
    await host.start()
