"""What patients say of their care: who is to ask them, who sees that, and what is recorded."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from core import Actor, Context, visible
from core.host import Host
from core.testing import actor
from modules.claim.models import Claim, Feedback, FeedbackPrompt
from modules.claim.rules import SelectionStatus
from modules.insuree.models import EnrolmentOfficer
from modules.insuree.testing import make_officer
from modules.location.models import Location
from modules.location.testing import make_village
from tests.modules.claim.test_hooks import plugged_in
from tests.modules.claim.test_picking import CHECKED, FEEDBACK, pick, village
from tests.modules.claim.world import World

DELIVER = """mutation($input: DeliverFeedbackInput!) { deliverFeedback(input: $input) {
    claimFeedback { careRendered paymentAsked drugPrescribed drugReceived assessment givenOn officer { code }
        claim { code feedbackStatus } } errors { code path } } }"""
PROMPTS = """query($officerId: ID) { claimFeedbackPrompts(officerId: $officerId) { nodes {
    claimId claimCode dateFrom phone promptedOn claim: id village { name } officer { code }
    insuree { insuranceNumber lastName } healthFacility { name } } } }"""
SAID = {"careRendered": True, "paymentAsked": False, "drugPrescribed": True, "drugReceived": False, "assessment": 4}


async def asked(world: World, *officers: EnrolmentOfficer, **fields: Any) -> Claim:
    """A checked claim whose patient an officer is to ask."""
    if not officers:
        await make_officer(world.session, await village(world), phone="0754 000 001")
    claim = await world.claim(**CHECKED, **fields)
    assert (await pick(world, FEEDBACK, mode="SELECT", ids=[claim.id]))["counts"] == (1, 1, 0)
    return claim


async def deliver(world: World, claim: Claim, by: Actor | None = None, **input: Any) -> Any:
    """The payload of deliverFeedback, its errors as (code, path)."""
    answer = await world.api(DELIVER, {"input": {"claimId": claim.id, **SAID, **input}}, actor=by or world.doctor())
    assert not answer.errors, answer
    payload = answer.data["deliverFeedback"]
    payload["errors"] = [(error["code"], ".".join(error["path"])) for error in payload["errors"]]
    return payload


async def prompts(world: World, by: Actor, **variables: Any) -> Any:
    answer = await world.api(PROMPTS, variables, actor=by)
    assert not answer.errors, answer
    assert answer.statements == 1
    return answer.data["claimFeedbackPrompts"]["nodes"]


def officer_of(*villages: Location) -> Actor:
    return actor("ENROLMENT_OFFICER", village=[village.id for village in villages])


def officer_of_district(village: Location) -> Actor:
    assert village.district_id is not None
    return actor("MEDICAL_OFFICER", district=[village.district_id])


async def test_selecting_prompts_the_officer_of_the_familys_village_rule_2_14(world: World) -> None:
    home = await village(world)
    officer = await make_officer(world.session, home, phone="0754 000 001")
    claim = await asked(world, officer)
    [prompt] = await prompts(world, officer_of(home))
    assert prompt == {
        "claimId": str(claim.id), "claimCode": claim.code, "dateFrom": "2026-06-10", "phone": "0754 000 001",
        "promptedOn": "2026-06-15", "claim": prompt["claim"], "village": {"name": home.name},
        "officer": {"code": officer.code}, "healthFacility": {"name": world.clinic.facility.name},
        "insuree": {"insuranceNumber": world.patient.insurance_number, "lastName": world.patient.last_name},
    }  # fmt: skip


async def test_the_officer_where_the_patient_stays_comes_before_that_of_the_family(world: World) -> None:
    stay = await make_village(world.session)
    world.patient.current_village_id = stay.id
    await world.session.merge(world.patient)
    await make_officer(world.session, await village(world), code="A1", phone="0754 000 001")
    second = await make_officer(world.session, stay, code="B2", phone="0754 000 002")
    first = await make_officer(world.session, stay, code="B1", phone="0754 000 003")
    await asked(world, first, second)
    [prompt] = await world.session.scalars(select(FeedbackPrompt))
    assert (prompt.officer_id, prompt.village_id, prompt.district_id) == (first.id, stay.id, stay.district_id)


async def test_prompts_are_seen_in_the_village_in_both_districts_and_nowhere_else(world: World) -> None:
    await asked(world)
    home, other = await village(world), await make_village(world.session)
    await world.session.commit()
    assert len(await prompts(world, officer_of(home, other))) == 1
    assert len(await prompts(world, world.doctor())) == 1
    assert len(await prompts(world, officer_of_district(home))) == 1
    assert await prompts(world, officer_of(other)) == []
    assert await prompts(world, officer_of_district(other)) == []


async def test_prompts_are_seen_by_who_works_in_several_places_once(world: World) -> None:
    claim = await asked(world)
    home, other = await village(world), await make_village(world.session)
    await world.session.commit()
    districts = [home.district_id, other.district_id, claim.district_id]
    rights = ("claim.feedback.read", "claim.read")
    for scopes in (
        {"district": districts},
        {"district": districts, "village": [home.id, other.id]},
        {"facility": [claim.health_facility_id], "village": [home.id]},
    ):
        assert len(await prompts(world, actor(rights=rights, **scopes))) == 1
    assert await prompts(world, actor(rights=rights, facility=[other.id])) == []


async def test_a_returned_claim_prompts_nobody(world: World) -> None:
    claim = await asked(world)
    version = await world.session.scalar(select(Claim.version))
    done = await world.change("returnClaim", {"id": claim.id, "version": version}, world.doctor(), reason="Wrong day")
    assert done["errors"] == []
    assert await world.session.scalar(select(FeedbackPrompt.id)) is None


async def test_prompts_of_one_officer(world: World) -> None:
    await asked(world)
    officer_id = await world.session.scalar(select(FeedbackPrompt.officer_id))
    assert len(await prompts(world, world.doctor(), officerId=officer_id)) == 1
    assert await prompts(world, world.doctor(), officerId=world.district.id) == []


@pytest.mark.parametrize("mode", ["SKIP", "BYPASS"])
async def test_a_prompt_closes_when_the_claim_waits_no_more(world: World, mode: str) -> None:
    claim = await asked(world)
    await pick(world, FEEDBACK, mode=mode, ids=[claim.id])
    assert await prompts(world, world.doctor()) == []
    assert (await deliver(world, claim))["errors"] == [("FEEDBACK_NOT_AWAITED", "claimId")]


async def test_a_claim_that_is_selected_again_has_one_prompt(world: World) -> None:
    claim = await asked(world)
    await pick(world, FEEDBACK, mode="SKIP", ids=[claim.id])
    await pick(world, FEEDBACK, mode="SELECT", ids=[claim.id])
    assert len(await prompts(world, world.doctor())) == 1


async def test_other_modules_are_told_of_prompts(world: World, host: Host) -> None:
    told: list[tuple[Any, str | None]] = []

    async def feedback_prompted(ctx: Context, prompts: Sequence[FeedbackPrompt]) -> None:
        told.extend((prompt.claim_id, prompt.phone) for prompt in prompts)

    with plugged_in(host, feedback_prompted=feedback_prompted):
        claim = await asked(world)
        await pick(world, FEEDBACK, mode="SKIP", ids=[claim.id])
    assert told == [(claim.id, "0754 000 001")]


async def test_an_officer_who_does_not_see_the_claim_delivers_the_answers_a22(world: World) -> None:
    home = await village(world)
    who = officer_of(home)
    officer = await make_officer(world.session, home, phone="0754 000 001", account_id=who.id)
    claim = await asked(world, officer)
    payload = await deliver(world, claim, by=who, givenOn="2026-06-14")
    assert payload == {
        "claimFeedback": {**SAID, "givenOn": "2026-06-14", "officer": {"code": officer.code}, "claim": None},
        "errors": [],
    }
    assert await world.session.scalar(select(Claim.feedback_status)) is SelectionStatus.DELIVERED
    assert await prompts(world, who) == []


async def test_the_medical_officer_delivers_and_names_who_asked(world: World) -> None:
    claim = await asked(world)
    officer_id = await world.session.scalar(select(FeedbackPrompt.officer_id))
    told = (await deliver(world, claim, officerId=officer_id))["claimFeedback"]
    assert told["claim"] == {"code": claim.code, "feedbackStatus": "DELIVERED"}
    assert told["givenOn"] == "2026-06-15"
    assert (await world.session.scalars(select(Feedback))).one().officer_id == officer_id


async def test_without_an_officer_the_patient_is_telephoned(world: World) -> None:
    world.patient.phone = "0754 111 222"
    claim = await world.claim(**CHECKED)
    assert (await pick(world, FEEDBACK, mode="SELECT", ids=[claim.id]))["counts"] == (1, 1, 0)
    [prompt] = await prompts(world, world.doctor())
    assert (prompt["officer"], prompt["phone"], prompt["village"]["name"]) == (None, None, (await village(world)).name)
    assert prompt["insuree"]["insuranceNumber"] == world.patient.insurance_number
    assert (await deliver(world, claim))["claimFeedback"]["officer"] is None


async def test_the_number_of_another_patient_is_noticed(world: World) -> None:
    claim = await asked(world)
    wrong = await deliver(world, claim, insuranceNumber="000000000")
    assert wrong["errors"] == [("FEEDBACK_OF_ANOTHER", "insuranceNumber")]
    right = await deliver(world, claim, insuranceNumber=world.patient.insurance_number)
    assert right["errors"] == []


async def test_feedback_is_delivered_once(world: World) -> None:
    claim = await asked(world)
    assert (await deliver(world, claim))["errors"] == []
    assert (await deliver(world, claim))["errors"] == [("FEEDBACK_NOT_AWAITED", "claimId")]
    assert len(list(await world.session.scalars(select(Feedback)))) == 1


async def test_a_claim_that_was_not_selected_takes_no_feedback(world: World) -> None:
    claim = await world.claim(**CHECKED)
    assert (await deliver(world, claim))["errors"] == [("FEEDBACK_NOT_AWAITED", "claimId")]


async def test_everything_that_is_wrong_with_the_answers_is_told_at_once(world: World) -> None:
    claim = await asked(world)
    refused = await deliver(world, claim, assessment=6, givenOn="2026-06-16", officerId=claim.id)
    assert refused["errors"] == [
        ("ASSESSMENT_OUT_OF_RANGE", "assessment"),
        ("DATE_IN_FUTURE", "givenOn"),
        ("NOT_FOUND", "officerId"),
    ]
    assert (await deliver(world, claim, assessment=-1))["errors"] == [("ASSESSMENT_OUT_OF_RANGE", "assessment")]
    assert (await deliver(world, claim, assessment=0))["errors"] == []


async def test_an_officer_of_another_village_finds_no_claim(world: World) -> None:
    claim, other = await asked(world), await make_village(world.session)
    await world.session.commit()
    assert (await deliver(world, claim, by=officer_of(other)))["errors"] == [("NOT_FOUND", "claimId")]


async def test_nobody_records_what_patients_say_of_his_own_facility(world: World) -> None:
    claim = await asked(world)
    insider = actor("MEDICAL_OFFICER", facility=[world.facility_id])
    assert (await deliver(world, claim, by=insider))["errors"] == [("OWN_FACILITY", "claimId")]


async def test_the_facility_does_not_read_what_its_patients_say(world: World) -> None:
    claim = await asked(world)
    await deliver(world, claim)
    query = "query($id: ID!) { claim(id: $id) { feedback { assessment } } }"
    for who, seen in ((world.doctor(), {"assessment": 4}), (world.nurse(), None)):
        answer = await world.api(query, {"id": claim.id}, actor=who)
        assert (answer.errors, answer.data["claim"]["feedback"]) == ([], seen)


@pytest.mark.parametrize("role", ["CLAIM_ADMINISTRATOR", "CLAIM_CONTRIBUTOR", "ACCOUNTANT"])
async def test_prompts_and_feedback_need_their_rights(world: World, role: str) -> None:
    claim = await asked(world)
    read = await world.api(PROMPTS, actor=actor(role))
    write = await world.api(DELIVER, {"input": {"claimId": claim.id, **SAID}}, actor=actor(role))
    assert [answer.errors[0]["extensions"]["code"] for answer in (read, write)] == ["FORBIDDEN", "FORBIDDEN"]


async def test_feedback_is_as_visible_as_its_claim_or_prompt(world: World, host: Host) -> None:
    claim, other = await asked(world), await make_village(world.session)
    await deliver(world, claim)
    home = await village(world)
    for who, count in ((officer_of(home), 1), (world.doctor(), 1), (officer_of(other), 0), (actor("CLERK"), 1)):
        rows = select(Feedback).where(*visible(Context(host, who), Feedback))
        assert len(list(await world.session.scalars(rows))) == count
