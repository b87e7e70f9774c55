"""Settlement: the month's run for the region, confirmed by a second person, and the facilities' payments."""

from modules.demo.story import documents
from modules.demo.story.steps import Chapter, Step, present

SETTLEMENT = Chapter(
    title="Settlement",
    opens="The month is over.",
    day=present,
    steps=(
        Step(
            title="The month in preview",
            who="accountant",
            asks="What would the region pay its facilities for it?",
            document="""query($region: ID!, $year: Int!, $month: Int!) {
  batchRunPreview(locationId: $region, year: $year, month: $month) {
    claimCount remunerated capitation adjustments amountToPay
    statements { healthFacility { name } claimCount claimed approved remunerated amountToPay }
  }
}""",
            variables={"region": "$region", "year": "$year", "month": "$month"},
            keep={
                "claims": "batchRunPreview.claimCount",
                "total": "batchRunPreview.amountToPay",
                "dispensary": "batchRunPreview.statements.0.healthFacility.name",
                "for_dispensary": "batchRunPreview.statements.0.amountToPay",
                "hospital": "batchRunPreview.statements.1.healthFacility.name",
                "for_hospital": "batchRunPreview.statements.1.amountToPay",
            },
            expect={
                "batchRunPreview.claimCount": 4,
                "batchRunPreview.statements.0.claimCount": 3,
                "batchRunPreview.statements.0.claimed": "11690.00",
                "batchRunPreview.statements.0.amountToPay": "5010.00",
                "batchRunPreview.statements.1.claimCount": 1,
                "batchRunPreview.statements.1.claimed": "43920.00",
                "batchRunPreview.statements.1.amountToPay": "20000.00",
                "batchRunPreview.amountToPay": "25010.00",
            },
            says="{claims} claims are due: TZS {for_dispensary} for {dispensary} and TZS {for_hospital} for "
            "{hospital}, TZS {total} together. Nothing is written yet.",
        ),
        Step(
            title="The batch run",
            who="accountant",
            asks="He runs the month.",
            document=f"""mutation($input: RunBatchInput!) {{
  runBatch(input: $input) {{
    batchRun {{ id version status claimCount amountToPay }}
    {documents.ERRORS}
  }}
}}""",
            variables={"input": {"locationId": "$region", "year": "$year", "month": "$month"}},
            keep={
                "run": "runBatch.batchRun.id",
                "run_version": "runBatch.batchRun.version",
                "status": "runBatch.batchRun.status",
            },
            expect={"runBatch.batchRun.amountToPay": "25010.00", "runBatch.batchRun.claimCount": 4},
            says="The run is stored as {status}: a second person must look at it.",
        ),
        Step(
            title="Not by the same hand",
            who="accountant",
            asks="He tries to confirm his own run.",
            document=documents.CONFIRM,
            variables={"input": {"id": "$run", "expectedVersion": "$run_version"}},
            refused="SAME_ACCOUNT",
            says="Refused, as it should be: {message}",
        ),
        Step(
            title="The confirmation",
            who="treasurer",
            asks="A colleague confirms it.",
            document=documents.CONFIRM,
            variables={"input": {"id": "$run", "expectedVersion": "$run_version"}},
            keep={"status": "confirmBatchRun.batchRun.status", "total": "confirmBatchRun.batchRun.amountToPay"},
            expect={
                "confirmBatchRun.batchRun.status": "CONFIRMED",
                "confirmBatchRun.batchRun.amountToPay": "25010.00",
            },
            says="The run is {status}: TZS {total} are to be paid.",
        ),
        Step(
            title="The facilities' statements",
            who="accountant",
            asks="What is each facility paid?",
            document="""query {
  facilityStatements(orderBy: [{field: AMOUNT_TO_PAY}]) {
    nodes {
      id healthFacility { name } claimCount claimed approved remunerated amountToPay paid
      claims { nodes { claim { code } remunerated } }
    }
  }
}""",
            variables={},
            keep={
                "first": "facilityStatements.nodes.0.id",
                "dispensary": "facilityStatements.nodes.0.healthFacility.name",
                "by_dispensary": "facilityStatements.nodes.0.claimed",
                "for_dispensary": "facilityStatements.nodes.0.amountToPay",
                "second": "facilityStatements.nodes.1.id",
                "hospital": "facilityStatements.nodes.1.healthFacility.name",
                "by_hospital": "facilityStatements.nodes.1.claimed",
                "for_hospital": "facilityStatements.nodes.1.amountToPay",
            },
            expect={
                "facilityStatements.nodes.0.amountToPay": "5010.00",
                "facilityStatements.nodes.1.amountToPay": "20000.00",
            },
            says="{dispensary} asked for TZS {by_dispensary} and gets TZS {for_dispensary}; "
            "{hospital} asked for TZS {by_hospital} and gets TZS {for_hospital}.",
        ),
        Step(
            title="The first payment",
            who="accountant",
            asks="He transfers the dispensary's money and records it.",
            document=documents.PAY,
            variables={"input": {"statementId": "$first", "amount": "$for_dispensary", "reference": "TISS 0001"}},
            keep={"paid": "recordFacilityPayment.facilityPayment.amount"},
            says="TZS {paid} went to {dispensary}.",
        ),
        Step(
            title="The second payment",
            who="accountant",
            asks="Then all that the hospital is to get.",
            document=documents.PAY,
            variables={"input": {"statementId": "$second", "reference": "TISS 0002"}},
            keep={"paid": "recordFacilityPayment.facilityPayment.amount"},
            expect={"recordFacilityPayment.facilityPayment.amount": "20000.00"},
            says="TZS {paid} went to {hospital}.",
        ),
        Step(
            title="The run is paid",
            who="treasurer",
            asks="The treasurer compares what was paid with what was to be paid.",
            document="query($id: ID!) { batchRun(id: $id) { status claimCount amountToPay paid } }",
            variables={"id": "$run"},
            keep={"status": "batchRun.status", "total": "batchRun.amountToPay", "paid": "batchRun.paid"},
            expect={"batchRun.status": "PAID", "batchRun.amountToPay": "25010.00", "batchRun.paid": "25010.00"},
            says="The run is {status}: TZS {paid} of TZS {total}.",
        ),
        Step(
            title="Back at the dispensary",
            who="claims",
            asks="The claim administrator looks at the claims she entered.",
            document="""query {
  claims(orderBy: [{field: CODE}]) { nodes { code status claimed approved remunerated paidOn } }
}""",
            variables={},
            keep={
                "value_1": "claims.nodes.0.remunerated",
                "value_2": "claims.nodes.1.remunerated",
                "value_3": "claims.nodes.2.remunerated",
                "paid_on": "claims.nodes.2.paidOn",
            },
            expect={
                "claims.nodes.0.status": "PAID",
                "claims.nodes.1.status": "PAID",
                "claims.nodes.2.status": "PAID",
                "claims.nodes.0.remunerated": "2140.00",
                "claims.nodes.1.remunerated": "1750.00",
                "claims.nodes.2.remunerated": "1120.00",
            },
            says="All three are paid since {paid_on}: TZS {value_1}, {value_2} and {value_3}.",
        ),
    ),
)
