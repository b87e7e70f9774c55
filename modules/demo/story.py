"""The story that `bima demo walk` tells, as data: who asks the API for what, and what must come back.

A text of variables or expectations that begins with `$` stands for a value kept from an earlier answer. The teller
knows `$year` and `$month`, the month that the story plays in, and `$today`, its last day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    """One thing that somebody asks of the API.

    `keep`: names for values of the answer, by their paths below `data`. `expect`: what other paths must hold. `says`:
    the answer in plain words, with kept names in braces. `refused`: the code of the error that must come back.
    """

    title: str
    who: str
    asks: str
    document: str
    variables: Mapping[str, Any]
    says: str
    keep: Mapping[str, str] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


VILLAGE, PRODUCT, FACILITY = "2530702", "CHF25", "253-D1"
CARD = "070707092"
"""The insurance number of the child who falls ill."""

ERRORS = "errors { code path message }"


def _member(number: str, other_names: str, born: str, gender: str, relation: str | None = None) -> dict[str, Any]:
    person = {
        "insuranceNumber": number,
        "lastName": "Massawe",
        "otherNames": other_names,
        "birthDate": born,
        "genderCode": gender,
    }
    return person if relation is None else person | {"relationCode": relation}


SPOUSE, CHILD = "8", "4"
HEAD = _member("070707070", "Elia", "1986-04-12", "M")
MEMBERS = [
    _member("070707081", "Upendo", "1989-09-30", "F", SPOUSE),
    _member(CARD, "Asha", "2016-02-03", "F", CHILD),
    _member("070707103", "Baraka", "2018-11-21", "M", CHILD),
    _member("070707114", "Furaha", "2021-06-15", "F", CHILD),
]

LAST_MONTH: tuple[Step, ...] = (
    Step(
        title="The village and what is sold there",
        who="officer",
        asks="An enrolment officer looks up her village.",
        document="""query($code: String!, $officer: String!) {
  location(code: $code, level: VILLAGE) {
    id name parent { name parent { name parent { id name } } }
  }
  enrolmentOfficer(code: $officer) { id lastName otherNames }
}""",
        variables={"code": VILLAGE, "officer": "E00001"},
        keep={
            "village": "location.id",
            "village_name": "location.name",
            "ward": "location.parent.name",
            "district": "location.parent.parent.name",
            "region": "location.parent.parent.parent.id",
            "region_name": "location.parent.parent.parent.name",
            "officer": "enrolmentOfficer.id",
        },
        says="{village_name} lies in the ward {ward}, district {district}, region {region_name}.",
    ),
    Step(
        title="A family of five",
        who="officer",
        asks="She enrols Elia Massawe with his wife and three children.",
        document=f"""mutation($input: CreateFamilyInput!) {{
  createFamily(input: $input) {{
    family {{ id memberCount head {{ otherNames lastName insuranceNumber }} }}
    {ERRORS}
  }}
}}""",
        variables={"input": {"locationId": "$village", "head": HEAD, "members": MEMBERS}},
        keep={
            "family": "createFamily.family.id",
            "members": "createFamily.family.memberCount",
            "head": "createFamily.family.head.insuranceNumber",
        },
        expect={"createFamily.family.memberCount": 5},
        says="The family is registered with {members} members; the head's card has the number {head}.",
    ),
    Step(
        title="What is on offer",
        who="officer",
        asks="Which products may a family of this village enrol in?",
        document="""query($village: ID!) {
  products(soldIn: $village) { nodes { id code name insurancePeriod maxMembers } }
}""",
        variables={"village": "$village"},
        keep={
            "product": "products.nodes.0.id",
            "product_name": "products.nodes.0.name",
            "months": "products.nodes.0.insurancePeriod",
            "most": "products.nodes.0.maxMembers",
        },
        expect={"products.nodes.0.code": PRODUCT},
        says="{product_name}: {months} months for up to {most} members.",
    ),
    Step(
        title="The price",
        who="officer",
        asks="What would the policy cost this family?",
        document="""query($family: ID!, $product: ID!) {
  policyQuote(familyId: $family, productId: $product) {
    value familyShare payerShare startsOn expiresOn
    lines { label quantity unitAmount amount }
    coveredMembers { insuree { otherNames } }
    warnings { code message }
  }
}""",
        variables={"family": "$family", "product": "$product"},
        keep={
            "price": "policyQuote.value",
            "starts": "policyQuote.startsOn",
            "expires": "policyQuote.expiresOn",
        },
        expect={"policyQuote.value": "30000.00", "policyQuote.coveredMembers.4.insuree.otherNames": "Furaha"},
        says="TZS {price} for all five, from {starts} to {expires}.",
    ),
    Step(
        title="The policy",
        who="officer",
        asks="She enrols the family, at the price she told them.",
        document=f"""mutation($input: EnrolPolicyInput!) {{
  enrolPolicy(input: $input) {{
    policy {{ id status value startsOn expiresOn }}
    {ERRORS}
  }}
}}""",
        variables={
            "input": {
                "familyId": "$family",
                "productId": "$product",
                "officerId": "$officer",
                "expectedValue": "$price",
            }
        },
        keep={"policy": "enrolPolicy.policy.id", "status": "enrolPolicy.policy.status"},
        expect={"enrolPolicy.policy.status": "IDLE", "enrolPolicy.policy.value": "30000.00"},
        says="The policy is {status}: nobody is covered before it is paid.",
    ),
    Step(
        title="The contribution",
        who="officer",
        asks="She takes 30,000 shillings in cash and gives a receipt.",
        document=f"""mutation($input: RecordContributionInput!) {{
  recordContribution(input: $input) {{
    contribution {{
      amount receipt
      policy {{ status effectiveOn expiresOn coveredInsurees {{ insuree {{ otherNames }} }} }}
    }}
    {ERRORS}
  }}
}}""",
        variables={"input": {"policyId": "$policy", "amount": "30000.00", "receipt": "A 0001", "paymentTypeCode": "C"}},
        keep={
            "paid": "recordContribution.contribution.amount",
            "status": "recordContribution.contribution.policy.status",
            "effective": "recordContribution.contribution.policy.effectiveOn",
        },
        expect={
            "recordContribution.contribution.policy.status": "ACTIVE",
            "recordContribution.contribution.policy.effectiveOn": "$today",
            "recordContribution.contribution.policy.coveredInsurees.4.insuree.otherNames": "Furaha",
        },
        says="TZS {paid} are recorded, and the policy is {status}: all five are covered from {effective}.",
    ),
    Step(
        title="At the reception",
        who="receptionist",
        asks="Asha has a fever. The dispensary's receptionist types the number on her card.",
        document="""query($number: String!) {
  eligibility(insuranceNumber: $number) {
    covered reason
    insuree { otherNames lastName birthDate }
    policy { product { name } expiresOn status }
  }
}""",
        variables={"number": CARD},
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
        document=f"""mutation($input: CreateClaimInput!) {{
  createClaim(input: $input) {{
    claim {{ id code status claimed healthFacility {{ name }} mainDiagnosis {{ name }} }}
    {ERRORS}
  }}
}}""",
        variables={
            "input": {
                "code": "DEMO-1",
                "healthFacilityCode": FACILITY,
                "insuranceNumber": CARD,
                "dateFrom": "$today",
                "mainDiagnosisCode": "B54",
                "services": [
                    {"serviceCode": "A1", "quantityProvided": "1"},
                    {"serviceCode": "I26", "quantityProvided": "1"},
                ],
                "items": [
                    {"itemCode": "0019", "quantityProvided": "1"},
                    {"itemCode": "0182", "quantityProvided": "18"},
                    {"itemCode": "0176", "quantityProvided": "3"},
                ],
            }
        },
        keep={
            "claim": "createClaim.claim.id",
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
        document="""mutation($input: SubmitClaimsInput!) {
  submitClaims(input: $input) {
    results { claim { status approved findings { message } } errors { code path message } }
    errors { code path message }
  }
}""",
        variables={"input": {"ids": ["$claim"]}},
        keep={
            "status": "submitClaims.results.0.claim.status",
            "approved": "submitClaims.results.0.claim.approved",
        },
        expect={"submitClaims.results.0.claim.status": "CHECKED", "submitClaims.results.0.claim.approved": "2270.00"},
        says="The claim is {status}; TZS {approved} stand so far.",
    ),
    Step(
        title="The file",
        who="medical",
        asks="The region's medical officer reads the claim.",
        document="""query($id: ID!) {
  claim(id: $id) {
    version
    insuree { otherNames birthDate }
    items { lineNo quantityProvided priceAsked item { name } }
    services { lineNo quantityProvided priceAsked service { name } }
  }
}""",
        variables={"id": "$claim"},
        keep={
            "version": "claim.version",
            "line": "claim.items.2.lineNo",
            "salts": "claim.items.2.item.name",
            "given": "claim.items.2.quantityProvided",
        },
        says="Line {line} asks for {given} of {salts}: more than a first visit needs.",
    ),
    Step(
        title="The review",
        who="medical",
        asks="She approves two sachets instead of three and says why.",
        document=f"""mutation($input: ReviewClaimInput!) {{
  reviewClaim(input: $input) {{
    claim {{ version approved items {{ quantityApproved justification }} }}
    {ERRORS}
  }}
}}""",
        variables={
            "input": {
                "id": "$claim",
                "expectedVersion": "$version",
                "lines": [
                    {"lineNo": "$line", "quantityApproved": "2", "justification": "Two sachets for a first visit."}
                ],
            }
        },
        keep={"approved": "reviewClaim.claim.approved"},
        expect={"reviewClaim.claim.approved": "2140.00"},
        says="TZS {approved} are approved.",
    ),
    Step(
        title="The value",
        who="medical",
        asks="She processes the claim: what does the policy pay?",
        document="""mutation($input: ProcessClaimsInput!) {
  processClaims(input: $input) {
    results { claim { status valuated remunerated } errors { code path message } }
    errors { code path message }
  }
}""",
        variables={"input": {"ids": ["$claim"]}},
        keep={
            "status": "processClaims.results.0.claim.status",
            "valuated": "processClaims.results.0.claim.valuated",
        },
        expect={
            "processClaims.results.0.claim.status": "VALUATED",
            "processClaims.results.0.claim.valuated": "2140.00",
        },
        says="The claim is {status}: the policy pays TZS {valuated}, the family nothing.",
    ),
)
"""What happens on the last day of a month."""

THIS_MONTH: tuple[Step, ...] = (
    Step(
        title="The month in preview",
        who="accountant",
        asks="The month is over. What would the region pay its facilities for it?",
        document="""query($region: ID!, $year: Int!, $month: Int!) {
  batchRunPreview(locationId: $region, year: $year, month: $month) {
    claimCount amountToPay
    statements { healthFacility { name } claimCount claimed amountToPay }
  }
}""",
        variables={"region": "$region", "year": "$year", "month": "$month"},
        keep={"claims": "batchRunPreview.claimCount", "total": "batchRunPreview.amountToPay"},
        expect={"batchRunPreview.claimCount": 1, "batchRunPreview.amountToPay": "2140.00"},
        says="{claims} claim is due, for TZS {total}. Nothing is written yet.",
    ),
    Step(
        title="The batch run",
        who="accountant",
        asks="He runs the month.",
        document=f"""mutation($input: RunBatchInput!) {{
  runBatch(input: $input) {{
    batchRun {{ id version status claimCount amountToPay }}
    {ERRORS}
  }}
}}""",
        variables={"input": {"locationId": "$region", "year": "$year", "month": "$month"}},
        keep={
            "run": "runBatch.batchRun.id",
            "run_version": "runBatch.batchRun.version",
            "status": "runBatch.batchRun.status",
        },
        expect={"runBatch.batchRun.amountToPay": "2140.00"},
        says="The run is stored as {status}: a second person must look at it.",
    ),
    Step(
        title="Not by the same hand",
        who="accountant",
        asks="He tries to confirm his own run.",
        document=f"""mutation($input: ConfirmBatchRunInput!) {{
  confirmBatchRun(input: $input) {{
    batchRun {{ status }}
    {ERRORS}
  }}
}}""",
        variables={"input": {"id": "$run", "expectedVersion": "$run_version"}},
        refused="SAME_ACCOUNT",
        says="Refused, as it should be: {message}",
    ),
    Step(
        title="The confirmation",
        who="treasurer",
        asks="A colleague confirms it.",
        document=f"""mutation($input: ConfirmBatchRunInput!) {{
  confirmBatchRun(input: $input) {{
    batchRun {{ status amountToPay }}
    {ERRORS}
  }}
}}""",
        variables={"input": {"id": "$run", "expectedVersion": "$run_version"}},
        keep={"status": "confirmBatchRun.batchRun.status", "total": "confirmBatchRun.batchRun.amountToPay"},
        expect={"confirmBatchRun.batchRun.status": "CONFIRMED"},
        says="The run is {status}: TZS {total} are to be paid.",
    ),
    Step(
        title="The facility's statement",
        who="accountant",
        asks="What is each facility paid?",
        document="""query {
  facilityStatements {
    nodes {
      id healthFacility { name } claimCount claimed approved remunerated amountToPay paid
      claims { nodes { claim { code } remunerated } }
    }
  }
}""",
        variables={},
        keep={
            "statement": "facilityStatements.nodes.0.id",
            "facility": "facilityStatements.nodes.0.healthFacility.name",
            "claimed": "facilityStatements.nodes.0.claimed",
            "total": "facilityStatements.nodes.0.amountToPay",
        },
        expect={"facilityStatements.nodes.0.amountToPay": "2140.00"},
        says="{facility} asked for TZS {claimed} and gets TZS {total}.",
    ),
    Step(
        title="The payment",
        who="accountant",
        asks="He transfers the money and records it.",
        document=f"""mutation($input: RecordFacilityPaymentInput!) {{
  recordFacilityPayment(input: $input) {{
    facilityPayment {{ amount paidOn reference }}
    {ERRORS}
  }}
}}""",
        variables={"input": {"statementId": "$statement", "amount": "$total", "reference": "TISS 0001"}},
        keep={"paid": "recordFacilityPayment.facilityPayment.amount"},
        says="TZS {paid} went to {facility}.",
    ),
    Step(
        title="Back at the dispensary",
        who="claims",
        asks="The claim administrator looks at the claim she entered.",
        document="""query($code: String!, $facility: String!) {
  claim(code: $code, healthFacilityCode: $facility) { status claimed approved remunerated paidOn }
}""",
        variables={"code": "DEMO-1", "facility": FACILITY},
        keep={"status": "claim.status", "remunerated": "claim.remunerated", "paid_on": "claim.paidOn"},
        expect={"claim.status": "PAID", "claim.remunerated": "2140.00"},
        says="It is {status}: TZS {remunerated}, on {paid_on}.",
    ),
)
"""What happens once that month is over."""
