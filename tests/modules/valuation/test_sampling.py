"""Samples: some claims are reviewed, and what is left of them is left of the others (claims spec 2.13)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core import Actor
from core.testing import actor
from modules.claim.models import Claim
from modules.claim.testing import make_clinic
from modules.location.testing import make_district
from tests.modules.valuation.scheme import Scheme

CREATE = """mutation($input: CreateClaimSampleInput!) { createClaimSample(input: $input) {
    claimSample { id version percent status ratio claims { totalCount } drawn { nodes { id version reviewStatus } } }
    results { id errors { code } } left errors { code path } } }"""
COMPLETE = """mutation($input: CompleteClaimSampleInput!) { completeClaimSample(input: $input) {
    claimSample { status ratio version } errors { code path } } }"""
CLAIMS = """query { claims(orderBy: [{field: DATE_FROM}]) { nodes {
    id status approved valuated reviewStatus items { priceApproved } } } }"""


async def drawn_of_four(scheme: Scheme) -> dict[str, Any]:
    """A sample of half of four claims for two of an item and one of another, at 1 000 each."""
    items = scheme.clinic.items
    await scheme.insure({items[0]: {}, items[1]: {}})
    entered = [await scheme.claim((items[0], 2), items[1], on=date(2026, 6, 1) + timedelta(days=n)) for n in range(4)]
    claims = await scheme.hand_in(*entered)
    payload = await sample(scheme, ids=[claim["id"] for claim in claims], percent=50)
    assert payload["errors"] == []
    found: dict[str, Any] = payload["claimSample"]
    assert (found["status"], found["ratio"], found["claims"]["totalCount"]) == ("OPEN", None, 4)
    assert [claim["reviewStatus"] for claim in found["drawn"]["nodes"]] == ["SELECTED"] * 2
    return found


async def sample(scheme: Scheme, **input: Any) -> Any:
    answer = await scheme.api(CREATE, {"input": input}, actor=scheme.doctor())
    assert not answer.errors, answer
    return answer.data["createClaimSample"]


async def complete(scheme: Scheme, of: dict[str, Any], by: Actor | None = None) -> Any:
    input = {"id": of["id"], "expectedVersion": of["version"]}
    answer = await scheme.api(COMPLETE, {"input": input}, actor=by or scheme.doctor())
    assert not answer.errors, answer
    return answer.data["completeClaimSample"]


async def review(scheme: Scheme, claim: dict[str, Any], *lines: dict[str, Any]) -> None:
    payload = await scheme.change("reviewClaim", claim, scheme.doctor(), lines=list(lines))
    assert payload["errors"] == []


async def all_claims(scheme: Scheme) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await scheme.api(CLAIMS, actor=scheme.doctor())).data["claims"]["nodes"]
    return found


async def test_what_reviews_leave_is_left_of_the_claims_that_were_not_drawn_rule_2_13(scheme: Scheme) -> None:
    drawn = await drawn_of_four(scheme)
    first, second = drawn["drawn"]["nodes"]
    assert (await complete(scheme, drawn))["errors"] == [{"code": "SAMPLE_WAITS", "path": ["id"]}]
    # Of 6 000 adjusted 1 000 + 500 and 3 000 are approved: three quarters.
    await review(scheme, first, {"lineNo": 1, "quantityApproved": "1"}, {"lineNo": 2, "priceApproved": "500"})
    await review(scheme, second)
    payload = await complete(scheme, drawn)
    assert payload == {"claimSample": {"status": "COMPLETED", "ratio": "0.7500", "version": 2}, "errors": []}
    claims = await all_claims(scheme)
    others = [claim for claim in claims if claim["id"] not in (first["id"], second["id"])]
    settled = {"status": "VALUATED", "approved": "2250.00", "valuated": "2250.00", "reviewStatus": "BYPASSED"}
    assert others == [{"id": other["id"], **settled, "items": [{"priceApproved": "750.00"}] * 2} for other in others]
    assert [claim["status"] for claim in claims if claim not in others] == ["CHECKED", "CHECKED"]
    again = await complete(scheme, {**drawn, "version": 2})
    assert again["errors"] == [{"code": "ILLEGAL_TRANSITION", "path": ["id"]}]


async def test_a_rejected_claim_leaves_nothing_and_a_returned_one_tells_nothing(scheme: Scheme) -> None:
    drawn = await drawn_of_four(scheme)
    first, second = drawn["drawn"]["nodes"]
    await scheme.change("rejectClaim", first, scheme.doctor(), reason="Forged")
    await scheme.change("returnClaim", second, scheme.doctor(), reason="Which day?")
    assert (await complete(scheme, drawn))["claimSample"]["ratio"] == "0.0000"
    approved = await scheme.session.scalars(select(Claim.approved).where(Claim.id != second["id"]))
    assert set(approved) == {0}


async def test_a_claim_that_was_reviewed_by_itself_stays_as_the_reviewer_left_it(scheme: Scheme) -> None:
    drawn = await drawn_of_four(scheme)
    ids = {claim["id"] for claim in drawn["drawn"]["nodes"]}
    other = next(claim["id"] for claim in await all_claims(scheme) if claim["id"] not in ids)
    version = await scheme.session.scalar(select(Claim.version).where(Claim.id == other))
    await review(scheme, {"id": other, "version": version}, {"lineNo": 1, "priceApproved": "1"})
    for claim in drawn["drawn"]["nodes"]:
        await review(scheme, claim)
    assert (await complete(scheme, drawn))["claimSample"]["ratio"] == "1.0000"
    claims = await all_claims(scheme)
    assert [claim["status"] for claim in claims].count("VALUATED") == 1
    [own] = [claim for claim in claims if claim["id"] == other]
    assert (own["status"], own["approved"]) == ("CHECKED", "1002.00")


async def test_a_sample_is_drawn_of_claims_in_no_draw_and_of_a_percentage(scheme: Scheme) -> None:
    drawn = await drawn_of_four(scheme)
    ids = [claim["id"] for claim in drawn["drawn"]["nodes"]]
    payload = await sample(scheme, ids=ids, percent=10)
    assert (payload["claimSample"], payload["errors"]) == (None, [{"code": "SAMPLE_EMPTY", "path": ["ids"]}])
    assert (await sample(scheme, ids=ids, percent=0))["errors"] == [{"code": "SELECTION_PERCENT", "path": ["percent"]}]


async def test_who_does_not_see_all_claims_of_a_sample_does_not_settle_them(scheme: Scheme) -> None:
    abroad = await make_district(scheme.session)
    clinic = await make_clinic(scheme.session, abroad)
    item, other = scheme.clinic.items[0], clinic.items[0]
    await scheme.insure({item: {}, other: {}})
    regional = actor("MEDICAL_OFFICER", district=[scheme.district.id, abroad.id])
    here, there = await scheme.claim(item), await scheme.claim(other, clinic=clinic, on=date(2026, 5, 1))
    await scheme.hand_in(here)
    await scheme.hand_in(there, by=actor("CLAIM_ADMINISTRATOR", facility=[clinic.facility.id]))
    input = {"ids": [here.id, there.id], "percent": 50}
    made = (await scheme.api(CREATE, {"input": input}, actor=regional)).data["createClaimSample"]["claimSample"]
    [drawn] = made["drawn"]["nodes"]
    assert (await scheme.change("reviewClaim", drawn, regional, lines=[]))["errors"] == []
    assert (await complete(scheme, made))["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    assert (await complete(scheme, made, regional))["claimSample"]["ratio"] == "1.0000"


async def test_samples_need_their_right_and_are_nobodys_elsewhere(scheme: Scheme) -> None:
    drawn = await drawn_of_four(scheme)
    answer = await scheme.api(CREATE, {"input": {"ids": [], "percent": 5}}, actor=scheme.nurse())
    assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"]
    elsewhere = actor("MEDICAL_OFFICER", district=[scheme.patient.village_id])
    assert (await complete(scheme, drawn, elsewhere))["errors"] == [{"code": "NOT_FOUND", "path": ["id"]}]
    listed = "query { claimSamples { nodes { id } } }"
    assert (await scheme.api(listed, actor=elsewhere)).data["claimSamples"]["nodes"] == []
    assert len((await scheme.api(listed, actor=scheme.doctor())).data["claimSamples"]["nodes"]) == 1


async def test_a_sample_is_drawn_once_whatever_a_repeat_asks_for_decision_0007(scheme: Scheme) -> None:
    item = scheme.clinic.items[0]
    await scheme.insure({item: {}})
    claims = await scheme.hand_in(*[await scheme.claim(item, on=date(2026, 6, day)) for day in (1, 2)])
    by, input = scheme.doctor(), {"ids": [claim["id"] for claim in claims], "percent": 50, "clientMutationId": "s-1"}
    first = await scheme.api(CREATE, {"input": input}, actor=by)
    assert first.data["createClaimSample"]["errors"] == []
    other = CREATE.replace("results { id errors { code } } left", "")
    repeated = await scheme.api(other, {"input": input}, actor=by)
    assert repeated.data["createClaimSample"] == {
        "claimSample": None,
        "errors": [{"code": "ALREADY_DONE", "path": ["clientMutationId"]}],
    }
    assert (await scheme.api(CREATE, {"input": input}, actor=by)).body == first.body
    counted = await scheme.api("{ claimSamples { totalCount } }", actor=by)
    assert counted.data == {"claimSamples": {"totalCount": 1}}
