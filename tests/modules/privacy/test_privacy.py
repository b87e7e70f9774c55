"""One person's data: given out whole, and taken away for good where nobody needs them."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, clock
from core.files.models import FileKind, FileRow
from core.files.services import sweep
from core.hooks import implementations
from core.host import Host
from core.sealing import seal
from core.testing import Api, actor, api_of
from core.verifying import verify
from modules import privacy
from modules.claim.rules import ClaimStatus
from modules.insuree.models import Insuree, InsureePhoto
from modules.insuree.testing import unsaid
from modules.location.testing import make_district
from modules.policy.models import Cover, Verification
from modules.policy.services import personal
from modules.policy.settings import Settings as PolicySettings
from modules.privacy.services import retain
from modules.privacy.settings import Settings
from tests.modules.privacy.conftest import Held
from tests.serving_role import served_by_role

EXPORT = """mutation($input: ExportPersonalDataInput!) { exportPersonalData(input: $input) {
    data errors { code path message } } }"""
ERASE = """mutation($input: PseudonymisePersonInput!) { pseudonymisePerson(input: $input) {
    insuree { id lastName insuranceNumber birthDate pseudonymisedAt version } errors { code path message } } }"""
MANAGER = "SCHEME_ADMINISTRATOR"
KNOWN_BY = ("Kilimandege", "0754 123 987", "ID-778-31", "Behind the mill", "1985-05-05")


async def ask(api: Api, document: str, who: Actor | None = None, **input: Any) -> Any:
    """The payload, with the codes of its errors."""
    seer = actor(MANAGER, rights=("insuree.insuree.read",))
    answer = await api(document, {"input": {"reason": "letter 7 of 2026", **input}}, actor=who or seer)
    assert answer.errors == [], answer
    [payload] = answer.data.values()
    payload["codes"] = [error["code"] for error in payload["errors"]]
    return payload


async def ended(session: AsyncSession, held: Held, days: int = 1) -> None:
    """The family's registration ended, so many days ago."""
    members = await session.scalars(select(Insuree).where(Insuree.family_id == held.family.id))
    for one in (held.family, *members):
        one.ended_at = clock.now() - timedelta(days=days)
    await session.commit()


async def erase(api: Api, session: AsyncSession, held: Held, **input: Any) -> Any:
    await session.refresh(held.person)
    return await ask(api, ERASE, **{"id": held.person.id, "expectedVersion": held.person.version, **input})


async def everything(session: AsyncSession) -> str:
    """All rows of all tables, as text."""
    tables = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    rows = [await session.scalar(text(f"SELECT json_agg(t)::text FROM {table} t")) for table in tables.all()]
    return "".join(row or "" for row in rows)


async def photo_of(session: AsyncSession, host: Host, held: Held) -> FileRow:
    made = clock.now() - timedelta(days=30)
    kept = {"kind": FileKind.PHOTO, "media_type": "image/jpeg", "size": 3, "sha256": b"1"}
    file = FileRow(account_id=held.person.id, created_at=made, claimed_at=made, **kept)
    session.add(file)
    await session.flush()
    await host.files.put(file.name, b"jpg")
    session.add(InsureePhoto(insuree_id=held.person.id, file_id=file.id, taken_on=date(2026, 1, 1)))
    await session.commit()
    return file


async def test_an_export_tells_all_that_is_held_by_module(
    api: Api, session: AsyncSession, host: Host, held: Held
) -> None:
    await photo_of(session, host, held)
    data = (await ask(api, EXPORT, insureeId=held.person.id))["data"]
    [person] = data["insuree"]["insuree_insuree"]
    assert (person["last_name"], person["phone"]) == ("Kilimandege", "0754 123 987")
    assert data["insuree"]["insuree_family"][0]["address"] == "Behind the mill"
    assert "signature=" in data["insuree"]["insuree_photo"][0]["link_for_ten_minutes"]
    assert [row["id"] for row in data["policy"]["policy_policy"]] == [str(held.policy.id)]
    assert len(data["policy"]["policy_cover"]) == 1
    [claim] = data["claim"]["claim_claim"]
    assert claim["claimed"] == f"{held.claim.claimed:.2f}"
    assert claim["main_diagnosis_code"]
    assert len(data["claim"]["claim_line"]) == 5
    assert {"contribution", "valuation"} <= data.keys()
    tables = {(change["table"], change["action"]) for change in data["history"]}
    assert {("insuree_insuree", "I"), ("claim_claim", "I"), ("insuree_insuree", "R")} <= tables


async def test_an_export_is_kept_with_who_and_why_and_its_answer_is_not(
    api: Api, session: AsyncSession, held: Held
) -> None:
    manager = actor(MANAGER)
    await ask(api, EXPORT, manager, insureeId=held.person.id, clientMutationId="once")
    told = "SELECT row_id, actor_id, changes FROM core_history WHERE action = 'R'"
    [(row_id, who, changes)] = (await session.execute(text(told))).all()
    assert (row_id, who) == (held.person.id, manager.id)
    assert changes == {"field": "exportPersonalData", "by": ["insureeId"], "reason": "letter 7 of 2026"}
    stored = await session.scalar(text("SELECT coalesce(json_agg(t)::text, '') FROM core_idempotency t"))
    assert "Kilimandege" not in stored


@pytest.mark.parametrize("document", [EXPORT, ERASE])
async def test_whoever_lies_outside_is_not_found_and_a_right_is_needed(
    api: Api, session: AsyncSession, held: Held, document: str
) -> None:
    other = actor(MANAGER, district=[(await make_district(session)).id])
    await session.commit()
    key = {"insureeId": held.person.id} if document is EXPORT else {"id": held.person.id, "expectedVersion": 1}
    assert (await ask(api, document, other, **key))["codes"] == ["NOT_FOUND"]
    curious = actor("CLERK", "MEDICAL_OFFICER")
    assert (await api(document, {"input": {"reason": "curious", **key}}, actor=curious)).errors
    assert (await session.scalar(text("SELECT count(*) FROM core_history WHERE action = 'R'"))) == 0


@pytest.mark.parametrize(("reason", "code"), [("  ", "REQUIRED"), ("x" * 201, "TOO_LONG")])
async def test_a_reason_is_given_and_fits(api: Api, held: Held, reason: str, code: str) -> None:
    assert (await ask(api, EXPORT, insureeId=held.person.id, reason=reason))["codes"] == [code]


async def test_who_is_registered_covered_or_has_open_claims_is_kept(
    api: Api, session: AsyncSession, held: Held
) -> None:
    assert (await erase(api, session, held))["codes"] == ["PERSON_REGISTERED"]
    await ended(session, held)
    cover = (await session.scalars(select(Cover).where(Cover.insuree_id == held.person.id))).one()
    cover.ends_on = clock.today()
    await session.commit()
    refused = await erase(api, session, held)
    assert refused["codes"] == ["PERSON_COVERED"]
    assert "cover has ended" in refused["errors"][0]["message"]
    cover.ends_on = clock.today() - timedelta(days=1)
    for status in (ClaimStatus.ENTERED, ClaimStatus.CHECKED, ClaimStatus.PROCESSED, ClaimStatus.VALUATED):
        held.claim.status = status
        await session.commit()
        assert (await erase(api, session, held))["codes"] == ["PERSON_CLAIMS_OPEN"], status
    assert (await erase(api, session, held, expectedVersion=99))["codes"] == ["STALE"]
    assert "Kilimandege" in await everything(session)


async def test_nothing_in_any_table_tells_who_it_was_and_the_seal_stays_whole(
    api: Api, session: AsyncSession, host: Host, ctx: Context, held: Held
) -> None:
    number = held.person.insurance_number
    name, claimed = (await photo_of(session, host, held)).name, held.claim.claimed
    session.add(Verification(insurance_number=number, insuree_id=held.person.id, covered=False))
    await ended(session, held)
    await seal(host)
    async with served_by_role(host) as served:
        done = await erase(api_of(served), session, held)
    assert done["codes"] == []
    assert done["insuree"]["insuranceNumber"] == f"X-{held.person.id}"
    assert done["insuree"]["birthDate"] == "1985-01-01"
    assert done["insuree"]["pseudonymisedAt"]
    left = await everything(session)
    assert [known for known in (*KNOWN_BY, number) if known in left] == []
    await session.refresh(held.claim)
    assert (held.claim.claimed, held.claim.insuree_id) == (claimed, held.person.id)
    assert (await verify(host)).wrong == ()
    await seal(host)
    assert (await verify(host)).wrong == ()
    assert "core.files.sweep" in list(await session.scalars(text("SELECT task_name FROM procrastinate_jobs")))
    await sweep(ctx)
    await ctx.session.commit()
    with pytest.raises(FileNotFoundError):
        await host.files.open(name)
    again = await erase(api, session, held)
    assert (again["codes"], again["insuree"]) == ([], done["insuree"])
    told = json.dumps((await ask(api, EXPORT, insureeId=held.person.id))["data"])
    assert [known for known in KNOWN_BY if known in told] == []


def with_setting(ctx: Context, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The context answers these settings for their kind."""
    before = ctx.settings
    monkeypatch.setattr(type(ctx), "settings", lambda self, kind: settings if kind is type(settings) else before(kind))


@pytest.mark.parametrize(("months", "days", "gone"), [(0, 4000, False), (12, 300, False), (12, 400, True)])
async def test_by_night_go_those_whose_registration_ended_long_enough_ago(
    session: AsyncSession, ctx: Context, held: Held, monkeypatch: pytest.MonkeyPatch, months: int, days: int, gone: bool
) -> None:
    await ended(session, held, days)
    with_setting(ctx, monkeypatch, Settings(retention_months=months))
    await retain(ctx)
    await ctx.session.commit()
    assert ("Kilimandege" not in await everything(session)) is gone


async def test_whom_a_module_needs_waits_and_the_others_go(
    session: AsyncSession, ctx: Context, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.claim.status = ClaimStatus.VALUATED
    await ended(session, held, 400)
    with_setting(ctx, monkeypatch, Settings(retention_months=12))
    monkeypatch.setattr("modules.privacy.services.retaining.AT_A_TIME", 1)
    await retain(ctx)
    await ctx.session.commit()
    orders = text("SELECT args ->> 'after' FROM procrastinate_jobs WHERE task_name = 'privacy.retain'")
    [after] = await session.scalars(orders)
    await retain(ctx, UUID(after))
    await ctx.session.commit()
    query = select(Insuree.pseudonymised_at).where(Insuree.family_id == held.family.id).order_by(Insuree.is_head)
    other, head = await session.scalars(query)
    assert other is not None
    assert head is None


async def test_old_look_ups_of_eligibility_are_forgotten(
    session: AsyncSession, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in (10, 100):
        asked = clock.now() - timedelta(days=days)
        session.add(Verification(insurance_number=str(days), covered=False, created_at=asked))
    await session.commit()
    await personal.forget_verifications(ctx)
    assert len((await session.scalars(select(Verification.id))).all()) == 2
    with_setting(ctx, monkeypatch, PolicySettings(verifications_kept_days=90))
    await personal.forget_verifications(ctx)
    await ctx.session.commit()
    assert list(await session.scalars(select(Verification.insurance_number))) == ["10"]


async def test_every_table_that_points_at_people_says_what_it_holds(host: Host) -> None:
    assert unsaid(host) == set()
    said = {
        held.model.__tablename__
        for implementation in implementations(host, "personal_data")
        for held in implementation.call(insuree_ids=[])
    }
    about = ("claim_claim.id", "claim_line.id")
    pointing = {
        table.name
        for module in host.modules
        for table in host.tables_of(module.name)
        if any(key.target_fullname in about for key in table.foreign_keys)
    }
    # How claims were drawn and grouped for payment is about the claims.
    assert {name for name in pointing - said if not name.startswith("settlement_")} <= {"claim_sampled_claim"}


async def test_a_table_that_was_forgotten_is_told_at_the_start(
    host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await privacy.started(host)
    assert caplog.messages == []
    monkeypatch.setattr("modules.policy.services.personal.held", lambda insuree_ids: [])
    await privacy.started(host)
    assert any(told.startswith("policy_policy points at people") for told in caplog.messages), caplog.messages
