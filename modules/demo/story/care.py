"""Care: who is covered, what facilities claim, and what the checks say of it."""

from typing import Any

from modules.demo.story import documents, people
from modules.demo.story.steps import Chapter, Step, last_day


def lines(kind: str, **quantities: str) -> list[dict[str, str]]:
    """Lines of a claim at the price list's prices: `kind` is item or service, the quantities are by `_code`."""
    return [
        {f"{kind}Code": code.removeprefix("_"), "quantityProvided": quantity} for code, quantity in quantities.items()
    ]


def claim(code: str, facility: str, patient: str, diagnosis: str, **given: Any) -> dict[str, Any]:
    """A claim for a visit today."""
    values = {
        "code": code,
        "healthFacilityCode": facility,
        "insuranceNumber": patient,
        "dateFrom": "$today",
        "mainDiagnosisCode": diagnosis,
    }
    return {"input": values | given}


CARE = Chapter(
    title="Care",
    opens="Patients come to the dispensary and to the district's hospital.",
    day=last_day,
    steps=(
        Step(
            title="At the reception",
            who="receptionist",
            asks="Asha Massawe has a fever. The dispensary's receptionist types the number on her card.",
            document=documents.ELIGIBILITY,
            variables={"number": people.ASHA},
            keep={
                "name": "eligibility.insuree.otherNames",
                "born": "eligibility.insuree.birthDate",
                "until": "eligibility.policy.expiresOn",
            },
            expect={"eligibility.covered": True},
            says="{name}, born {born}, is covered until {until}.",
        ),
        Step(
            title="The claim",
            who="claims",
            asks="After the visit the claim administrator enters what was done: two services and three medicines.",
            document=documents.CREATE_CLAIM,
            variables=claim(
                "DEMO-1",
                people.DISPENSARY,
                people.ASHA,
                "B54",
                services=lines("service", A1="1", I26="1"),
                items=lines("item", _0019="1", _0182="18", _0176="3"),
            ),
            keep={
                "fever": "createClaim.claim.id",
                "claimed": "createClaim.claim.claimed",
                "facility": "createClaim.claim.healthFacility.name",
                "illness": "createClaim.claim.mainDiagnosis.name",
            },
            expect={"createClaim.claim.status": "ENTERED", "createClaim.claim.claimed": "2270.00"},
            says="{facility} claims TZS {claimed} for {illness}.",
        ),
        Step(
            title="Handed in",
            who="claims",
            asks="She submits the claim. Every check runs: cover, price list, age and sex, limits, duplicates.",
            document=documents.SUBMIT,
            variables={"input": {"ids": ["$fever"]}},
            keep={
                "status": "submitClaims.results.0.claim.status",
                "approved": "submitClaims.results.0.claim.approved",
            },
            expect={
                "submitClaims.results.0.claim.status": "CHECKED",
                "submitClaims.results.0.claim.approved": "2270.00",
            },
            says="The claim is {status}; TZS {approved} stand so far.",
        ),
        Step(
            title="More than a dispensary does",
            who="claims",
            asks="Josephine Mlay came too. Her claim has an ultrasound, for which only larger facilities are paid.",
            document=documents.CREATE_CLAIM,
            variables=claim(
                "DEMO-2",
                people.DISPENSARY,
                people.JOSEPHINE,
                "N39",
                services=[
                    *lines("service", A1="1", I125="1"),
                    {"serviceCode": "I84", "quantityProvided": "1", "priceAsked": "6450.00"},
                ],
                items=[{"itemCode": "0065", "quantityProvided": "10", "priceAsked": "80.00"}],
            ),
            keep={"infection": "createClaim.claim.id", "claimed": "createClaim.claim.claimed"},
            expect={"createClaim.claim.claimed": "8300.00"},
            says="TZS {claimed} are claimed.",
        ),
        Step(
            title="A line is rejected, a price adjusted",
            who="claims",
            asks="She submits it. For the tablets she asks more than the price list pays.",
            document=documents.SUBMIT,
            variables={"input": {"ids": ["$infection"]}},
            keep={
                "status": "submitClaims.results.0.claim.status",
                "approved": "submitClaims.results.0.claim.approved",
                "service": "submitClaims.results.0.claim.services.2.service.name",
                "reason": "submitClaims.results.0.claim.services.2.findings.0.message",
                "tablets": "submitClaims.results.0.claim.items.0.item.name",
                "asked": "submitClaims.results.0.claim.items.0.priceAsked",
                "adjusted": "submitClaims.results.0.claim.items.0.priceAdjusted",
            },
            expect={
                "submitClaims.results.0.claim.status": "CHECKED",
                "submitClaims.results.0.claim.approved": "1750.00",
                "submitClaims.results.0.claim.services.2.rejectionReason": "NOT_IN_PRICE_LIST",
                "submitClaims.results.0.claim.items.0.priceAsked": "80.00",
                "submitClaims.results.0.claim.items.0.priceAdjusted": "70.00",
            },
            says="The claim is {status} with TZS {approved}. {tablets} are paid at TZS {adjusted} instead of {asked}; "
            "the line {service} is rejected: {reason}",
        ),
        Step(
            title="A slip of the pen",
            who="claims",
            asks="Baraka Massawe had a cough. She enters 150 capsules where 15 were given.",
            document=documents.CREATE_CLAIM,
            variables=claim(
                "DEMO-3",
                people.DISPENSARY,
                people.BARAKA,
                "J06",
                services=lines("service", A1="1"),
                items=lines("item", _0011="150", _0182="12"),
            ),
            keep={"cough": "createClaim.claim.id", "claimed": "createClaim.claim.claimed"},
            expect={"createClaim.claim.claimed": "6520.00"},
            says="TZS {claimed} are claimed.",
        ),
        Step(
            title="No check knows",
            who="claims",
            asks="She submits it. A slip in a quantity breaks no rule.",
            document=documents.SUBMIT,
            variables={"input": {"ids": ["$cough"]}},
            keep={
                "status": "submitClaims.results.0.claim.status",
                "cough_version": "submitClaims.results.0.claim.version",
            },
            expect={"submitClaims.results.0.claim.status": "CHECKED"},
            says="The claim is {status}.",
        ),
        Step(
            title="At the hospital",
            who="hospital",
            asks="Eliakunda Temba was operated at the district hospital. Its claim administrator enters that, and "
            "an examination that belongs to another file.",
            document=documents.CREATE_CLAIM,
            variables=claim(
                "DEMO-4",
                people.HOSPITAL,
                people.ELIAKUNDA,
                "L02",
                services=lines("service", A1="1", M15="1", M11="1"),
                items=lines("item", _0068="20", _0182="12"),
            ),
            keep={
                "abscess": "createClaim.claim.id",
                "claimed": "createClaim.claim.claimed",
                "facility": "createClaim.claim.healthFacility.name",
            },
            expect={"createClaim.claim.claimed": "43920.00"},
            says="{facility} claims TZS {claimed}.",
        ),
        Step(
            title="Not for this patient",
            who="hospital",
            asks="She submits it.",
            document=documents.SUBMIT,
            variables={"input": {"ids": ["$abscess"]}},
            keep={
                "status": "submitClaims.results.0.claim.status",
                "approved": "submitClaims.results.0.claim.approved",
                "service": "submitClaims.results.0.claim.services.2.service.name",
                "reason": "submitClaims.results.0.claim.services.2.findings.0.message",
            },
            expect={
                "submitClaims.results.0.claim.status": "CHECKED",
                "submitClaims.results.0.claim.approved": "22920.00",
                "submitClaims.results.0.claim.services.2.rejectionReason": "PATIENT_CATEGORY",
            },
            says="The line {service} is rejected: {reason} The claim is {status} with TZS {approved}: the ceiling "
            "comes with the value.",
        ),
    ),
)
