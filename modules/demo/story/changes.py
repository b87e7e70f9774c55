"""What happens to policies later: the second instalment, a suspension lifted, members who join, a renewal."""

from modules.demo.story import documents, people
from modules.demo.story.steps import Chapter, Step, in_the_middle, last_day

CHANGES = Chapter(
    title="Two weeks later",
    opens="Money comes in, a policy goes on, and families grow.",
    day=in_the_middle,
    steps=(
        Step(
            title="The other half",
            who="officer",
            asks="Josephine Mlay brings the rest.",
            document=documents.CONTRIBUTE,
            variables={
                "input": {"policyId": "$mlay_policy", "amount": "15000.00", "receipt": "A 0003", "paymentTypeCode": "C"}
            },
            keep={
                "status": "recordContribution.contribution.policy.status",
                "effective": "recordContribution.contribution.policy.effectiveOn",
                "balance": "recordContribution.contribution.policy.balance",
            },
            expect={
                "recordContribution.contribution.policy.status": "ACTIVE",
                "recordContribution.contribution.policy.balance": "0.00",
                "recordContribution.contribution.policy.effectiveOn": "$today",
            },
            says="TZS {balance} are left to pay, and the policy is {status} from {effective}.",
        ),
        Step(
            title="A policy goes on",
            who="clerk",
            asks="The matter of the lent card is cleared. The clerk resumes the Tembas' policy.",
            document=f"""mutation($input: ResumePolicyInput!) {{
  resumePolicy(input: $input) {{
    policy {{ version status coveredInsurees {{ from to endedBy insuree {{ otherNames }} }} }}
    {documents.ERRORS}
  }}
}}""",
            variables={"input": {"id": "$basic_policy", "expectedVersion": "$basic_version"}},
            keep={
                "status": "resumePolicy.policy.status",
                "ended": "resumePolicy.policy.coveredInsurees.0.to",
                "again": "resumePolicy.policy.coveredInsurees.4.from",
            },
            expect={
                "resumePolicy.policy.status": "ACTIVE",
                "resumePolicy.policy.coveredInsurees.0.endedBy": "SUSPENSION",
                "resumePolicy.policy.coveredInsurees.4.from": "$today",
            },
            says="The policy is {status}. The family was covered to {ended} and is again from {again}; "
            "the days between stay uncovered.",
        ),
        Step(
            title="A child is born",
            who="officer",
            asks="The Massawes have a daughter.",
            document=documents.ADD_INSUREE,
            variables={"input": {"familyId": "$massawe", **people.NEWBORN}},
            keep={
                "name": "addInsuree.insuree.otherNames",
                "value": "addInsuree.insuree.policies.nodes.0.value",
                "balance": "addInsuree.insuree.policies.nodes.0.balance",
            },
            expect={
                "addInsuree.insuree.policies.nodes.0.value": "30000.00",
                "addInsuree.insuree.policies.nodes.0.balance": "0.00",
                "addInsuree.insuree.policies.nodes.0.coveredInsurees.5.insuree.otherNames": "Tumaini",
                "addInsuree.insuree.policies.nodes.0.coveredInsurees.5.from": "$today",
            },
            says="The policy costs TZS {value} as before, for up to six: {name} is covered at once.",
        ),
        Step(
            title="A grandmother moves in",
            who="officer",
            asks="Anold Temba's mother comes to live with them, the fifth in a policy for four.",
            document=documents.ADD_INSUREE,
            variables={"input": {"familyId": "$temba", **people.GRANDMOTHER}},
            keep={
                "name": "addInsuree.insuree.otherNames",
                "status": "addInsuree.insuree.policies.nodes.0.status",
                "value": "addInsuree.insuree.policies.nodes.0.value",
                "owed": "addInsuree.insuree.policies.nodes.0.balance",
            },
            expect={
                "addInsuree.insuree.policies.nodes.0.status": "ACTIVE",
                "addInsuree.insuree.policies.nodes.0.value": "16000.00",
                "addInsuree.insuree.policies.nodes.0.balance": "4000.00",
            },
            says="The policy costs TZS {value} now and stays {status} for the others; TZS {owed} are owed for {name}.",
        ),
        Step(
            title="Owed for",
            who="receptionist",
            asks="Is Eliakunda Temba covered already?",
            document=documents.ELIGIBILITY,
            variables={"number": people.ELIAKUNDA},
            keep={"name": "eligibility.insuree.otherNames", "reason": "eligibility.reason"},
            expect={"eligibility.covered": False, "eligibility.reason": "MEMBER_NOT_PAID"},
            says="{name} is not covered: {reason}.",
        ),
        Step(
            title="Paid for",
            who="officer",
            asks="Anold pays what his mother's place costs.",
            document=documents.CONTRIBUTE,
            variables={
                "input": {"policyId": "$basic_policy", "amount": "$owed", "receipt": "B 0002", "paymentTypeCode": "M"}
            },
            keep={
                "paid": "recordContribution.contribution.amount",
                "balance": "recordContribution.contribution.policy.balance",
            },
            expect={"recordContribution.contribution.policy.balance": "0.00"},
            says="TZS {paid} are recorded, TZS {balance} are left to pay.",
        ),
        Step(
            title="Covered",
            who="receptionist",
            asks="And now?",
            document=documents.ELIGIBILITY,
            variables={"number": people.ELIAKUNDA},
            keep={
                "name": "eligibility.insuree.otherNames",
                "until": "eligibility.policy.expiresOn",
                "left": "eligibility.remaining.ceiling",
            },
            expect={"eligibility.covered": True, "eligibility.remaining.ceiling": "20000.00"},
            says="{name} is covered until {until}, for up to TZS {left}.",
        ),
    ),
)

RENEWAL = Chapter(
    title="A renewal",
    opens="The month ends. In the night the scheme has looked for policies that end soon.",
    day=last_day,
    night=("policy.expire", "policy.overdue", "policy.prompt_renewals"),
    steps=(
        Step(
            title="Whom to ask",
            who="officer",
            asks="The officer looks up which families she is to ask whether they go on.",
            document="""query {
  policyRenewals {
    nodes {
      id version renewalOn answer
      head { lastName otherNames }
      policy { id expiresOn }
      product { name renewalDiscountPercent renewalDiscountPeriod }
      photosDue { otherNames }
      warnings { code message }
    }
  }
}""",
            variables={},
            keep={
                "prompt": "policyRenewals.nodes.0.id",
                "prompt_version": "policyRenewals.nodes.0.version",
                "name": "policyRenewals.nodes.0.head.otherNames",
                "last_name": "policyRenewals.nodes.0.head.lastName",
                "until": "policyRenewals.nodes.0.policy.expiresOn",
            },
            expect={"policyRenewals.nodes.0.policy.id": "$basic_policy", "policyRenewals.nodes.0.answer": "NONE"},
            says="{name} {last_name}: the policy ends on {until}. Who renews it a month early pays a tenth less.",
        ),
        Step(
            title="The price of a renewal",
            who="officer",
            asks="What would it cost the five of them to go on?",
            document="""query($family: ID!, $product: ID!, $policy: ID!) {
  policyQuote(familyId: $family, productId: $product, stage: RENEWAL, previousPolicyId: $policy) {
    value startsOn expiresOn
    lines { label quantity unitAmount amount }
  }
}""",
            variables={"family": "$temba", "product": "$basic", "policy": "$basic_policy"},
            keep={
                "price": "policyQuote.value",
                "starts": "policyQuote.startsOn",
                "discount": "policyQuote.lines.2.amount",
            },
            expect={
                "policyQuote.lines.0.amount": "12000.00",
                "policyQuote.lines.1.amount": "4000.00",
                "policyQuote.lines.2.label": "RENEWAL_DISCOUNT",
                "policyQuote.lines.2.amount": "-1600.00",
                "policyQuote.value": "14400.00",
            },
            says="TZS {price} from {starts}: for renewing early TZS {discount}.",
        ),
        Step(
            title="The renewal",
            who="officer",
            asks="The family goes on.",
            document=f"""mutation($input: AnswerPolicyRenewalInput!) {{
  answerPolicyRenewal(input: $input) {{
    policyRenewal {{ answer answeredOn renewedPolicy {{ id stage status value startsOn expiresOn }} }}
    {documents.ERRORS}
  }}
}}""",
            variables={
                "input": {
                    "id": "$prompt",
                    "expectedVersion": "$prompt_version",
                    "answer": "RENEW",
                    "expectedValue": "$price",
                }
            },
            keep={
                "renewed": "answerPolicyRenewal.policyRenewal.renewedPolicy.id",
                "starts": "answerPolicyRenewal.policyRenewal.renewedPolicy.startsOn",
                "expires": "answerPolicyRenewal.policyRenewal.renewedPolicy.expiresOn",
            },
            expect={
                "answerPolicyRenewal.policyRenewal.answer": "ACCEPTED",
                "answerPolicyRenewal.policyRenewal.renewedPolicy.value": "14400.00",
            },
            says="A policy from {starts} to {expires} follows the present one.",
        ),
        Step(
            title="Paid early",
            who="officer",
            asks="She takes the contribution.",
            document=documents.CONTRIBUTE,
            variables={
                "input": {"policyId": "$renewed", "amount": "$price", "receipt": "B 0003", "paymentTypeCode": "C"}
            },
            keep={
                "paid": "recordContribution.contribution.amount",
                "effective": "recordContribution.contribution.policy.effectiveOn",
            },
            expect={
                "recordContribution.contribution.policy.status": "ACTIVE",
                "recordContribution.contribution.policy.effectiveOn": "$starts",
                "recordContribution.contribution.policy.balance": "0.00",
            },
            says="TZS {paid} are recorded; the new policy covers all five from {effective}.",
        ),
    ),
)
