"""What families answer when they are asked to renew, and who may say so for them."""

from datetime import date
from decimal import Decimal
from typing import Any

import anyio
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.testing import Api, actor
from modules.insuree.models import Family
from modules.insuree.testing import make_officer
from modules.location.testing import make_district, make_village
from modules.policy.models import Policy, Renewal
from modules.policy.rules import PolicyStatus, RenewalAnswer, RenewalWarning
from modules.policy.testing import make_policy
from modules.product.testing import make_product
from tests.modules.policy.prompted import TODAY, of, officer_of, prompted

RENEWAL = (
    "policyRenewal { answer answeredOn answeredBy version "
    "renewedPolicy { id stage status value startsOn product { id } officer { id } previousPolicy { id } } } "
    "errors { code message path }"
)


async def answered(session: AsyncSession, renewal: Renewal) -> tuple[RenewalAnswer, int]:
    """What became of a prompt, and its version."""
    await session.rollback()
    await session.refresh(renewal)
    return renewal.answer, renewal.version


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
