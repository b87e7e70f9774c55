"""Making a new claim from a rejected one."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from core import Actor, Context
from core.host import Host
from core.testing import actor
from modules.claim.models import Claim, ClaimDiagnosis
from modules.claim.rules import ClaimStatus
from modules.medical.testing import make_diagnosis
from tests.modules.claim.test_hooks import plugged_in
from tests.modules.claim.world import CLAIM, World

RESTORE = f"""mutation($input: RestoreClaimInput!) {{ restoreClaim(input: $input) {{ claim {{ {CLAIM} claimedOn
    insuree {{ insuranceNumber }} diagnoses {{ code }} guarantee restores {{ id code }} }}
    errors {{ code path }} }} }}"""
REJECTED = {"status": ClaimStatus.REJECTED}


async def restore(world: World, claim: Claim, by: Actor | None = None, **input: Any) -> Any:
    """The payload of restoreClaim, its errors as (code, path)."""
    answer = await world.api(RESTORE, {"input": {"claimId": claim.id, **input}}, actor=by or world.nurse())
    assert not answer.errors, answer
    payload = answer.data["restoreClaim"]
    payload["errors"] = [(error["code"], ".".join(error["path"])) for error in payload["errors"]]
    return payload


async def test_a_restored_claim_has_what_the_rejected_one_had_and_nothing_of_its_review(world: World) -> None:
    other = await make_diagnosis(world.session)
    claim = await world.claim((world.clinic.items[0], 2), world.clinic.services[0], guarantee="G-7")
    world.session.add(ClaimDiagnosis(claim_id=claim.id, diagnosis_id=other.id, position=1))
    await world.session.commit()
    [result] = await world.submit(claim)
    rejected = (await world.change("rejectClaim", result["claim"], world.doctor(), reason="No stamp"))["claim"]
    payload = await restore(world, claim, code="R1")
    made = payload["claim"]
    assert payload["errors"] == []
    assert (made["code"], made["status"], made["claimed"], made["approved"]) == ("R1", "ENTERED", "7000.00", None)
    assert (made["rejectionReason"], made["adjustment"], made["category"]) == (None, None, None)
    assert (made["claimedOn"], made["guarantee"]) == ("2026-06-15", "G-7")
    assert made["insuree"] == {"insuranceNumber": world.patient.insurance_number}
    assert made["diagnoses"] == [{"code": other.code}]
    [item], [service] = made["items"], made["services"]
    assert (item["quantityProvided"], item["priceAsked"], item["status"]) == ("2.00", "1000.00", "PASSED")
    assert (item["quantityApproved"], item["rejectionReason"], service["lineNo"]) == (None, None, 2)
    assert made["restores"] == {"id": rejected["id"], "code": claim.code}


async def test_the_link_is_shown_both_ways_in_one_statement(world: World) -> None:
    claim = await world.claim(**REJECTED)
    for code in ("R1", "R2"):
        assert (await restore(world, claim, code=code))["errors"] == []
    query = """query($id: ID!) { claim(id: $id) { status version restores { code }
        restoredBy { code restores { code } } } }"""
    answer = await world.api(query, {"id": claim.id}, actor=world.nurse())
    assert answer.data["claim"] == {
        "status": "REJECTED",
        "version": 1,
        "restores": None,
        "restoredBy": [{"code": code, "restores": {"code": claim.code}} for code in ("R1", "R2")],
    }
    assert answer.statements == 1


async def test_a_restored_claim_is_corrected_and_handed_in(world: World) -> None:
    made = (await restore(world, await world.claim(**REJECTED), code="R1"))["claim"]
    items = [{"itemCode": world.clinic.items[0].code, "quantityProvided": "1"}]
    changed = (await world.change("updateClaim", made, world.nurse(), items=items, services=[]))["claim"]
    [result] = await world.submit(type("Id", (), {"id": changed["id"]})())
    assert (result["claim"]["status"], result["claim"]["approved"]) == ("CHECKED", "1000.00")


@pytest.mark.parametrize("status", [status for status in ClaimStatus if status is not ClaimStatus.REJECTED])
async def test_only_rejected_claims_are_restored(world: World, status: ClaimStatus) -> None:
    claim = await world.claim(status=status)
    assert (await restore(world, claim, code="R1"))["errors"] == [("CLAIM_NOT_REJECTED", "claimId")]


async def test_its_code_is_a_new_one(world: World) -> None:
    claim = await world.claim(**REJECTED)
    assert (await restore(world, claim, code=claim.code))["errors"] == [("TAKEN", "code")]
    assert (await restore(world, claim, code=" "))["errors"] == [("REQUIRED", "code")]
    assert (await restore(world, claim, code="x" * 21))["errors"] == [("TOO_LONG", "code")]
    assert len(list(await world.session.scalars(select(Claim)))) == 1


async def test_a_scheme_may_make_the_code(world: World, host: Host) -> None:
    async def claim_code(ctx: Context, claim: Claim) -> str | None:
        return f"{claim.date_from:%y%m%d}-R"

    claim = await world.claim(**REJECTED)
    with plugged_in(host, claim_code=claim_code):
        assert (await restore(world, claim))["claim"]["code"] == "260610-R"


@pytest.mark.profile("tests/modules/claim/generous.toml")
async def test_a_scheme_may_limit_how_often_and_deleted_claims_do_not_count(world: World) -> None:
    claim = await world.claim(**REJECTED)
    first = (await restore(world, claim, code="R1"))["claim"]
    assert (await restore(world, claim, code="R2"))["errors"] == [("RESTORED_ENOUGH", "claimId")]
    assert (await world.change("deleteClaim", first, world.nurse()))["errors"] == []
    assert (await restore(world, claim, code="R2"))["errors"] == []


async def test_a_claim_may_have_the_id_that_the_client_made(world: World) -> None:
    id = uuid4()
    made = (await restore(world, await world.claim(**REJECTED), code="R1", id=id))["claim"]
    assert made["id"] == str(id)


async def test_another_facilitys_claim_is_not_found(world: World) -> None:
    claim = await world.claim(**REJECTED)
    elsewhere = actor("CLAIM_ADMINISTRATOR", facility=[world.district.id])
    assert (await restore(world, claim, by=elsewhere, code="R1"))["errors"] == [("NOT_FOUND", "claimId")]


@pytest.mark.parametrize("role", ["CLAIM_CONTRIBUTOR", "MEDICAL_OFFICER"])
async def test_restoring_needs_its_right(world: World, role: str) -> None:
    claim = await world.claim(**REJECTED)
    answer = await world.api(RESTORE, {"input": {"claimId": claim.id, "code": "R1"}}, actor=actor(role))
    assert [error["extensions"]["code"] for error in answer.errors] == ["FORBIDDEN"]
