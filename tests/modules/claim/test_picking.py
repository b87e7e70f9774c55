"""Picking claims for review and for feedback: drawn among those that are due, or named."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core import Actor
from core.testing import actor
from modules.claim.models import Claim, FeedbackPrompt
from modules.claim.rules import ClaimStatus, SelectionStatus
from modules.claim.services import selecting
from modules.claim.testing import make_clinic
from modules.insuree.testing import make_officer
from modules.location.models import Location
from modules.location.testing import make_district
from modules.medical.testing import make_diagnosis
from tests.modules.claim.world import World

REVIEW, FEEDBACK = "selectClaimsForReview", "selectClaimsForFeedback"
STATUS = {REVIEW: "reviewStatus", FEEDBACK: "feedbackStatus"}
CHECKED = {"status": ClaimStatus.CHECKED}


async def pick(world: World, mutation: str = REVIEW, *, by: Actor | None = None, **input: Any) -> dict[str, Any]:
    """What a selection answers: its counts, the states of its claims and the codes of their errors."""
    query = f"""mutation($input: SelectClaimsInput!) {{ {mutation}(input: $input) {{ submitted selected notSelected left
        results {{ id claim {{ {STATUS[mutation]} }} errors {{ code path }} }} errors {{ code path }} }} }}"""
    answer = await world.api(query, {"input": input}, actor=by or world.doctor())
    assert not answer.errors, answer
    payload = answer.data[mutation]
    return {
        "counts": (payload["submitted"], payload["selected"], payload["notSelected"]),
        "left": payload["left"],
        "states": [result["claim"] and result["claim"][STATUS[mutation]] for result in payload["results"]],
        "refused": [[error["code"] for error in result["errors"]] for result in payload["results"]],
        "errors": [(error["code"], ".".join(error["path"])) for error in payload["errors"]],
        "statements": answer.statements,
    }


async def checked(world: World, *amounts: int, **fields: Any) -> list[Claim]:
    """Checked claims that ask for the amounts."""
    return [await world.claim(**{**CHECKED, "claimed": Decimal(amount), **fields}) for amount in amounts]


def ids(claims: Sequence[Claim]) -> list[Any]:
    return [claim.id for claim in claims]


async def village(world: World) -> Location:
    """Where the family lives."""
    return await world.session.get_one(Location, world.family.location_id)


async def with_officer(world: World) -> None:
    await make_officer(world.session, await village(world), phone="0754 000 001")
    await world.session.commit()


async def test_all_of_at_least_an_amount_are_selected_and_the_others_are_not(world: World) -> None:
    claims = await checked(world, 9_999, 10_000, 50_000)
    told = await pick(world, mode="ALL", ids=ids(claims), minimumValue="10000")
    assert told["states"] == ["NOT_SELECTED", "SELECTED", "SELECTED"]
    assert told["counts"] == (3, 2, 1)


async def test_without_an_amount_all_are_selected(world: World) -> None:
    assert (await pick(world, mode="ALL", ids=ids(await checked(world, 0, 5))))["counts"] == (2, 2, 0)


async def test_a_percentage_at_random_is_rounded_up(world: World) -> None:
    told = await pick(world, mode="RANDOM", ids=ids(await checked(world, *[1_000] * 7)), percent=30)
    assert told["counts"] == (7, 3, 4)
    assert sorted(told["states"]) == ["NOT_SELECTED"] * 4 + ["SELECTED"] * 3


async def test_variance_compares_with_the_mean_of_the_diagnosis_over_the_last_year(world: World) -> None:
    past = {"status": ClaimStatus.VALUATED, "on": date(2025, 8, 1)}
    await checked(world, 100, 300, **past)
    # None of these counts: too old, not valued, another diagnosis.
    await checked(world, 9_000, status=ClaimStatus.VALUATED, on=date(2025, 6, 14))
    await checked(world, 9_000, status=ClaimStatus.REJECTED)
    await checked(world, 9_000, **past, main_diagnosis_id=(await make_diagnosis(world.session)).id)
    claims = await checked(world, 299, 300, 301)
    told = await pick(world, mode="VARIANCE", ids=ids(claims), percent=50)
    assert told["states"] == ["NOT_SELECTED", "SELECTED", "SELECTED"]


async def test_the_mean_is_that_of_the_whole_scheme(world: World) -> None:
    elsewhere = await make_clinic(world.session, await make_district(world.session))
    await checked(world, 1_000, clinic=elsewhere, main_diagnosis_id=world.clinic.diagnosis.id, status=ClaimStatus.PAID)
    told = await pick(world, mode="VARIANCE", ids=ids(await checked(world, 1_100, 999)), percent=10)
    assert told["states"] == ["SELECTED", "NOT_SELECTED"]


async def test_a_diagnosis_without_a_past_is_compared_with_nothing(world: World) -> None:
    assert (await pick(world, mode="VARIANCE", ids=ids(await checked(world, 10**9)), percent=0))["counts"] == (1, 0, 1)


async def test_a_claim_takes_part_in_one_draw(world: World) -> None:
    claims = await checked(world, 10, 20)
    await pick(world, mode="ALL", ids=ids(claims), minimumValue="20")
    again = await pick(world, mode="RANDOM", ids=ids(claims), percent=100)
    assert again["refused"] == [["DRAWN_BEFORE"], ["DRAWN_BEFORE"]]
    assert again["states"] == ["NOT_SELECTED", "SELECTED"]
    assert again["counts"] == (2, 0, 2)


async def test_a_filter_draws_among_the_checked_claims_that_were_in_no_draw(world: World) -> None:
    [first] = await checked(world, 10)
    await pick(world, mode="SKIP", ids=[first.id])
    await world.claim()
    await checked(world, 10, on=date(2026, 5, 1))
    await checked(world, 10, 10)
    told = await pick(world, mode="ALL", filter={"healthFacilityId": world.facility_id, "dateFrom": "2026-06-01"})
    assert (told["counts"], told["states"]) == ((2, 2, 0), ["SELECTED", "SELECTED"])


@pytest.mark.parametrize(
    ("before", "mode", "after"),
    [
        ("IDLE", "SELECT", "SELECTED"),
        ("NOT_SELECTED", "SELECT", "SELECTED"),
        ("IDLE", "SKIP", "NOT_SELECTED"),
        ("SELECTED", "SKIP", "NOT_SELECTED"),
        ("SELECTED", "BYPASS", "BYPASSED"),
        ("DELIVERED", "SELECT", None),
        ("DELIVERED", "SKIP", None),
        ("IDLE", "BYPASS", None),
    ],
)
@pytest.mark.parametrize("mutation", [REVIEW, FEEDBACK])
async def test_claims_that_are_named_are_selected_skipped_or_bypassed(
    world: World, mutation: str, before: str, mode: str, after: str | None
) -> None:
    await with_officer(world)
    state = SelectionStatus(before)
    claims = await checked(world, 10, review_status=state, feedback_status=state)
    told = await pick(world, mutation, mode=mode, ids=ids(claims))
    assert (told["states"], told["refused"]) == ([after or before], [[] if after else ["ILLEGAL_TRANSITION"]])


@pytest.mark.parametrize("mutation", [REVIEW, FEEDBACK])
async def test_only_checked_claims_are_picked_and_each_other_one_says_why(world: World, mutation: str) -> None:
    await with_officer(world)
    entered, hidden = await world.claim(), await make_clinic(world.session)
    [elsewhere] = await checked(world, 10, clinic=hidden)
    [good] = await checked(world, 10)
    told = await pick(world, mutation, mode="SELECT", ids=[entered.id, elsewhere.id, good.id])
    assert told["refused"] == [["CLAIM_NOT_CHECKED"], ["NOT_FOUND"], []]
    assert told["states"] == ["IDLE", None, "SELECTED"]
    assert told["counts"] == (3, 1, 2)


@pytest.mark.parametrize("mutation", [REVIEW, FEEDBACK])
async def test_nobody_passes_by_the_review_of_a_claim_of_a_facility_he_works_for(world: World, mutation: str) -> None:
    claims = await checked(world, 10, review_status=SelectionStatus.SELECTED, feedback_status=SelectionStatus.SELECTED)
    insider = actor("MEDICAL_OFFICER", facility=[world.facility_id], district=[world.district.id])
    told = await pick(world, mutation, by=insider, mode="BYPASS", ids=ids(claims))
    assert (told["states"], told["refused"]) == (["SELECTED"], [["OWN_FACILITY"]])


@pytest.mark.parametrize(
    ("input", "errors"),
    [
        ({"mode": "ALL"}, [("REQUIRED", "ids")]),
        ({"mode": "RANDOM", "ids": []}, [("REQUIRED", "percent")]),
        ({"mode": "RANDOM", "ids": [], "percent": 0}, [("SELECTION_PERCENT", "percent")]),
        ({"mode": "RANDOM", "ids": [], "percent": 101}, [("SELECTION_PERCENT", "percent")]),
        ({"mode": "VARIANCE", "ids": [], "percent": -1}, [("SELECTION_PERCENT", "percent")]),
        (
            {"mode": "VARIANCE", "ids": [], "minimumValue": "-1"},
            [("NEGATIVE", "minimumValue"), ("REQUIRED", "percent")],
        ),
    ],
)
async def test_what_is_missing_or_out_of_range_is_told(world: World, input: Any, errors: Any) -> None:
    assert (await pick(world, **input))["errors"] == errors


async def test_selecting_needs_its_right(world: World) -> None:
    for mutation in (REVIEW, FEEDBACK):
        query = f"mutation($input: SelectClaimsInput!) {{ {mutation}(input: $input) {{ submitted }} }}"
        answer = await world.api(query, {"input": {"mode": "ALL", "ids": []}}, actor=world.nurse())
        assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"]


async def test_a_claim_without_an_officer_to_ask_is_not_selected_for_feedback(world: World) -> None:
    claims = await checked(world, 10, 20)
    told = await pick(world, FEEDBACK, mode="ALL", ids=ids(claims), minimumValue="20")
    assert told["refused"] == [[], ["NO_FEEDBACK_OFFICER"]]
    assert told["states"] == ["NOT_SELECTED", "IDLE"]
    assert told["counts"] == (2, 0, 2)
    assert list(await world.session.scalars(select(FeedbackPrompt))) == []


@pytest.mark.parametrize("mutation", [REVIEW, FEEDBACK])
@pytest.mark.parametrize("mode", ["ALL", "RANDOM", "VARIANCE", "SELECT"])
async def test_fifty_claims_cost_as_many_statements_as_one(world: World, mutation: str, mode: str) -> None:
    await with_officer(world)
    await checked(world, 1, status=ClaimStatus.VALUATED)
    one, *fifty = await checked(world, *[10] * 51)
    cost, costs = [await pick(world, mutation, mode=mode, ids=ids(claims), percent=100) for claims in ([one], fifty)]
    assert (cost["counts"], costs["counts"]) == ((1, 1, 0), (50, 50, 0))
    assert cost["statements"] == costs["statements"]


async def test_at_most_a_thousand_go_at_a_time(world: World) -> None:
    [claim] = await checked(world, 10)
    many = [*ids([claim]), *(f"00000000-0000-7000-8000-{number:012}" for number in range(1000))]
    assert (await pick(world, mode="SELECT", ids=many))["errors"] == [("TOO_MANY_CLAIMS", "ids")]


async def test_more_than_go_at_a_time_are_left_and_said_to_be(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "MOST_CLAIMS", 2)
    await checked(world, 10, 20, 30)
    chosen: Any = {"mode": "ALL", "filter": {"healthFacilityId": world.facility_id}}
    assert [(told["counts"], told["left"]) for told in (await pick(world, **chosen), await pick(world, **chosen))] == [
        ((2, 2, 0), 1),
        ((1, 1, 0), 0),
    ]


async def test_a_rejected_claim_waits_for_nothing_and_a_returned_one_is_not_asked_about(world: World) -> None:
    waiting = {"review_status": SelectionStatus.SELECTED, "feedback_status": SelectionStatus.SELECTED}
    rejected, returned = await checked(world, 10, 10, **waiting)
    for claim, mutation in ((rejected, "rejectClaim"), (returned, "returnClaim")):
        await world.change(mutation, {"id": claim.id, "version": claim.version}, world.doctor(), reason="Illegible")
    states = select(Claim.review_status, Claim.feedback_status).order_by(Claim.code)
    assert [tuple(row) for row in await world.session.execute(states)] == [
        (SelectionStatus.BYPASSED, SelectionStatus.BYPASSED),
        (SelectionStatus.SELECTED, SelectionStatus.NOT_SELECTED),
    ]


async def test_a_review_that_was_selected_is_delivered(world: World) -> None:
    claim = await world.submitted()
    await pick(world, mode="SELECT", ids=[claim["id"]])
    reviewed = await world.change("reviewClaim", {**claim, "version": claim["version"] + 1}, world.doctor(), lines=[])
    assert reviewed["claim"]["reviewStatus"] == "DELIVERED"


async def test_officers_of_yesterday_and_without_a_telephone_are_not_asked(world: World) -> None:
    home = await village(world)
    await make_officer(world.session, home)
    await make_officer(world.session, home, phone="0754 000 002", valid_to=date(2026, 6, 14))
    await make_officer(world.session, home, phone="0754 000 003", valid_from=date(2026, 6, 16))
    claims = await checked(world, 10)
    assert (await pick(world, FEEDBACK, mode="SELECT", ids=ids(claims)))["refused"] == [["NO_FEEDBACK_OFFICER"]]
    await make_officer(world.session, home, phone="0754 000 004", valid_to=date(2026, 6, 15))
    await world.session.commit()
    assert (await pick(world, FEEDBACK, mode="SELECT", ids=ids(claims)))["counts"] == (1, 1, 0)
