"""What the medical officer decides: review, return, reject; and never on the claims of his own facility."""

from typing import Any

from sqlalchemy import select

from core.testing import actor
from modules.claim.models import Claim
from modules.insuree.testing import make_officer
from tests.modules.claim.test_entry import create
from tests.modules.claim.test_picking import FEEDBACK, pick, village
from tests.modules.claim.world import World


def told(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """The errors as (code, path)."""
    return [(error["code"], ".".join(error["path"])) for error in payload["errors"]]


DECISIONS: dict[str, dict[str, Any]] = {
    "reviewClaim": {"lines": []},
    "returnClaim": {"reason": "x"},
    "rejectClaim": {"reason": "x"},
}


async def test_a_review_sets_quantities_and_prices_a06(world: World) -> None:
    claim = await world.submitted((world.clinic.services[0], 2), (world.clinic.items[0], 3))
    lines = [
        {"lineNo": 1, "quantityApproved": "1", "priceApproved": "53"},
        {"lineNo": 2, "quantityApproved": "1", "priceApproved": "37"},
    ]
    payload = await world.change("reviewClaim", claim, world.doctor(), lines=lines, adjustment="Agreed by telephone")
    reviewed = payload["claim"]
    assert (reviewed["status"], reviewed["approved"], reviewed["reviewStatus"]) == ("CHECKED", "90.00", "DELIVERED")
    assert (reviewed["claimed"], reviewed["adjustment"]) == (claim["claimed"], "Agreed by telephone")


async def test_a_rejected_line_needs_a_justification(world: World) -> None:
    claim = await world.submitted()
    payload = await world.change("reviewClaim", claim, world.doctor(), lines=[{"lineNo": 1, "status": "REJECTED"}])
    assert told(payload) == [("REQUIRED", "lines.0.justification")]


async def test_a_claim_without_a_line_left_is_rejected_a07(world: World) -> None:
    claim = await world.submitted(world.clinic.items[0], world.clinic.services[0])
    lines = [{"lineNo": number, "status": "REJECTED", "justification": "Not needed"} for number in (1, 2)]
    reviewed = (await world.change("reviewClaim", claim, world.doctor(), lines=lines))["claim"]
    assert (reviewed["status"], reviewed["rejectionReason"]) == ("REJECTED", "NOT_IN_REGISTER")
    assert reviewed["approved"] == "0.00"
    assert [line["rejectionReason"] for line in (*reviewed["items"], *reviewed["services"])] == ["MEDICAL_OFFICER"] * 2


async def test_a_line_that_the_reviewer_rejected_may_be_accepted_again(world: World) -> None:
    claim = await world.submitted()
    refusal = [{"lineNo": 1, "status": "REJECTED", "justification": "Not needed"}]
    reviewed = (await world.change("reviewClaim", claim, world.doctor(), lines=refusal))["claim"]
    assert reviewed["approved"] == "12000.00"
    acceptance = [{"lineNo": 1, "status": "PASSED"}]
    again = (await world.change("reviewClaim", reviewed, world.doctor(), lines=acceptance))["claim"]
    assert again["approved"] == "13000.00"


async def test_a_line_that_a_check_refused_cannot_be_accepted(world: World) -> None:
    world.clinic.items[0].patient_mask = 8
    await world.session.commit()
    claim = await world.submitted()
    payload = await world.change("reviewClaim", claim, world.doctor(), lines=[{"lineNo": 1, "status": "PASSED"}])
    assert told(payload) == [("LINE_REFUSED", "lines.0.status")]


async def test_no_more_is_approved_than_was_given(world: World) -> None:
    claim = await world.submitted()
    lines = [{"lineNo": 1, "quantityApproved": "2"}, {"lineNo": 2, "quantityApproved": "-1"}, {"lineNo": 9}]
    payload = await world.change("reviewClaim", claim, world.doctor(), lines=lines)
    assert told(payload) == [
        ("QUANTITY_ABOVE_PROVIDED", "lines.0.quantityApproved"),
        ("NEGATIVE", "lines.1.quantityApproved"),
        ("NOT_FOUND", "lines.2.lineNo"),
    ]


async def test_a_returned_claim_is_corrected_and_goes_through_all_checks_again_decision_32(world: World) -> None:
    claim = await world.submitted()
    payload = await world.change("returnClaim", claim, world.doctor(), reason="Wrong quantity of the first drug")
    returned = payload["claim"]
    assert (returned["status"], returned["returnReason"]) == ("RETURNED", "Wrong quantity of the first drug")
    items = [{"itemCode": world.clinic.items[0].code, "quantityProvided": "2"}]
    corrected = (await world.change("updateClaim", returned, world.nurse(), items=items, services=[]))["claim"]
    assert corrected["status"] == "RETURNED"
    [result] = await world.submit(type("Id", (), {"id": claim["id"]})())
    assert (result["claim"]["status"], result["claim"]["approved"]) == ("CHECKED", "2000.00")


async def test_a_rejected_claim_says_why(world: World) -> None:
    claim = await world.submitted()
    rejected = (await world.change("rejectClaim", claim, world.doctor(), reason="Forged register"))["claim"]
    assert (rejected["status"], rejected["rejectionReason"]) == ("REJECTED", "MEDICAL_OFFICER")
    assert (rejected["adjustment"], rejected["approved"]) == ("Forged register", "0.00")


async def test_a_reason_is_needed(world: World) -> None:
    claim = await world.submitted()
    assert told(await world.change("returnClaim", claim, world.doctor(), reason=" ")) == [("REQUIRED", "reason")]
    assert told(await world.change("rejectClaim", claim, world.doctor(), reason="x" * 501)) == [("TOO_LONG", "reason")]


async def test_only_checked_claims_are_reviewed_returned_or_rejected(world: World) -> None:
    claim = await world.submitted()
    rejected = (await world.change("rejectClaim", claim, world.doctor(), reason="Forged"))["claim"]
    for mutation, more in DECISIONS.items():
        assert told(await world.change(mutation, rejected, world.doctor(), **more)) == [("CLAIM_NOT_CHECKED", "id")]


async def test_nobody_reviews_a_claim_of_a_facility_he_works_for_decision_32(world: World) -> None:
    claim = await world.submitted()
    insider = actor("MEDICAL_OFFICER", facility=[world.facility_id], district=[world.district.id])
    for mutation, more in DECISIONS.items():
        assert told(await world.change(mutation, claim, insider, **more)) == [("OWN_FACILITY", "id")]


async def test_another_districts_claim_is_not_found(world: World) -> None:
    claim = await world.submitted()
    elsewhere = actor("MEDICAL_OFFICER", district=[world.facility_id])
    assert told(await world.change("rejectClaim", claim, elsewhere, reason="x")) == [("NOT_FOUND", "id")]


async def test_from_entry_to_a_delivered_review_v21(world: World) -> None:
    created = (await create(world))["claim"]
    assert created["status"] == "ENTERED"
    await make_officer(world.session, await village(world), phone="0754 000 001")
    await world.session.commit()
    submit = "mutation($input: SubmitClaimsInput!) { submitClaims(input: $input) { results { claim { status } } } }"
    answer = await world.api(submit, {"input": {"ids": [created["id"]]}}, actor=world.nurse())
    assert answer.data["submitClaims"]["results"] == [{"claim": {"status": "CHECKED"}}]
    picked = await pick(world, FEEDBACK, mode="SELECT", ids=[created["id"]])
    assert picked["states"] == ["SELECTED"]
    version = await world.session.scalar(select(Claim.version))
    checked = {"id": created["id"], "version": version}
    reviewed = await world.change("reviewClaim", checked, world.doctor(), lines=[])
    assert (reviewed["claim"]["status"], reviewed["claim"]["reviewStatus"]) == ("CHECKED", "DELIVERED")
