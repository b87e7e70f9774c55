"""Families enrol: one a year before, one that pays at once, one that pays in two parts; and a policy is suspended."""

from modules.demo.story import documents, people
from modules.demo.story.steps import Chapter, Step, a_year_before, early

THE_VILLAGE = Step(
    title="The village and what is sold there",
    who="officer",
    asks="An enrolment officer looks up her village and what its families may enrol in.",
    document="""query($village: String!, $officer: String!, $product: String!, $basic: String!) {
  location(code: $village, level: VILLAGE) {
    id name parent { name parent { name parent { id name } } }
  }
  enrolmentOfficer(code: $officer) { id lastName otherNames }
  product(code: $product) { id name lumpSum maxMembers }
  basic: product(code: $basic) { id name lumpSum threshold premiumChild renewalDiscountPercent ceiling }
}""",
    variables={
        "village": people.VILLAGE,
        "officer": people.OFFICER,
        "product": people.PRODUCT,
        "basic": people.BASIC,
    },
    keep={
        "village": "location.id",
        "village_name": "location.name",
        "ward": "location.parent.name",
        "district": "location.parent.parent.name",
        "region": "location.parent.parent.parent.id",
        "region_name": "location.parent.parent.parent.name",
        "officer": "enrolmentOfficer.id",
        "product": "product.id",
        "product_name": "product.name",
        "lump_sum": "product.lumpSum",
        "basic": "basic.id",
        "basic_name": "basic.name",
        "basic_lump_sum": "basic.lumpSum",
        "basic_members": "basic.threshold",
        "further": "basic.premiumChild",
        "ceiling": "basic.ceiling",
    },
    expect={"product.lumpSum": "30000.00", "basic.lumpSum": "12000.00", "basic.ceiling": "20000.00"},
    says="{village_name} lies in the ward {ward}, district {district}, region {region_name}. {product_name} costs TZS "
    "{lump_sum} a year. {basic_name} costs TZS {basic_lump_sum} for {basic_members} and TZS {further} for each "
    "further member, and pays up to TZS {ceiling}.",
)

A_YEAR_BEFORE = Chapter(
    title="A year before",
    opens="A family takes the cheaper product.",
    day=a_year_before,
    steps=(
        THE_VILLAGE,
        Step(
            title="A family of four",
            who="officer",
            asks="She enrols Anold Temba with his wife and two children.",
            document=documents.CREATE_FAMILY,
            variables={"input": {"locationId": "$village", "head": people.TEMBA, "members": people.TEMBAS}},
            keep={"temba": "createFamily.family.id", "members": "createFamily.family.memberCount"},
            expect={"createFamily.family.memberCount": 4},
            says="The family is registered with {members} members.",
        ),
        Step(
            title="The basic policy",
            who="officer",
            asks="The family takes the basic product.",
            document=documents.ENROL,
            variables={
                "input": {
                    "familyId": "$temba",
                    "productId": "$basic",
                    "officerId": "$officer",
                    "expectedValue": "12000.00",
                }
            },
            keep={
                "basic_policy": "enrolPolicy.policy.id",
                "price": "enrolPolicy.policy.value",
                "expires": "enrolPolicy.policy.expiresOn",
            },
            expect={"enrolPolicy.policy.status": "IDLE", "enrolPolicy.policy.startsOn": "$today"},
            says="It costs TZS {price} and runs until {expires}.",
        ),
        Step(
            title="Paid at once",
            who="officer",
            asks="Anold pays in cash.",
            document=documents.CONTRIBUTE,
            variables={
                "input": {
                    "policyId": "$basic_policy",
                    "amount": "12000.00",
                    "receipt": "B 0001",
                    "paymentTypeCode": "C",
                }
            },
            keep={
                "paid": "recordContribution.contribution.amount",
                "basic_version": "recordContribution.contribution.policy.version",
                "status": "recordContribution.contribution.policy.status",
            },
            expect={
                "recordContribution.contribution.policy.status": "ACTIVE",
                "recordContribution.contribution.policy.balance": "0.00",
            },
            says="TZS {paid} are recorded, and the policy is {status}.",
        ),
    ),
)

AT_ONCE = (
    Step(
        title="A family of five",
        who="officer",
        asks="She enrols Elia Massawe with his wife and three children.",
        document=documents.CREATE_FAMILY,
        variables={"input": {"locationId": "$village", "head": people.MASSAWE, "members": people.MASSAWES}},
        keep={
            "massawe": "createFamily.family.id",
            "members": "createFamily.family.memberCount",
            "head": "createFamily.family.head.insuranceNumber",
        },
        expect={"createFamily.family.memberCount": 5},
        says="The family is registered with {members} members; the head's card has the number {head}.",
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
        variables={"family": "$massawe", "product": "$product"},
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
        document=documents.ENROL,
        variables={
            "input": {
                "familyId": "$massawe",
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
        document=documents.CONTRIBUTE,
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
)

HALF_PAID = (
    Step(
        title="A widow and her children",
        who="officer",
        asks="She enrols Josephine Mlay with two children.",
        document=documents.CREATE_FAMILY,
        variables={"input": {"locationId": "$village", "head": people.MLAY, "members": people.MLAYS}},
        keep={"mlay": "createFamily.family.id", "members": "createFamily.family.memberCount"},
        expect={"createFamily.family.memberCount": 3},
        says="The family is registered with {members} members.",
    ),
    Step(
        title="The widow's policy",
        who="officer",
        asks="The family takes the same product as the Massawes.",
        document=documents.ENROL,
        variables={"input": {"familyId": "$mlay", "productId": "$product", "officerId": "$officer"}},
        keep={"mlay_policy": "enrolPolicy.policy.id", "price": "enrolPolicy.policy.value"},
        expect={"enrolPolicy.policy.value": "30000.00"},
        says="It costs TZS {price}, however many they are.",
    ),
    Step(
        title="One half of it",
        who="officer",
        asks="Josephine has 15,000 shillings; the rest comes after the market.",
        document=documents.CONTRIBUTE,
        variables={
            "input": {"policyId": "$mlay_policy", "amount": "15000.00", "receipt": "A 0002", "paymentTypeCode": "C"}
        },
        keep={
            "status": "recordContribution.contribution.policy.status",
            "balance": "recordContribution.contribution.policy.balance",
        },
        expect={
            "recordContribution.contribution.policy.status": "IDLE",
            "recordContribution.contribution.policy.balance": "15000.00",
            "recordContribution.contribution.policy.coveredInsurees": [],
        },
        says="The policy stays {status}: TZS {balance} are still to be paid.",
    ),
    Step(
        title="Not yet",
        who="receptionist",
        asks="At the dispensary Josephine shows her card.",
        document=documents.ELIGIBILITY,
        variables={"number": people.JOSEPHINE},
        keep={"name": "eligibility.insuree.otherNames", "reason": "eligibility.reason"},
        expect={"eligibility.covered": False, "eligibility.reason": "NOT_PAID"},
        says="{name} is not covered: {reason}.",
    ),
)

SUSPENDED = (
    Step(
        title="A policy is suspended",
        who="clerk",
        asks="The Tembas' card was lent to a neighbour's child. The clerk suspends their policy until it is cleared.",
        document=f"""mutation($input: SuspendPolicyInput!) {{
  suspendPolicy(input: $input) {{
    policy {{ version status suspendedBy }}
    {documents.ERRORS}
  }}
}}""",
        variables={"input": {"id": "$basic_policy", "expectedVersion": "$basic_version"}},
        keep={"basic_version": "suspendPolicy.policy.version", "status": "suspendPolicy.policy.status"},
        expect={"suspendPolicy.policy.status": "SUSPENDED", "suspendPolicy.policy.suspendedBy": "USER"},
        says="The policy is {status}.",
    ),
    Step(
        title="Sent home",
        who="receptionist",
        asks="Isaya Temba comes with a cough.",
        document=documents.ELIGIBILITY,
        variables={"number": people.ISAYA},
        keep={"name": "eligibility.insuree.otherNames", "reason": "eligibility.reason"},
        expect={"eligibility.covered": False, "eligibility.reason": "SUSPENDED"},
        says="{name} is not covered: {reason}.",
    ),
)

ENROLMENT = Chapter(
    title="Enrolment",
    opens="A month begins. One family pays at once, another one half of the price, and a third one loses its cover.",
    day=early,
    steps=(*AT_ONCE, *HALF_PAID, *SUSPENDED),
)
