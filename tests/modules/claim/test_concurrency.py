"""Several people work on the same claims at the same time, and what a crash leaves behind."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from core import Context
from core.host import Host
from modules.claim.hooks import CheckedClaim, Verdict
from modules.claim.models import Claim, ClaimLine, Feedback, FeedbackPrompt, Finding
from modules.claim.rules import ClaimStatus, SelectionStatus
from tests.modules.claim.test_feedback import asked, deliver
from tests.modules.claim.test_hooks import plugged_in
from tests.modules.claim.test_picking import checked, ids, pick
from tests.modules.claim.test_restoring import REJECTED, restore
from tests.modules.claim.test_review import told
from tests.modules.claim.world import SUBMIT, World
from tests.modules.meanwhile import holding, started

THE_CLAIM = "SELECT id FROM claim_claim WHERE id = :id FOR UPDATE"


async def at_once(world: World, host: Host, id: Any, *requests: Any) -> list[Any]:
    """What requests answer that all have begun before the first may touch the claim; they get it in their order."""
    sent: list[asyncio.Task[Any]] = []
    async with holding(world.session, THE_CLAIM, id=id):
        for request in requests:
            sent.append(asyncio.ensure_future(request))
            await started(host, *sent)
    return list(await asyncio.gather(*sent))


async def status_of(world: World, id: Any) -> ClaimStatus | None:
    return await world.session.scalar(select(Claim.status).where(Claim.id == id))


async def test_of_two_reviewers_of_one_claim_one_is_stale(world: World, host: Host) -> None:
    claim = await world.submitted()
    answers = await at_once(
        world,
        host,
        claim["id"],
        world.change("reviewClaim", claim, world.doctor(), lines=[{"lineNo": 1, "quantityApproved": "0"}]),
        world.change("reviewClaim", claim, world.doctor(), lines=[{"lineNo": 2, "quantityApproved": "0"}]),
    )
    assert sorted(map(told, answers)) == [[], [("STALE", "expectedVersion")]]
    [stale] = [answer for answer in answers if answer["errors"]]
    assert (stale["claim"]["version"], stale["claim"]["approved"]) == (claim["version"] + 1, "12000.00")
    cut = select(func.count()).where(ClaimLine.quantity_approved == 0)
    assert await world.session.scalar(cut) == 1


async def test_a_review_and_a_rejection_at_once_do_not_both_hold(world: World, host: Host) -> None:
    claim = await world.submitted()
    answers = await at_once(
        world,
        host,
        claim["id"],
        world.change("rejectClaim", claim, world.doctor(), reason="Forged"),
        world.change("reviewClaim", claim, world.doctor(), lines=[]),
    )
    assert sorted(map(told, answers)) == [[], [("STALE", "expectedVersion")]]


async def test_a_claim_that_is_handed_in_twice_at_once_is_checked_once(world: World, host: Host) -> None:
    claim = await world.claim()
    answers = await at_once(world, host, claim.id, world.submit(claim), world.submit(claim))
    results = [result for [result] in answers]
    assert sorted([error["code"] for error in result["errors"]] for result in results) == [[], ["ILLEGAL_TRANSITION"]]
    assert {result["claim"]["status"] for result in results} == {"CHECKED"}
    assert {result["claim"]["version"] for result in results} == {2}


async def test_a_claim_that_is_handed_in_while_it_is_returned_is_returned_first(world: World, host: Host) -> None:
    claim = await world.submitted()
    entered = type("Id", (), {"id": claim["id"]})()
    returned, [result] = await at_once(
        world,
        host,
        claim["id"],
        world.change("returnClaim", claim, world.doctor(), reason="Wrong day"),
        world.submit(entered),
    )
    assert (told(returned), result["errors"]) == ([], [])
    assert await status_of(world, claim["id"]) is ClaimStatus.CHECKED


async def test_a_claim_is_not_returned_at_a_version_from_before_it_was_handed_in(world: World, host: Host) -> None:
    claim = await world.claim()
    before = {"id": claim.id, "version": claim.version}
    [result], returned = await at_once(
        world,
        host,
        claim.id,
        world.submit(claim),
        world.change("returnClaim", before, world.doctor(), reason="Wrong day"),
    )
    assert (result["claim"]["status"], told(returned)) == ("CHECKED", [("STALE", "expectedVersion")])
    assert await status_of(world, claim.id) is ClaimStatus.CHECKED


async def test_a_claim_that_is_changed_while_it_is_handed_in_is_stale(world: World, host: Host) -> None:
    claim = await world.claim()
    before = {"id": claim.id, "version": claim.version}
    [result], changed = await at_once(
        world,
        host,
        claim.id,
        world.submit(claim),
        world.change("updateClaim", before, world.nurse(), explanation="Late"),
    )
    assert (result["claim"]["status"], told(changed)) == ("CHECKED", [("STALE", "expectedVersion")])


async def test_of_two_draws_at_once_the_claims_take_part_in_one(world: World, host: Host) -> None:
    claims = await checked(world, 10, 20)
    draws = [pick(world, mode="ALL", ids=ids(claims), minimumValue="20") for _ in range(2)]
    answers = await at_once(world, host, claims[0].id, *draws)
    assert sorted(answer["counts"] for answer in answers) == [(2, 0, 2), (2, 1, 1)]
    assert {tuple(answer["states"]) for answer in answers} == {("NOT_SELECTED", "SELECTED")}


async def test_of_two_who_bring_the_answers_of_one_patient_the_second_is_told(world: World, host: Host) -> None:
    claim = await asked(world)
    answers = await at_once(world, host, claim.id, deliver(world, claim, assessment=1), deliver(world, claim))
    assert sorted(answer["errors"] for answer in answers) == [[], [("FEEDBACK_NOT_AWAITED", "claimId")]]
    assert await world.session.scalar(select(func.count()).select_from(Feedback)) == 1


async def test_two_who_restore_one_claim_at_once_do_so_one_after_the_other(world: World, host: Host) -> None:
    claim = await world.claim(**REJECTED)
    answers = await at_once(world, host, claim.id, restore(world, claim, code="R1"), restore(world, claim, code="R1"))
    assert sorted(answer["errors"] for answer in answers) == [[], [("TAKEN", "code")]]


class Crash:
    """An examiner that fails when everything but its own part is written."""

    def check(self, claim: CheckedClaim) -> Verdict:
        return Verdict()

    async def write(self) -> None:
        raise RuntimeError("the lights went out")


async def test_a_crash_while_claims_are_handed_in_leaves_nothing_half_written(world: World, host: Host) -> None:
    world.clinic.items[0].patient_mask = 8
    await world.session.merge(world.clinic.items[0])
    claims = [await world.claim() for _ in range(5)]

    async def claims_submitted(ctx: Context, claims: Sequence[CheckedClaim]) -> Any:
        return Crash()

    with plugged_in(host, claims_submitted=claims_submitted):
        answer = await world.api(SUBMIT, {"input": {"ids": ids(claims)}}, actor=world.nurse())
    assert [error["extensions"]["code"] for error in answer.errors] == ["INTERNAL"]
    rows = await world.session.execute(select(Claim.status, Claim.version, Claim.submitted_at, Claim.approved))
    assert {tuple(row) for row in rows} == {(ClaimStatus.ENTERED, 1, None, None)}
    assert await world.session.scalar(select(func.count()).select_from(Finding)) == 0
    assert await world.session.scalar(select(func.count()).where(ClaimLine.rejection_reason.is_not(None))) == 0

    results = await world.submit(*claims)
    assert [(result["claim"]["status"], result["errors"]) for result in results] == [("CHECKED", [])] * 5
    # One for the drug of each; and all but the first look like duplicates.
    assert await world.session.scalar(select(func.count()).select_from(Finding)) == 9


async def test_a_crash_while_prompts_are_told_leaves_the_claims_unselected(world: World, host: Host) -> None:
    await asked(world)
    [claim] = await checked(world, 10)

    async def feedback_prompted(ctx: Context, prompts: Sequence[FeedbackPrompt]) -> None:
        raise RuntimeError("the lights went out")

    query = "mutation($input: SelectClaimsInput!) { selectClaimsForFeedback(input: $input) { selected } }"
    with plugged_in(host, feedback_prompted=feedback_prompted):
        answer = await world.api(query, {"input": {"mode": "SELECT", "ids": [claim.id]}}, actor=world.doctor())
    assert [error["extensions"]["code"] for error in answer.errors] == ["INTERNAL"]
    state = select(Claim.feedback_status).where(Claim.id == claim.id)
    assert await world.session.scalar(state) is SelectionStatus.IDLE
    assert await world.session.scalar(select(func.count()).select_from(FeedbackPrompt)) == 1
