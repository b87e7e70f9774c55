"""Prompts for renewal: what they show, and who sees them."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor
from core.testing import Api, actor
from modules.insuree.models import Family
from modules.insuree.testing import make_insuree, make_officer
from modules.location.testing import make_district, make_village
from modules.policy.models import RenewalPhoto
from modules.policy.rules import RenewalAnswer, RenewalWarning
from modules.product.testing import make_product
from tests.modules.policy.prompted import TODAY, of, officer_of, prompted

LIST = "{ policyRenewals { nodes { id } } }"


async def seen(api: Api, who: Actor) -> list[str]:
    """The prompts that somebody sees."""
    reply = await api(LIST, actor=who)
    assert reply.errors == []
    return [node["id"] for node in reply.data["policyRenewals"]["nodes"]]


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
