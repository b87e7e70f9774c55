from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, clock, hook
from core.history import HistoryRow
from core.host import Host
from core.jobs import find_job
from core.testing import actor, counted
from modules.insuree.models import Family, Insuree, InsureeStatus
from modules.insuree.testing import make_family, make_insuree, make_officer
from modules.location.models import Location
from modules.location.testing import make_district, make_village
from modules.policy.models import Policy, Renewal, RenewalPhoto, SuspendedBy
from modules.policy.rules import PolicyStatus, RenewalAnswer, RenewalWarning
from modules.policy.services import prompts
from modules.policy.testing import make_policy, make_renewal
from modules.product.models import Product
from modules.product.testing import make_product

HERE = Path(__file__).parent
TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


class Messages:
    """A module that sends messages: told of prompts once they are made."""

    def __init__(self) -> None:
        self.told: list[list[Renewal]] = []

    @hook
    async def renewal_prompted(self, ctx: Context, renewals: Sequence[Renewal]) -> None:
        self.told.append(list(renewals))


@pytest.fixture
def messages(host: Host) -> Iterator[Messages]:
    """Such a module, at work."""
    plugin = Messages()
    host.plugins.register(plugin, "messages-of-test")
    yield plugin
    host.plugins.unregister(plugin)


async def ending(
    session: AsyncSession,
    expires_on: date = TODAY + 14 * DAY,
    status: PolicyStatus = PolicyStatus.ACTIVE,
    family: Family | None = None,
    product: Product | None = None,
    **fields: Any,
) -> Policy:
    """A policy of a couple that ends, by default on the last day that is prompted for today."""
    return await make_policy(
        session, family or await make_family(session, members=2), product or await make_product(session), status,
        starts_on=date(2025, 3, 1), expires_on=expires_on, **fields,
    )  # fmt: skip


async def run(ctx: Context) -> list[Renewal]:
    """What has been prompted after the night's job."""
    await find_job(ctx.host, "policy.prompt_renewals").run(ctx)
    found = select(Renewal).order_by(Renewal.id).execution_options(populate_existing=True)
    return list((await ctx.session.scalars(found)).all())


async def test_a_policy_is_prompted_fourteen_days_before_it_ends(ctx: Context, session: AsyncSession) -> None:
    officer = await make_officer(session, phone="0712000111")
    policy = await ending(session, officer_id=officer.id)
    family = await session.get_one(Family, policy.family_id)
    (renewal,) = await run(ctx)
    assert (renewal.policy_id, renewal.product_id, renewal.officer_id) == (policy.id, policy.product_id, officer.id)
    assert (renewal.head_id, renewal.phone) == (family.head_id, "0712000111")
    assert (renewal.renewal_on, renewal.prompted_on) == (date(2026, 3, 25), TODAY)
    assert (renewal.answer, renewal.warnings, renewal.version) == (RenewalAnswer.NONE, [], 1)
    assert (renewal.district_id, renewal.village_id) == (family.district_id, family.village_id)


async def test_fifteen_days_before_it_ends_is_too_early(ctx: Context, session: AsyncSession) -> None:
    await ending(session, TODAY + 15 * DAY)
    assert await run(ctx) == []


@pytest.mark.profile(str(HERE / "early.toml"))
async def test_a_scheme_prompts_as_early_as_it_likes(ctx: Context, session: AsyncSession) -> None:
    early = await ending(session, TODAY + 60 * DAY)
    await ending(session, TODAY + 61 * DAY)
    assert [renewal.policy_id for renewal in await run(ctx)] == [early.id]


@pytest.mark.profile(str(HERE / "early.toml"))
async def test_a_scheme_says_how_long_a_photo_lasts(ctx: Context, session: AsyncSession) -> None:
    policy = await ending(session)
    family = await session.get_one(Family, policy.family_id)
    await session.execute(update(Insuree).values(photo_on=date(2026, 2, 25)))
    old = await make_insuree(session, family, birth_date=date(1980, 1, 1), photo_on=date(2026, 2, 24))
    await run(ctx)
    assert (await session.scalars(select(RenewalPhoto.insuree_id))).all() == [old.id]


@pytest.mark.parametrize(
    ("status", "fields", "prompted"),
    [
        (PolicyStatus.ACTIVE, {}, True),
        (PolicyStatus.EXPIRED, {}, True),
        (PolicyStatus.EXPIRED, {"effective_on": None}, False),
        (PolicyStatus.IDLE, {}, False),
        (PolicyStatus.READY, {}, False),
        (PolicyStatus.SUSPENDED, {"suspended_by": SuspendedBy.USER}, False),
    ],
)
async def test_what_covers_or_covered_somebody_is_prompted(
    ctx: Context, session: AsyncSession, status: PolicyStatus, fields: dict[str, Any], prompted: bool
) -> None:
    await ending(session, TODAY - 5 * DAY if status is PolicyStatus.EXPIRED else TODAY, status, **fields)
    assert len(await run(ctx)) == prompted


async def test_a_second_run_makes_no_second_prompt(ctx: Context, session: AsyncSession, messages: Messages) -> None:
    await ending(session)
    first = await run(ctx)
    assert await run(ctx) == first
    assert (len(first), len(messages.told)) == (1, 1)


async def test_who_does_not_go_on_is_not_prompted_again(ctx: Context, session: AsyncSession) -> None:
    policy = await ending(session)
    await make_renewal(session, policy, answer=RenewalAnswer.DISCONTINUED, answered_on=TODAY)
    assert [renewal.answer for renewal in await run(ctx)] == [RenewalAnswer.DISCONTINUED]


@pytest.mark.parametrize(
    ("product", "days", "prompted"),
    [("old", 1, False), ("new", 1, False), ("other", 1, True), ("new", 0, True), ("new", 30, False)],
)
async def test_who_has_the_old_or_the_new_product_from_then_on_is_not_prompted(
    ctx: Context, session: AsyncSession, product: str, days: int, prompted: bool
) -> None:
    new = await make_product(session)
    old = await make_product(session, conversion_product_id=new.id)
    policy = await ending(session, product=old)
    family = await session.get_one(Family, policy.family_id)
    held = {"old": old, "new": new, "other": await make_product(session)}[product]
    start = policy.expires_on + days * DAY
    await make_policy(session, family, held, PolicyStatus.IDLE, starts_on=start)
    assert [renewal.policy_id for renewal in await run(ctx)] == [policy.id] * prompted


async def test_a_deleted_policy_does_not_count_as_one_that_follows(ctx: Context, session: AsyncSession) -> None:
    policy = await ending(session)
    family, product = await session.get_one(Family, policy.family_id), await session.get_one(Product, policy.product_id)
    await make_policy(
        session, family, product, PolicyStatus.IDLE, starts_on=policy.expires_on + DAY, ended_at=clock.now(),
        previous_policy_id=policy.id,
    )  # fmt: skip
    assert [renewal.policy_id for renewal in await run(ctx)] == [policy.id]


async def test_a_policy_that_was_renewed_in_any_product_is_not_prompted(ctx: Context, session: AsyncSession) -> None:
    policy = await ending(session)
    family = await session.get_one(Family, policy.family_id)
    await make_policy(
        session, family, await make_product(session), PolicyStatus.IDLE, starts_on=policy.expires_on + DAY,
        previous_policy_id=policy.id,
    )  # fmt: skip
    assert await run(ctx) == []


async def test_deleted_policies_and_families_are_not_prompted(ctx: Context, session: AsyncSession) -> None:
    await ending(session, ended_at=clock.now())
    policy = await ending(session)
    await session.execute(update(Family).where(Family.id == policy.family_id).values(ended_at=clock.now()))
    assert await run(ctx) == []


async def test_a_renewal_goes_into_the_product_at_the_end_of_the_conversions(
    ctx: Context, session: AsyncSession
) -> None:
    newest = await make_product(session, date_from=date(2026, 4, 1))
    newer = await make_product(session, conversion_product_id=newest.id)
    old = await make_product(session, conversion_product_id=newer.id)
    officer = await make_officer(session)
    await ending(session, product=old, officer_id=officer.id)
    (renewal,) = await run(ctx)
    assert (renewal.product_id, renewal.warnings) == (newest.id, [RenewalWarning.PRODUCT_NOT_SOLD])


async def test_who_stands_in_is_asked_when_the_officer_has_stopped_working(ctx: Context, session: AsyncSession) -> None:
    last = await make_officer(session, phone="0712000333")
    second = await make_officer(session, valid_to=date(2026, 3, 24), substitute_id=last.id, phone="0712000222")
    first = await make_officer(session, valid_to=date(2026, 1, 1), substitute_id=second.id, phone="0712000111")
    await ending(session, officer_id=first.id)
    await ending(session, TODAY, officer_id=second.id)
    on_25th, on_11th = await run(ctx)
    assert (on_25th.officer_id, on_25th.phone, on_25th.warnings) == (last.id, "0712000333", [])
    assert (on_11th.officer_id, on_11th.phone, on_11th.warnings) == (second.id, "0712000222", [])


async def test_a_renewal_that_nobody_can_ask_for_is_warned_of(ctx: Context, session: AsyncSession) -> None:
    gone = await make_officer(session, valid_to=date(2026, 3, 24))
    await ending(session, officer_id=gone.id)
    await ending(session)
    without_work, without_officer = await run(ctx)
    assert (without_work.officer_id, without_work.warnings) == (gone.id, [RenewalWarning.OFFICER_NOT_VALID])
    assert (without_officer.officer_id, without_officer.warnings) == (None, [RenewalWarning.NO_OFFICER])


async def test_members_whose_photo_is_due_by_the_renewal_are_noted_rule_4_7_5(
    ctx: Context, session: AsyncSession
) -> None:
    family = await make_family(session, members=1)
    renewal_on = date(2026, 3, 25)
    old, fresh = date(2021, 3, 24), date(2021, 3, 25)
    await session.execute(update(Insuree).values(photo_on=fresh))
    adult = {"birth_date": date(1989, 9, 9)}
    due = [
        await make_insuree(session, family, photo_on=old, **adult),
        await make_insuree(session, family, photo_on=None, **adult),
        await make_insuree(session, family, photo_on=date(2025, 3, 24)),
    ]
    await make_insuree(session, family, photo_on=date(2025, 3, 25))
    await make_insuree(session, family, photo_on=None, status=InsureeStatus.DEAD, status_on=TODAY)
    await make_insuree(session, family, photo_on=None, ended_at=clock.now())
    await ending(session, family=family)
    (renewal,) = await run(ctx)
    assert renewal.renewal_on == renewal_on
    noted = (await session.scalars(select(RenewalPhoto.insuree_id))).all()
    assert sorted(noted) == sorted(member.id for member in due)
    await run(ctx)
    assert len((await session.scalars(select(RenewalPhoto))).all()) == 3


async def test_other_modules_are_told_of_all_prompts_of_a_night_at_once(
    ctx: Context, session: AsyncSession, messages: Messages
) -> None:
    policies = {(await ending(session)).id for _ in range(3)}
    await run(ctx)
    (told,) = messages.told
    assert {renewal.policy_id for renewal in told} == policies


async def test_nobody_is_told_where_nothing_was_prompted(
    ctx: Context, session: AsyncSession, messages: Messages
) -> None:
    await ending(session, TODAY + 15 * DAY)
    await run(ctx)
    assert messages.told == []


async def test_statements_do_not_grow_with_the_policies_that_end(ctx: Context, session: AsyncSession) -> None:
    counts = set()
    for policies in (1, 12):
        officer = await make_officer(session)
        for _ in range(policies):
            await ending(session, officer_id=officer.id)
        await session.flush()
        with counted(ctx.host) as statements:
            await find_job(ctx.host, "policy.prompt_renewals").run(ctx)
        counts.add(len(statements))
    assert counts == {6}


async def test_policies_beyond_a_chunk_are_prompted_in_the_next(
    ctx: Context, session: AsyncSession, messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompts, "CHUNK", 2)
    product = await make_product(session)
    skipped = await make_product(session, conversion_product_id=product.id)
    for at in range(4):
        await ending(session, product=product)
        if at < 2:
            # The first chunks hold what is not prompted, too: they do not come again.
            family = await make_family(session, members=1)
            policy = await ending(session, family=family, product=skipped)
            await make_policy(session, family, product, starts_on=policy.expires_on + DAY)
    assert len(await run(ctx)) == 4
    assert [len(told) for told in messages.told] == [1, 1, 2]


async def test_prompts_are_made_after_policies_expired_and_before_anybody_is_at_work(host: Host) -> None:
    assert find_job(host, "policy.prompt_renewals").cron == "15 0 * * *"


async def test_the_history_of_a_prompt_is_kept(ctx: Context, session: AsyncSession) -> None:
    await ending(session)
    (renewal,) = await run(ctx)
    actions = await session.scalars(select(HistoryRow.action).where(HistoryRow.row_id == renewal.id))
    assert actions.all() == ["I"]


async def test_a_deleted_policy_takes_its_prompt_along(change: Any, session: AsyncSession) -> None:
    policy = await ending(session)
    renewal = await make_renewal(session, policy)
    session.add(RenewalPhoto(renewal_id=renewal.id, insuree_id=renewal.head_id))
    await session.commit()
    await change("deletePolicy", id=policy.id, expectedVersion=1)
    assert (await session.scalars(select(Renewal.id))).all() == []


async def test_the_prompt_that_a_deleted_policy_answered_is_open_again(change: Any, session: AsyncSession) -> None:
    policy = await ending(session)
    renewal = await make_renewal(session, policy)
    await session.commit()
    made = (await change("renewPolicy", previousPolicyId=policy.id))["policy"]
    await change("deletePolicy", id=made["id"], expectedVersion=1)
    await session.refresh(renewal)
    assert (renewal.answer, renewal.answered_on, renewal.answered_by) == (RenewalAnswer.NONE, None, None)
    assert (renewal.renewed_policy_id, renewal.version) == (None, 3)


async def test_a_deleted_family_is_prompted_no_more(change: Any, session: AsyncSession) -> None:
    policy = await ending(session)
    done = await ending(session, date(2026, 2, 27), PolicyStatus.EXPIRED)
    await session.execute(update(Policy).where(Policy.id == done.id).values(family_id=policy.family_id))
    await make_renewal(session, policy)
    kept = await make_renewal(session, done, answer=RenewalAnswer.DISCONTINUED, answered_on=TODAY)
    await session.commit()
    payload = await change(
        "deleteFamily", fields="errors { code }", id=policy.family_id, expectedVersion=1, members="DELETE"
    )
    assert payload == {"errors": []}
    assert (await session.scalars(select(Renewal.id))).all() == [kept.id]


async def test_prompts_follow_families_and_places(api: Any, change: Any, session: AsyncSession) -> None:
    policy = await ending(session)
    renewal = await make_renewal(session, policy)
    village, target = await make_village(session), await make_district(session)
    await session.commit()
    moved = await change(
        "updateFamily", fields="errors { code }", id=policy.family_id, expectedVersion=1, locationId=village.id
    )
    assert moved == {"errors": []}
    await session.refresh(renewal)
    assert (renewal.village_id, renewal.district_id) == (village.id, village.district_id)
    ward = await session.get_one(Location, village.ward_id)
    moved = await change(
        "moveLocation", fields="errors { code }", who=actor("SYSTEM_ADMINISTRATOR"), id=ward.id, expectedVersion=1,
        parentId=target.id,
    )  # fmt: skip
    assert moved == {"errors": []}
    await session.refresh(renewal)
    assert renewal.district_id == target.id


async def test_a_policy_has_one_open_prompt(ctx: Context, session: AsyncSession) -> None:
    policy = await ending(session, value=Decimal(10000))
    await make_renewal(session, policy)
    with pytest.raises(IntegrityError, match="uq_policy_renewal_open"):
        await make_renewal(session, policy)
