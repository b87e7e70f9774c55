from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import anyio
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from core.testing import Api, actor
from modules.insuree.models import EnrolmentOfficer, Family
from modules.insuree.testing import make_family, make_insuree, make_officer
from modules.location.models import Location
from modules.location.testing import make_district, make_village
from modules.policy.models import Policy, Renewal, RenewalPhoto
from modules.policy.rules import PolicyStatus, RenewalAnswer, RenewalWarning
from modules.policy.testing import make_policy, make_renewal
from modules.product.testing import make_product

TODAY = date(2026, 3, 10)
RENEWAL = (
    "policyRenewal { answer answeredOn answeredBy version "
    "renewedPolicy { id stage status value startsOn product { id } officer { id } previousPolicy { id } } } "
    "errors { code message path }"
)
LIST = "{ policyRenewals { nodes { id } } }"


async def prompted(
    session: AsyncSession,
    village: Location | None = None,
    members: int = 2,
    officer: EnrolmentOfficer | None = None,
    **fields: Any,
) -> Renewal:
    """The open prompt of a family whose policy ends on 24 March."""
    family = await make_family(session, village, members=members)
    policy = await make_policy(
        session, family, await make_product(session), starts_on=date(2025, 3, 25),
        officer_id=officer.id if officer else None,
    )  # fmt: skip
    renewal = await make_renewal(session, policy, **fields)
    await session.commit()
    return renewal


async def answered(session: AsyncSession, renewal: Renewal) -> tuple[RenewalAnswer, int]:
    """What became of a prompt, and its version."""
    await session.rollback()
    await session.refresh(renewal)
    return renewal.answer, renewal.version


async def seen(api: Api, who: Actor) -> list[str]:
    """The prompts that somebody sees."""
    reply = await api(LIST, actor=who)
    assert reply.errors == []
    return [node["id"] for node in reply.data["policyRenewals"]["nodes"]]


async def officer_of(session: AsyncSession, who: Actor, **fields: Any) -> EnrolmentOfficer:
    """The officer that an account belongs to."""
    officer = await make_officer(session, account_id=who.id, **fields)
    await session.commit()
    return officer


async def test_a_prompt_shows_whom_to_ask_for_what(api: Api, session: AsyncSession) -> None:
    officer = await make_officer(session)
    renewal = await prompted(session, officer=officer, phone="0712000111")
    child = await make_insuree(session, await session.get_one(Family, (await of(session, renewal)).family_id))
    session.add(RenewalPhoto(renewal_id=renewal.id, insuree_id=child.id))
    await session.commit()
    query = """query($id: ID!) { policyRenewal(id: $id) {
      policy { id expiresOn } head { isHead } village { id } product { id } officer { code } phone renewalOn promptedOn
      warnings { code } photosDue { id } answer answeredOn renewedPolicy { id } version
    } }"""
    reply = await api(query, {"id": renewal.id}, actor=actor("CLERK"))
    assert (reply.errors, reply.statements) == ([], 1)
    assert reply.data["policyRenewal"] == {
        "policy": {"id": str(renewal.policy_id), "expiresOn": "2026-03-24"}, "head": {"isHead": True},
        "village": {"id": str(renewal.village_id)}, "product": {"id": str(renewal.product_id)},
        "officer": {"code": officer.code}, "phone": "0712000111", "renewalOn": "2026-03-25",
        "promptedOn": "2026-03-10", "warnings": [], "photosDue": [{"id": str(child.id)}], "answer": "NONE",
        "answeredOn": None, "renewedPolicy": None, "version": 1,
    }  # fmt: skip


async def of(session: AsyncSession, renewal: Renewal) -> Policy:
    """The policy that a prompt is for."""
    return await session.get_one(Policy, renewal.policy_id)


async def test_prompts_are_listed_due_first_and_filtered(api: Api, session: AsyncSession) -> None:
    late = await prompted(session, renewal_on=date(2026, 3, 26))
    done = await prompted(session, answer=RenewalAnswer.DISCONTINUED, answered_on=TODAY)
    first = await prompted(session, renewal_on=date(2026, 3, 20))
    query = """query($village: ID!, $policy: ID!) {
      all: policyRenewals { nodes { id } }
      open: policyRenewals(filter: { answer: { eq: NONE } }) { nodes { id } totalCount }
      here: policyRenewals(filter: { village: { within: $village } }) { nodes { id } }
      one: policyRenewals(filter: { policy: { eq: $policy } }) { nodes { id } }
    }"""
    reply = await api(query, {"village": late.district_id, "policy": done.policy_id}, actor=actor("MANAGER"))
    assert reply.errors == []
    assert reply.data["all"]["nodes"] == [{"id": str(renewal.id)} for renewal in (first, done, late)]
    assert reply.data["open"] == {"nodes": [{"id": str(first.id)}, {"id": str(late.id)}], "totalCount": 2}
    assert reply.data["here"]["nodes"] == [{"id": str(late.id)}]
    assert reply.data["one"]["nodes"] == [{"id": str(done.id)}]


async def test_a_page_of_prompts_with_all_it_shows_is_one_statement(api: Api, session: AsyncSession) -> None:
    officer = await make_officer(session)
    for _ in range(3):
        await prompted(session, officer=officer, warnings=list(RenewalWarning))
    query = """{ policyRenewals { nodes {
      policy { value } head { lastName phone } product { name } officer { code } warnings { code message }
      photosDue { lastName } renewedPolicy { id }
    } } }"""
    reply = await api(query, actor=actor("CLERK"))
    assert (reply.errors, len(reply.data["policyRenewals"]["nodes"]), reply.statements) == ([], 3, 1)


@pytest.mark.parametrize(
    ("language", "messages"),
    [
        (
            "en",
            [
                "No enrolment officer looks after this policy. Ask one to visit the family.",
                "E1 does not work as an enrolment officer on 2026-03-25. Choose another officer.",
                "CHF is not sold on 2026-03-25. Choose another product or date.",
            ],
        ),
        (
            "sw",
            [
                "Bima hii haina afisa uandikishaji. Mwombe afisa mmoja aitembelee kaya.",
                "E1 si afisa uandikishaji tarehe 2026-03-25. Chagua afisa mwingine.",
                "CHF haiuzwi tarehe 2026-03-25. Chagua bidhaa au tarehe nyingine.",
            ],
        ),
    ],
)
async def test_warnings_say_what_to_do_in_the_users_language(
    api: Api, session: AsyncSession, language: str, messages: list[str]
) -> None:
    officer, product = await make_officer(session, code="E1"), await make_product(session, name="CHF")
    await prompted(session, officer=officer, product_id=product.id, warnings=list(RenewalWarning))
    query = "{ policyRenewals { nodes { warnings { code message } } } }"
    reply = await api(query, actor=actor("CLERK"), language=language)
    (node,) = reply.data["policyRenewals"]["nodes"]
    assert [warning["code"] for warning in node["warnings"]] == ["NO_OFFICER", "OFFICER_NOT_VALID", "PRODUCT_NOT_SOLD"]
    assert [warning["message"] for warning in node["warnings"]] == messages


async def test_an_officer_sees_his_own_prompts_and_those_of_officers_he_stands_in_for(
    api: Api, session: AsyncSession
) -> None:
    village, elsewhere = await make_village(session), await make_village(session)
    me = actor("ENROLMENT_OFFICER", village=[village.id])
    officer = await officer_of(session, me)
    absent = await make_officer(session, substitute_id=officer.id)
    colleague = await make_officer(session)
    own = await prompted(session, village, officer=officer)
    own_elsewhere = await prompted(session, elsewhere, officer=officer)
    substituted = await prompted(session, elsewhere, officer=absent)
    await prompted(session, village, officer=colleague)
    await prompted(session, village)
    assert await seen(api, me) == [str(renewal.id) for renewal in (own, own_elsewhere, substituted)]
    assert await seen(api, replace(me, scopes={})) == [str(renewal.id) for renewal in (own, own_elsewhere, substituted)]


async def test_clerks_and_managers_see_the_prompts_of_their_places(api: Api, session: AsyncSession) -> None:
    officer = await make_officer(session)
    here, there = await prompted(session, officer=officer), await prompted(session)
    for role in ("CLERK", "MANAGER"):
        assert await seen(api, actor(role, district=[here.district_id])) == [str(here.id)]
        assert await seen(api, actor(role, village=[there.village_id])) == [str(there.id)]
        assert await seen(api, actor(role)) == [str(here.id), str(there.id)]
        assert await seen(api, actor(role, unbounded=False)) == []


async def test_a_prompt_is_found_by_its_id_where_it_is_seen(api: Api, session: AsyncSession) -> None:
    renewal, elsewhere = await prompted(session), await make_district(session)
    await session.commit()
    query = "query($id: ID!) { node(id: $id) { id } policyRenewal(id: $id) { id } }"
    here = await api(query, {"id": renewal.id}, actor=actor("CLERK", district=[renewal.district_id]))
    assert here.data == {"node": {"id": str(renewal.id)}, "policyRenewal": {"id": str(renewal.id)}}
    there = await api(query, {"id": renewal.id}, actor=actor("CLERK", district=[elsewhere.id]))
    assert there.data == {"node": None, "policyRenewal": None}


@pytest.mark.parametrize("role", ["ACCOUNTANT", "RECEPTIONIST", "CLAIM_ADMINISTRATOR"])
async def test_reading_prompts_needs_a_right(api: Api, role: str) -> None:
    reply = await api(LIST, actor=actor(role))
    assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_managers_see_prompts_and_do_not_answer_them(api: Api, session: AsyncSession) -> None:
    renewal = await prompted(session)
    reply = await api(
        "mutation($input: AnswerPolicyRenewalInput!) { answerPolicyRenewal(input: $input) { errors { code } } }",
        {"input": {"id": renewal.id, "expectedVersion": 1, "answer": "DISCONTINUE"}},
        actor=actor("MANAGER"),
    )
    assert reply.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_family_that_goes_on_gets_the_policy_it_was_prompted_for(change: Any, session: AsyncSession) -> None:
    officer, new = await make_officer(session), await make_product(session, lump_sum=Decimal(40000))
    renewal = await prompted(session, product_id=new.id, officer_id=officer.id)
    clerk = actor("CLERK")
    payload = await change(
        "answerPolicyRenewal", fields=RENEWAL, who=clerk, id=renewal.id, expectedVersion=1, answer="RENEW"
    )
    assert payload["errors"] == []
    policy = payload["policyRenewal"].pop("renewedPolicy")
    assert payload["policyRenewal"] == {
        "answer": "ACCEPTED", "answeredOn": "2026-03-10", "answeredBy": str(clerk.id), "version": 2,
    }  # fmt: skip
    assert policy == {
        "id": policy["id"], "stage": "RENEWAL", "status": "IDLE", "value": "40000.00", "startsOn": "2026-03-25",
        "product": {"id": str(new.id)}, "officer": {"id": str(officer.id)},
        "previousPolicy": {"id": str(renewal.policy_id)},
    }  # fmt: skip


async def test_a_family_that_does_not_go_on_gets_nothing(change: Any, session: AsyncSession) -> None:
    renewal = await prompted(session)
    payload = await change(
        "answerPolicyRenewal", fields=RENEWAL, id=renewal.id, expectedVersion=1, answer="DISCONTINUE"
    )
    assert payload["errors"] == []
    assert (payload["policyRenewal"]["answer"], payload["policyRenewal"]["renewedPolicy"]) == ("DISCONTINUED", None)
    assert payload["policyRenewal"]["answeredOn"] == "2026-03-10"
    assert len((await session.scalars(select(Policy))).all()) == 1


async def test_a_family_may_choose_another_product_and_officer(change: Any, session: AsyncSession) -> None:
    prompted_officer, other_officer = await make_officer(session), await make_officer(session)
    product = await make_product(session)
    for officer_id, expected in ((other_officer.id, {"id": str(other_officer.id)}), (None, None)):
        renewal = await prompted(session, officer_id=prompted_officer.id)
        payload = await change(
            "answerPolicyRenewal", fields=RENEWAL, id=renewal.id, expectedVersion=1, answer="RENEW",
            productId=product.id, officerId=officer_id, enrolledOn="2026-03-09", expectedValue="30000.00",
        )  # fmt: skip
        assert payload["errors"] == []
        policy = payload["policyRenewal"]["renewedPolicy"]
        assert (policy["product"], policy["officer"]) == ({"id": str(product.id)}, expected)
        assert (await session.get_one(Policy, policy["id"])).enrolled_on == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"expectedValue": "10000.00"}, ("PRICE_CHANGED", "expectedValue")),
        ({"enrolledOn": "2026-03-11"}, ("DATE_IN_FUTURE", "enrolledOn")),
        ({"enrolledOn": "2026-01-01"}, ("BACKDATED", "enrolledOn")),
        ({"productId": "019f0000-0000-7000-8000-000000000000"}, ("NOT_FOUND", "productId")),
        ({"officerId": "019f0000-0000-7000-8000-000000000000"}, ("NOT_FOUND", "officerId")),
    ],
)
async def test_a_renewal_that_is_refused_leaves_the_prompt_open(
    change: Any, session: AsyncSession, fields: dict[str, Any], error: tuple[str, str]
) -> None:
    renewal = await prompted(session)
    payload = await change(
        "answerPolicyRenewal", fields=RENEWAL, id=renewal.id, expectedVersion=1, answer="RENEW", **fields
    )
    assert payload.told == [error]
    assert await answered(session, renewal) == (RenewalAnswer.NONE, 1)


async def test_an_officer_who_stopped_working_has_to_be_replaced_or_left_out(
    change: Any, session: AsyncSession
) -> None:
    gone = await make_officer(session, valid_to=date(2026, 3, 9))
    renewal = await prompted(session, officer=gone, warnings=[RenewalWarning.OFFICER_NOT_VALID])
    reply = {"id": renewal.id, "expectedVersion": 1, "answer": "RENEW"}
    assert (await change("answerPolicyRenewal", fields=RENEWAL, **reply)).told == [("OFFICER_NOT_VALID", "officerId")]
    assert (await change("answerPolicyRenewal", fields=RENEWAL, **reply, officerId=None)).told == []


async def test_an_answer_is_based_on_a_version(change: Any, session: AsyncSession) -> None:
    renewal = await prompted(session)
    reply = {"id": renewal.id, "answer": "DISCONTINUE"}
    assert (await change("answerPolicyRenewal", fields=RENEWAL, expectedVersion=1, **reply)).told == []
    stale = await change("answerPolicyRenewal", fields=RENEWAL, expectedVersion=1, **reply)
    assert stale.told == [("STALE", "expectedVersion")]
    assert (stale["policyRenewal"]["answer"], stale["policyRenewal"]["version"]) == ("DISCONTINUED", 2)


@pytest.mark.parametrize("answer", ["RENEW", "DISCONTINUE"])
async def test_a_prompt_is_answered_once(change: Any, session: AsyncSession, answer: str) -> None:
    renewal = await prompted(session, answer=RenewalAnswer.DISCONTINUED, answered_on=date(2026, 3, 5))
    payload = await change("answerPolicyRenewal", fields=RENEWAL, id=renewal.id, expectedVersion=1, answer=answer)
    assert payload.told == [("RENEWAL_ANSWERED", "id")]
    assert "2026-03-05" in payload["errors"][0]["message"]


async def test_of_answers_at_once_one_counts(change: Any, session: AsyncSession) -> None:
    renewal = await prompted(session)
    answers: list[Any] = []

    async def reply(answer: str) -> None:
        sent = {"id": renewal.id, "expectedVersion": 1, "answer": answer}
        answers.append((await change("answerPolicyRenewal", fields=RENEWAL, **sent)).told)

    async with anyio.create_task_group() as group:
        for answer in ("RENEW", "DISCONTINUE", "RENEW", "DISCONTINUE"):
            group.start_soon(reply, answer)
    assert answers.count([]) == 1
    assert {tuple(found[0]) for found in answers if found} <= {("STALE", "expectedVersion"), ("ALREADY_RENEWED", "id")}
    answer, version = await answered(session, renewal)
    policies = (await session.scalars(select(Policy))).all()
    assert (len(policies), version) == (2 if answer is RenewalAnswer.ACCEPTED else 1, 2)


async def test_a_prompt_of_another_place_is_not_found(change: Any, session: AsyncSession) -> None:
    renewal, elsewhere = await prompted(session), await make_district(session)
    await session.commit()
    for answer in ("RENEW", "DISCONTINUE"):
        payload = await change(
            "answerPolicyRenewal", fields=RENEWAL, who=actor("CLERK", district=[elsewhere.id]), id=renewal.id,
            expectedVersion=1, answer=answer,
        )  # fmt: skip
        assert payload.told == [("NOT_FOUND", "id")]
    assert await answered(session, renewal) == (RenewalAnswer.NONE, 1)


async def test_who_stands_in_answers_for_families_of_other_places(change: Any, session: AsyncSession) -> None:
    me = actor("ENROLMENT_OFFICER", village=[(await make_village(session)).id])
    officer = await officer_of(session, me)
    renewal = await prompted(session, officer=await make_officer(session, substitute_id=officer.id))
    payload = await change(
        "answerPolicyRenewal", fields=RENEWAL, who=me, id=renewal.id, expectedVersion=1, answer="RENEW",
        officerId=officer.id,
    )  # fmt: skip
    assert payload["errors"] == []
    assert payload["policyRenewal"]["renewedPolicy"]["officer"] == {"id": str(officer.id)}


async def test_a_colleague_in_the_same_village_does_not_answer(change: Any, session: AsyncSession) -> None:
    village = await make_village(session)
    me = actor("ENROLMENT_OFFICER", village=[village.id])
    await officer_of(session, me)
    renewal = await prompted(session, village, officer=await make_officer(session))
    payload = await change(
        "answerPolicyRenewal", fields=RENEWAL, who=me, id=renewal.id, expectedVersion=1, answer="DISCONTINUE"
    )
    assert payload.told == [("NOT_FOUND", "id")]


async def test_a_repeated_answer_makes_one_policy(change: Any, session: AsyncSession) -> None:
    renewal, clerk = await prompted(session), actor("CLERK")
    reply = {"id": renewal.id, "expectedVersion": 1, "answer": "RENEW", "clientMutationId": "phone-1"}
    first = await change("answerPolicyRenewal", fields=RENEWAL, who=clerk, **reply)
    assert await change("answerPolicyRenewal", fields=RENEWAL, who=clerk, **reply) == first
    assert len((await session.scalars(select(Policy))).all()) == 2


async def test_renewing_the_policy_itself_answers_its_prompt(change: Any, session: AsyncSession) -> None:
    renewal, other = await prompted(session), await prompted(session)
    clerk = actor("CLERK")
    made = (await change("renewPolicy", who=clerk, previousPolicyId=renewal.policy_id))["policy"]
    assert await answered(session, renewal) == (RenewalAnswer.ACCEPTED, 2)
    assert (str(renewal.renewed_policy_id), renewal.answered_on, renewal.answered_by) == (made["id"], TODAY, clerk.id)
    assert await answered(session, other) == (RenewalAnswer.NONE, 1)


async def test_a_prompt_that_was_discontinued_stays_so_when_the_policy_is_renewed_after_all(
    change: Any, session: AsyncSession
) -> None:
    renewal = await prompted(session, answer=RenewalAnswer.DISCONTINUED, answered_on=TODAY)
    assert (await change("renewPolicy", previousPolicyId=renewal.policy_id)).told == []
    assert await answered(session, renewal) == (RenewalAnswer.DISCONTINUED, 1)


async def test_a_policy_that_was_renewed_already_is_told_at_the_prompt(change: Any, session: AsyncSession) -> None:
    renewal = await prompted(session)
    policy = await of(session, renewal)
    family = await session.get_one(Family, policy.family_id)
    await make_policy(
        session, family, await make_product(session), PolicyStatus.IDLE, starts_on=date(2026, 3, 25),
        previous_policy_id=policy.id,
    )  # fmt: skip
    await session.commit()
    payload = await change("answerPolicyRenewal", fields=RENEWAL, id=renewal.id, expectedVersion=1, answer="RENEW")
    assert payload.told == [("ALREADY_RENEWED", "id")]


async def test_statements_do_not_grow_with_the_family(api: Api, session: AsyncSession) -> None:
    counts = set()
    officer = await make_officer(session)
    for members in (1, 6):
        renewal = await prompted(session, members=members, officer=officer)
        reply = await api(
            "mutation($input: AnswerPolicyRenewalInput!) "
            "{ answerPolicyRenewal(input: $input) { policyRenewal { renewedPolicy { id } } errors { code } } }",
            {"input": {"id": renewal.id, "expectedVersion": 1, "answer": "RENEW", "clientMutationId": str(members)}},
            actor=actor("ENROLMENT_OFFICER"),
        )
        assert reply.data["answerPolicyRenewal"]["errors"] == []
        counts.add(reply.statements)
    assert len(counts) == 1
    assert counts.pop() <= 15
