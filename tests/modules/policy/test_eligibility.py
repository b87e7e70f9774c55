import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, hook, new_id
from core.files.models import FileKind, FileRow
from core.history import HistoryRow
from core.host import Host
from core.testing import Api, actor
from modules.insuree.models import Family, Insuree, InsureePhoto
from modules.insuree.testing import make_family, make_insuree
from modules.location.testing import make_district
from modules.medical.rules import ServiceCategory
from modules.medical.testing import make_item, make_service
from modules.policy.hooks import HeldCover, Taken, Usage
from modules.policy.models import Cover, Policy, PricedMember, SuspendedBy, Verification
from modules.policy.rules import PolicyStatus
from modules.policy.services import EligibilityReason
from modules.policy.testing import make_policy
from modules.product.testing import make_product

pytestmark = pytest.mark.profile(str(Path(__file__).parent / "enrolment.toml"))

ELIGIBILITY = """
query($number: String!, $service: String, $item: String, $on: Date) {
  eligibility(insuranceNumber: $number, serviceCode: $service, itemCode: $item, on: $on) {
    covered reason
    insuree { insuranceNumber lastName otherNames birthDate gender { code } }
    policy { product { code } expiresOn status }
    service { covered reason remaining earliestOn }
    item { covered reason remaining earliestOn }
    remaining { ceiling admissions surgeries }
  }
}
"""
START = date(2026, 1, 1)


class Claims:
    """A module that knows what claims took from a person's cover."""

    def __init__(self) -> None:
        self.taken = Usage()
        self.asked: list[Any] = []

    @hook
    def usage(self, cover: HeldCover) -> Taken:
        return Taken(select(cover.insuree_id, cover.last), self.usage_of)

    def usage_of(self, values: Sequence[Any], cover: HeldCover) -> Usage:
        assert tuple(values) == (cover.insuree_id, cover.last)
        self.asked.append((cover.insuree_id, cover.service_id, cover.item_id, cover.first, cover.last))
        return self.taken


@pytest.fixture
def claims(host: Host) -> Iterator[Claims]:
    """Such a module, at work."""
    plugin = Claims()
    host.plugins.register(plugin, "claims-of-test")
    yield plugin
    host.plugins.unregister(plugin)


@pytest.fixture
def ask(api: Api) -> Any:
    """Asks for the eligibility of a person, as a receptionist who sees no other rows."""

    async def ask(insuree: Insuree | str, **variables: Any) -> Any:
        number = insuree if isinstance(insuree, str) else insuree.insurance_number
        who = actor("RECEPTIONIST", unbounded=False)
        reply = await api(ELIGIBILITY, {"number": number, **variables}, actor=who)
        assert reply.errors == []
        return reply.data["eligibility"]

    return ask


async def insured(
    session: AsyncSession, status: PolicyStatus = PolicyStatus.ACTIVE, terms: Any = None, **fields: Any
) -> tuple[Insuree, Policy]:
    """The head of a family that has a policy since the first of the year."""
    family = await make_family(session, members=1)
    product = await make_product(session, **(terms or {}))
    policy = await make_policy(session, family, product, status, **{"starts_on": START, **fields})
    head = await session.get_one(Insuree, family.head_id)
    await session.commit()
    return head, policy


async def test_a_member_is_covered_and_recognised_wherever_he_asks_decision_4(ask: Any, session: AsyncSession) -> None:
    head, _ = await insured(session, terms={"code": "CHF"})
    assert await ask(head) == {
        "covered": True, "reason": None,
        "insuree": {
            "insuranceNumber": head.insurance_number, "lastName": "Mushi", "otherNames": "Asha",
            "birthDate": "1985-05-05", "gender": {"code": "F"},
        },
        "policy": {"product": {"code": "CHF"}, "expiresOn": "2026-12-31", "status": "ACTIVE"},
        "service": None, "item": None, "remaining": None,
    }  # fmt: skip


async def test_whoever_asks_sees_what_the_person_looks_like_decision_4(api: Api, session: AsyncSession) -> None:
    head, _ = await insured(session)
    file = FileRow(account_id=new_id(), kind=FileKind.PHOTO, media_type="image/jpeg", size=1, sha256=b"1")
    session.add(file)
    await session.flush()
    session.add(InsureePhoto(insuree_id=head.id, file_id=file.id, taken_on=date(2026, 1, 5)))
    await session.commit()
    document = "query($number: String!) { eligibility(insuranceNumber: $number) { insuree { photo { url takenOn } } } }"
    reply = await api(document, {"number": head.insurance_number}, actor=actor("RECEPTIONIST", unbounded=False))
    photo = reply.data["eligibility"]["insuree"]["photo"]
    assert photo["takenOn"] == "2026-01-05"
    assert f"/files/{file.id}?expires=" in photo["url"]


async def test_nothing_asked_for_is_covered_where_the_person_is_not(ask: Any, session: AsyncSession) -> None:
    service = await make_service(session)
    head, _ = await insured(session, PolicyStatus.IDLE, terms={"covers": [service]})
    answer = await ask(head, service=service.code, item="nothing")
    assert answer["service"] == {"covered": False, "reason": "NOT_PAID", "remaining": None, "earliestOn": None}
    assert answer["item"] == {"covered": False, "reason": "UNKNOWN_CODE", "remaining": None, "earliestOn": None}


async def test_an_unknown_number_is_nobodys(ask: Any) -> None:
    answer = await ask("999999999")
    assert (answer["covered"], answer["reason"], answer["insuree"]) == (False, "UNKNOWN_NUMBER", None)


async def test_a_part_of_a_number_is_nobodys_decision_4(ask: Any, session: AsyncSession) -> None:
    head, _ = await insured(session)
    assert (await ask(head.insurance_number[:-1]))["reason"] == "UNKNOWN_NUMBER"


async def test_a_family_without_a_policy_is_not_insured(ask: Any, session: AsyncSession) -> None:
    family = await make_family(session, members=1)
    await session.commit()
    answer = await ask(await session.get_one(Insuree, family.head_id))
    assert (answer["covered"], answer["reason"]) == (False, "NOT_INSURED")
    assert answer["insuree"]["lastName"] == "Mushi"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (PolicyStatus.IDLE, EligibilityReason.NOT_PAID),
        (PolicyStatus.READY, EligibilityReason.AWAITING_CONFIRMATION),
        (PolicyStatus.SUSPENDED, EligibilityReason.SUSPENDED),
    ],
)
async def test_a_policy_that_covers_nobody_says_why(
    ask: Any, session: AsyncSession, status: PolicyStatus, reason: EligibilityReason
) -> None:
    suspended_by = SuspendedBy.USER if status is PolicyStatus.SUSPENDED else None
    head, _ = await insured(session, status, suspended_by=suspended_by)
    answer = await ask(head)
    assert (answer["covered"], answer["reason"], answer["policy"]["status"]) == (False, reason, status)


async def test_after_the_last_day_the_policy_has_expired(ask: Any, session: AsyncSession) -> None:
    head, _ = await insured(session)
    assert (await ask(head, on="2026-12-31"))["covered"] is True
    answer = await ask(head, on="2027-01-01")
    assert (answer["covered"], answer["reason"]) == (False, "EXPIRED")


async def test_cover_that_begins_later_is_not_yet_effective(ask: Any, session: AsyncSession) -> None:
    head, _ = await insured(session, starts_on=date(2026, 6, 1))
    answer = await ask(head)
    assert (answer["covered"], answer["reason"]) == (False, "NOT_YET_EFFECTIVE")


async def test_a_member_beyond_the_maximum_has_no_place(ask: Any, session: AsyncSession) -> None:
    _, policy = await insured(session)
    seventh = await make_insuree(session, await session.get_one(Family, policy.family_id))
    await session.commit()
    assert (await ask(seventh))["reason"] == "NO_PLACE"


async def test_a_newcomer_who_is_not_paid_for_is_told_apart(ask: Any, session: AsyncSession) -> None:
    head, _ = await insured(session)
    await session.execute(update(PricedMember).values(added_on=START, owed=Decimal(12000)))
    await session.execute(delete(Cover))
    await session.commit()
    assert (await ask(head))["reason"] == "MEMBER_NOT_PAID"


async def test_cover_that_has_ended_is_told(ask: Any, session: AsyncSession) -> None:
    head, _ = await insured(session)
    await session.execute(update(Cover).values(ends_on=date(2026, 3, 9)))
    await session.commit()
    assert (await ask(head, on="2026-03-09"))["covered"] is True
    assert (await ask(head))["reason"] == "COVER_ENDED"


async def test_a_service_in_the_product_is_covered_and_others_are_not_rule_4_6(ask: Any, session: AsyncSession) -> None:
    covered, other = await make_service(session), await make_service(session)
    head, _ = await insured(session, terms={"covers": [covered]})
    assert (await ask(head, service=covered.code))["service"] == {
        "covered": True, "reason": None, "remaining": None, "earliestOn": "2026-01-01",
    }  # fmt: skip
    answer = await ask(head, service=other.code)
    assert answer["covered"] is True
    assert (answer["service"]["covered"], answer["service"]["reason"]) == (False, "NOT_IN_PRODUCT")
    assert (await ask(head, service="NONE"))["service"]["reason"] == "UNKNOWN_CODE"


async def test_an_item_is_judged_beside_the_service(ask: Any, session: AsyncSession) -> None:
    service, item = await make_service(session), await make_item(session)
    head, _ = await insured(session, terms={"covers": [item]})
    answer = await ask(head, service=service.code, item=item.code)
    assert (answer["service"]["covered"], answer["item"]["covered"]) == (False, True)


async def test_a_service_is_not_covered_in_its_waiting_period_rule_4_6_2(ask: Any, session: AsyncSession) -> None:
    service = await make_service(session)
    waits = {"waiting_period_adult": 6, "waiting_period_child": 0}
    head, _ = await insured(session, terms={"covers": {service: waits}})
    assert (await ask(head, service=service.code))["service"] == {
        "covered": False, "reason": "WAITING_PERIOD", "remaining": None, "earliestOn": "2026-07-01",
    }  # fmt: skip
    assert (await ask(head, service=service.code, on="2026-07-01"))["service"]["covered"] is True


async def test_thirteen_of_twenty_services_are_left_b14(ask: Any, session: AsyncSession, claims: Claims) -> None:
    service = await make_service(session)
    head, _ = await insured(session, terms={"covers": {service: {"limit_number_adult": 20}}})
    claims.taken = Usage(service=Decimal(7))
    answer = (await ask(head, service=service.code))["service"]
    assert (answer["covered"], Decimal(answer["remaining"])) == (True, Decimal(13))
    assert claims.asked == [(head.id, service.id, None, START, date(2026, 12, 31))]


async def test_a_used_up_limit_is_told_rule_4_6_3(ask: Any, session: AsyncSession, claims: Claims) -> None:
    item = await make_item(session)
    head, _ = await insured(session, terms={"covers": {item: {"limit_number_adult": 7}}})
    claims.taken = Usage(item=Decimal(7))
    answer = (await ask(head, item=item.code))["item"]
    assert (answer["covered"], answer["reason"]) == (False, "LIMIT_REACHED")


async def test_a_used_up_category_of_care_refuses_its_services_rule_4_6_4(
    ask: Any, session: AsyncSession, claims: Claims
) -> None:
    surgery = await make_service(session, category=ServiceCategory.SURGERY)
    limits = {ServiceCategory.SURGERY: (2, 0)}
    head, _ = await insured(session, terms={"covers": [surgery], "category_limits": limits})
    claims.taken = Usage(claims={ServiceCategory.SURGERY: 2}, ceiling=Decimal("5000.00"))
    answer = await ask(head, service=surgery.code)
    assert answer["service"]["reason"] == "LIMIT_REACHED"
    assert answer["remaining"] == {"ceiling": "5000.00", "admissions": None, "surgeries": 0}


async def test_of_two_policies_the_one_that_has_the_service_answers_rule_4_6_5(ask: Any, session: AsyncSession) -> None:
    service = await make_service(session)
    head, policy = await insured(session, terms={"covers": [service]})
    family = await session.get_one(Family, policy.family_id)
    longer = await make_product(session, code="LONGER")
    await make_policy(session, family, longer)
    await session.commit()
    assert (await ask(head))["policy"]["product"]["code"] == "LONGER"
    answer = await ask(head, service=service.code)
    assert answer["service"]["covered"] is True
    assert answer["policy"]["expiresOn"] == "2026-12-31"


async def test_who_asked_about_whom_is_recorded_decision_4(ask: Any, session: AsyncSession) -> None:
    head, _ = await insured(session)
    await ask(head)
    await ask("999999999")
    found = (await session.scalars(select(Verification).order_by(Verification.id))).all()
    assert [(one.insuree_id, one.covered) for one in found] == [(head.id, True), (None, False)]
    assert all(one.account_id is not None for one in found)


async def test_who_asks_at_the_same_moment_is_recorded_each_once_decision_4(ask: Any, session: AsyncSession) -> None:
    head, _ = await insured(session)
    answers = await asyncio.gather(*(ask(head if each % 2 else "999999999") for each in range(20)))
    assert [answer["covered"] for answer in answers] == [False, True] * 10
    found = (await session.scalars(select(Verification))).all()
    assert sorted(str(one.insuree_id) for one in found) == sorted([str(head.id)] * 10 + ["None"] * 10)
    assert len({one.account_id for one in found}) == 20
    notes = (await session.scalars(select(HistoryRow).where(HistoryRow.action == "R"))).all()
    assert [(note.row_id, note.table_name) for note in notes] == [(head.id, "insuree_insuree")] * 10
    assert {note.actor_id for note in notes} == {one.account_id for one in found if one.covered}


async def test_an_account_may_not_ask_without_end_decision_4(
    api: Api, session: AsyncSession, http: Callable[[Actor], AsyncClient]
) -> None:
    who = actor("RECEPTIONIST")
    session.add_all(Verification(account_id=who.id, insurance_number="1", covered=False) for _ in range(60))
    await session.commit()
    async with http(who) as client:
        answer = await client.post("/graphql", json={"query": ELIGIBILITY, "variables": {"number": "1"}})
    assert answer.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert answer.headers["retry-after"] == "60"
    assert (await api(ELIGIBILITY, {"number": "1"}, actor=actor("RECEPTIONIST"))).errors == []


async def test_what_cannot_be_recorded_is_not_answered_decision_4(api: Api, session: AsyncSession) -> None:
    head, _ = await insured(session)
    await session.execute(text("ALTER TABLE policy_verification ADD CHECK (insurance_number = '')"))
    await session.commit()
    reply = await api(ELIGIBILITY, {"number": head.insurance_number}, actor=actor("RECEPTIONIST"))
    assert reply.data is None
    assert reply.errors[0]["extensions"]["code"] == "INTERNAL"
    assert (await session.scalars(select(HistoryRow.id).where(HistoryRow.action == "R"))).all() == []


async def test_asking_needs_its_own_right(api: Api) -> None:
    reply = await api(ELIGIBILITY, {"number": "1"}, actor=actor("SCHEME_ADMINISTRATOR"))
    assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_receptionist_sees_no_policy_of_another_district(api: Api, session: AsyncSession) -> None:
    await insured(session)
    elsewhere = await make_district(session)
    await session.commit()
    reply = await api("{ policies { totalCount } }", actor=actor("RECEPTIONIST", district=[elsewhere.id]))
    assert reply.data == {"policies": {"totalCount": 0}}
