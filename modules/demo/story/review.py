"""Review: a claim adjusted, one returned and corrected, and what the policies pay of all of them."""

from modules.demo.story import documents, people
from modules.demo.story.care import lines
from modules.demo.story.steps import Chapter, Step, last_day

REVIEW = Chapter(
    title="Review",
    opens="In the evening the region's medical officer reads the claims.",
    day=last_day,
    steps=(
        Step(
            title="The file",
            who="medical",
            asks="She begins with Asha's.",
            document="""query($id: ID!) {
  claim(id: $id) {
    version
    insuree { otherNames birthDate }
    items { lineNo quantityProvided priceAsked item { name } }
    services { lineNo quantityProvided priceAsked service { name } }
  }
}""",
            variables={"id": "$fever"},
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
    {documents.ERRORS}
  }}
}}""",
            variables={
                "input": {
                    "id": "$fever",
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
            title="A claim goes back",
            who="medical",
            asks="150 capsules for a child with a cough? She returns Baraka's claim to the dispensary.",
            document=f"""mutation($input: ReturnClaimInput!) {{
  returnClaim(input: $input) {{
    claim {{ version status returnReason }}
    {documents.ERRORS}
  }}
}}""",
            variables={
                "input": {
                    "id": "$cough",
                    "expectedVersion": "$cough_version",
                    "reason": "150 capsules of amoxicillin: please check the number.",
                }
            },
            keep={
                "status": "returnClaim.claim.status",
                "reason": "returnClaim.claim.returnReason",
                "cough_version": "returnClaim.claim.version",
            },
            expect={"returnClaim.claim.status": "RETURNED"},
            says="The claim is {status}: {reason}",
        ),
        Step(
            title="Corrected",
            who="claims",
            asks="The claim administrator looks into the patient's book: 15 it is.",
            document=f"""mutation($input: UpdateClaimInput!) {{
  updateClaim(input: $input) {{
    claim {{ version claimed items {{ quantityProvided item {{ name }} }} }}
    {documents.ERRORS}
  }}
}}""",
            variables={
                "input": {
                    "id": "$cough",
                    "expectedVersion": "$cough_version",
                    "items": lines("item", _0011="15", _0182="12"),
                }
            },
            keep={"claimed": "updateClaim.claim.claimed"},
            expect={"updateClaim.claim.claimed": "1120.00"},
            says="TZS {claimed} are claimed now.",
        ),
        Step(
            title="Handed in again",
            who="claims",
            asks="She submits it a second time, through all checks.",
            document=documents.SUBMIT,
            variables={"input": {"ids": ["$cough"]}},
            keep={
                "status": "submitClaims.results.0.claim.status",
                "approved": "submitClaims.results.0.claim.approved",
            },
            expect={
                "submitClaims.results.0.claim.status": "CHECKED",
                "submitClaims.results.0.claim.approved": "1120.00",
            },
            says="The claim is {status} with TZS {approved}.",
        ),
        Step(
            title="The value",
            who="medical",
            asks="She processes the four claims: what do the policies pay?",
            document="""mutation($input: ProcessClaimsInput!) {
  processClaims(input: $input) {
    results {
      claim {
        status approved valuated remunerated
        services { service { name } priceValuated exceededCeiling }
      }
      errors { code path message }
    }
    errors { code path message }
  }
}""",
            variables={"input": {"ids": ["$fever", "$infection", "$cough", "$abscess"]}},
            keep={
                "value_1": "processClaims.results.0.claim.valuated",
                "value_2": "processClaims.results.1.claim.valuated",
                "value_3": "processClaims.results.2.claim.valuated",
                "value_4": "processClaims.results.3.claim.valuated",
                "approved": "processClaims.results.3.claim.approved",
                "exceeded": "processClaims.results.3.claim.services.1.exceededCeiling",
            },
            expect={
                "processClaims.results.0.claim.status": "VALUATED",
                "processClaims.results.0.claim.valuated": "2140.00",
                "processClaims.results.1.claim.valuated": "1750.00",
                "processClaims.results.2.claim.valuated": "1120.00",
                "processClaims.results.3.claim.valuated": "20000.00",
                "processClaims.results.3.claim.services.1.exceededCeiling": "2920.00",
            },
            says="TZS {value_1}, {value_2} and {value_3} for the dispensary. Of the hospital's TZS {approved} the "
            "policy pays TZS {value_4}: its ceiling is reached, TZS {exceeded} are left to the family.",
        ),
        Step(
            title="Nothing is left",
            who="receptionist",
            asks="What does the Tembas' policy still pay for?",
            document=documents.ELIGIBILITY,
            variables={"number": people.ISAYA},
            keep={
                "name": "eligibility.insuree.otherNames",
                "left": "eligibility.remaining.ceiling",
                "until": "eligibility.policy.expiresOn",
            },
            expect={"eligibility.covered": True, "eligibility.remaining.ceiling": "0.00"},
            says="{name} is covered until {until}, with TZS {left} left; the renewed policy begins anew.",
        ),
    ),
)
