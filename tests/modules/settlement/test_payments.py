import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from core.history import HistoryRow
from modules.claim.testing import make_clinic
from modules.policy.testing import make_policy
from modules.product.testing import make_product
from modules.settlement.models import Adjustment, Payment, RunClaim
from modules.settlement.testing import listed, make_batch_run, relative
from tests.modules.settlement.scheme import START, Scheme, codes, nodes

STATUS = "query($id: ID!) { batchRun(id: $id) { status paid version } }"
ADJUSTED = "paymentAdjustment { amount reason statement { id } claim { code } }"


async def run_status(scheme: Scheme, run: dict[str, Any]) -> dict[str, Any]:
    answer = await scheme.api(STATUS, {"id": run["id"]}, actor=scheme.accountant)
    found: dict[str, Any] = answer.data["batchRun"]
    return found


async def test_a_payment_makes_the_claims_of_the_facility_paid(scheme: Scheme) -> None:
    other = await make_clinic(scheme.session, scheme.district)
    first, second = await scheme.claim(listed(500)), await scheme.claim(listed(70), clinic=other)
    run = await scheme.confirmed()
    statements = {each["healthFacility"]["code"]: each for each in nodes(run)}
    paid = await scheme.pay(statements[scheme.clinic.facility.code], paidOn="2026-07-03")
    assert paid["facilityPayment"]["amount"] == "500.00"
    assert paid["facilityPayment"]["statement"] == {
        "paid": "500.00", "paidOn": "2026-07-03", "batchRun": {"status": "CONFIRMED"}
    }  # fmt: skip
    assert [(seen["status"], seen["paidOn"]) for seen in [await scheme.look(first), await scheme.look(second)]] == [
        ("PAID", "2026-07-03"), ("VALUATED", None)
    ]  # fmt: skip
    assert (await scheme.pay(statements[other.facility.code], "T2"))["errors"] == []
    assert (await scheme.look(second))["status"] == "PAID"
    assert (await run_status(scheme, run))["status"] == "PAID"
    assert await scheme.session.scalar(select(func.sum(Payment.amount))) == Decimal(run["amountToPay"])


async def test_a_statement_can_be_paid_in_parts(scheme: Scheme) -> None:
    claim = await scheme.claim(listed(500))
    [statement] = nodes(await scheme.confirmed())
    assert (await scheme.pay(statement, "T1", amount="200"))["facilityPayment"]["statement"]["paidOn"] is None
    assert (await scheme.look(claim))["status"] == "VALUATED"
    assert codes(await scheme.pay(statement, "T2", amount="300.01")) == [("MORE_THAN_DUE", "amount")]
    assert (await scheme.pay(statement, "T2"))["facilityPayment"]["amount"] == "300.00"
    assert (await scheme.look(claim))["status"] == "PAID"


async def test_nothing_is_paid_twice(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    [statement] = nodes(await scheme.confirmed())
    both = await asyncio.gather(scheme.pay(statement, "T1"), scheme.pay(statement, "T2", who=scheme.colleague))
    assert sorted(str(codes(payload)) for payload in both) == ["[('STATEMENT_PAID', 'statementId')]", "[]"]
    assert await scheme.session.scalar(select(func.sum(Payment.amount))) == 500


async def test_a_reference_is_used_once(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    [statement] = nodes(await scheme.confirmed())
    assert (await scheme.pay(statement, " T1 ", amount="1"))["facilityPayment"]["reference"] == "T1"
    assert codes(await scheme.pay(statement, "T1", amount="1")) == [("TAKEN", "reference")]
    one, other = await asyncio.gather(scheme.pay(statement, "T2", amount="1"), scheme.pay(statement, "T2", amount="1"))
    assert sorted((len(one["errors"]), len(other["errors"]))) == [0, 1]
    assert [*codes(one), *codes(other)] == [("TAKEN", "reference")]


@pytest.mark.parametrize(
    ("input", "expected"),
    [
        ({"amount": "0"}, [("NEGATIVE", "amount")]),
        ({"amount": "-1"}, [("NEGATIVE", "amount")]),
        ({"paidOn": "2026-07-06"}, [("DATE_IN_FUTURE", "paidOn")]),
        ({"reference": " "}, [("REQUIRED", "reference")]),
        ({"reference": "T" * 51}, [("TOO_LONG", "reference")]),
    ],
)
async def test_a_payment_that_makes_no_sense_is_refused(scheme: Scheme, input: Any, expected: Any) -> None:
    await scheme.claim(listed(500))
    [statement] = nodes(await scheme.confirmed())
    assert codes(await scheme.pay(statement, **input)) == expected


async def test_nothing_is_paid_before_the_run_is_confirmed(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    [statement] = nodes(await scheme.run())
    assert codes(await scheme.pay(statement)) == [("RUN_NOT_CONFIRMED", "statementId")]


async def test_nothing_is_paid_of_a_run_that_was_undone(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    run = await scheme.confirmed()
    await scheme.undo(run)
    assert codes(await scheme.pay(nodes(run)[0])) == [("NOT_FOUND", "statementId")]


async def test_a_run_is_not_undone_once_anything_was_paid_decision_33(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    run = await scheme.confirmed()
    [statement] = nodes(run)
    await scheme.pay(statement, "T1", amount="1")
    assert codes(await scheme.undo(run)) == [("PAYMENTS_RECORDED", "id")]
    await scheme.pay(statement, "T2")
    now = await run_status(scheme, run)
    assert (now["status"], now["paid"]) == ("PAID", "500.00")
    assert codes(await scheme.undo({**run, "version": now["version"]})) == [("PAYMENTS_RECORDED", "id")]


async def test_claims_that_come_to_nothing_are_paid_with_the_run(scheme: Scheme) -> None:
    other = await make_clinic(scheme.session, scheme.district)
    nothing, something = await scheme.claim(listed(0), clinic=other), await scheme.claim(listed(500))
    run = await scheme.confirmed()
    assert (await scheme.look(nothing))["status"] == "VALUATED"
    [statement] = [each for each in nodes(run) if each["amountToPay"] != "0.00"]
    await scheme.pay(statement)
    assert [(await scheme.look(claim))["status"] for claim in (nothing, something)] == ["PAID", "PAID"]
    [empty] = [each for each in nodes(run) if each["amountToPay"] == "0.00"]
    assert codes(await scheme.pay(empty, "T2")) == [("STATEMENT_PAID", "statementId")]


async def test_a_run_without_anything_to_pay_is_paid_when_it_is_confirmed(scheme: Scheme) -> None:
    assert (await scheme.confirmed())["status"] == "PAID"


async def test_paid_claims_are_in_no_further_run(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    [statement] = nodes(await scheme.confirmed())
    await scheme.pay(statement)
    assert (await scheme.run(6))["claimCount"] == 0


async def test_the_database_refuses_what_a_product_pays_of_a_claim_in_two_runs(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    await scheme.run()
    settled = (await scheme.session.scalars(select(RunClaim))).one()
    again = await make_batch_run(scheme.session, scheme.region)
    scheme.session.add(
        RunClaim(
            run_id=again.id, statement_id=settled.statement_id, claim_id=settled.claim_id,
            product_id=settled.product_id, valuated=settled.valuated, remunerated=settled.remunerated,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="uq_settlement_run_claim_current"):
        await scheme.session.flush()


async def test_the_last_payments_of_two_places_at_once_make_their_claim_paid(scheme: Scheme, actor: Any) -> None:
    national = await make_product(scheme.session)
    other = await make_policy(scheme.session, scheme.family, national, starts_on=START)
    claim = await scheme.claim(listed(500), listed(7, other))
    headquarters, colleague = actor("ACCOUNTANT"), actor("ACCOUNTANT")
    of_nation = (await scheme.confirm(await scheme.run(who=headquarters, locationId=None), colleague))["batchRun"]
    statements = [nodes(of_nation)[0], nodes(await scheme.confirmed())[0]]
    paid = await asyncio.gather(*(scheme.pay(each, f"T{at}", who=headquarters) for at, each in enumerate(statements)))
    assert [codes(each) for each in paid] == [[], []]
    assert (await scheme.look(claim))["status"] == "PAID"


async def paid_claim(scheme: Scheme, amount: int = 500) -> Any:
    """A claim of May that was paid."""
    claim = await scheme.claim(listed(amount))
    [statement] = nodes(await scheme.confirmed())
    assert (await scheme.pay(statement, f"P{amount}"))["errors"] == []
    return claim


async def test_a_correction_after_payment_is_a_line_of_the_next_run_decision_33(scheme: Scheme) -> None:
    claim = await paid_claim(scheme)
    given = {"claimId": claim.id, "amount": "-120.50", "reason": "Counted twice"}
    noted = await scheme.send("recordAdjustment", ADJUSTED, **given)
    assert noted["paymentAdjustment"] == {
        "amount": "-120.50", "reason": "Counted twice", "statement": None, "claim": {"code": claim.code}
    }  # fmt: skip
    await scheme.claim(listed(1000), on=date(2026, 6, 2))
    preview = await scheme.preview(6)
    june = await scheme.run(6)
    [statement] = nodes(june)
    assert [statement[name] for name in ("remunerated", "adjustments", "amountToPay")] == [
        "1000.00",
        "-120.50",
        "879.50",
    ]
    assert (preview["adjustments"], june["adjustments"]) == ("-120.50", "-120.50")
    document = "{ facilityStatements { nodes { adjustmentLines { amount claim { code } } } } }"
    answer = await scheme.api(document, actor=scheme.accountant)
    assert answer.data["facilityStatements"]["nodes"][0]["adjustmentLines"] == [
        {"amount": "-120.50", "claim": {"code": claim.code}}
    ]


async def test_a_correction_that_a_statement_cannot_bear_waits(scheme: Scheme) -> None:
    claim = await paid_claim(scheme)
    for amount in ("-300", "50"):
        await scheme.send("recordAdjustment", ADJUSTED, claimId=claim.id, amount=amount, reason="Wrong price")
    await scheme.claim(listed(100), on=date(2026, 6, 2))
    june = await scheme.run(6)
    assert (june["adjustments"], june["amountToPay"]) == ("50.00", "150.00")
    assert (await scheme.undo(june))["errors"] == []
    await scheme.claim(listed(200), on=date(2026, 6, 3))
    again = await scheme.run(6)
    assert (again["adjustments"], again["amountToPay"]) == ("-250.00", "50.00")
    left = select(func.count()).select_from(Adjustment).where(Adjustment.statement_id.is_(None))
    assert await scheme.session.scalar(left) == 0


@pytest.mark.parametrize(
    ("input", "expected"),
    [
        ({"amount": "0"}, [("REQUIRED", "amount")]),
        ({"reason": " "}, [("REQUIRED", "reason")]),
        ({"reason": "x" * 201}, [("TOO_LONG", "reason")]),
    ],
)
async def test_a_correction_has_an_amount_and_a_reason(scheme: Scheme, input: Any, expected: Any) -> None:
    claim = await paid_claim(scheme)
    given = {"claimId": claim.id, "amount": "5", "reason": "Wrong price", **input}
    assert codes(await scheme.send("recordAdjustment", ADJUSTED, **given)) == expected


async def test_only_paid_claims_are_corrected(scheme: Scheme) -> None:
    claim = await scheme.claim(listed(500))
    given: dict[str, Any] = {"claimId": claim.id, "amount": "5", "reason": "Wrong price"}
    assert codes(await scheme.send("recordAdjustment", ADJUSTED, **given)) == [("NOT_FOUND", "claimId")]
    await scheme.confirmed()
    assert codes(await scheme.send("recordAdjustment", ADJUSTED, **given)) == [("CLAIM_NOT_PAID", "claimId")]


async def test_every_step_is_in_the_history(scheme: Scheme) -> None:
    await scheme.pay_premium(36_500)
    await scheme.claim(relative(500))
    run = await scheme.confirmed()
    steps = select(HistoryRow.action, HistoryRow.actor_id).where(HistoryRow.row_id == text(f"'{run['id']}'"))
    rows = (await scheme.session.execute(steps.order_by(HistoryRow.id))).all()
    assert [tuple(row) for row in rows] == [("I", scheme.accountant.id), ("U", scheme.colleague.id)]
