import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from core import SYSTEM, Context, clock, new_id
from core.history import HistoryRow
from core.host import Host
from core.worker import worker
from modules.product.rules import IndexPeriod
from modules.settlement.models import RunClaim
from modules.settlement.services import Settlement, runs, writing
from modules.settlement.testing import listed, relative
from tests.modules.settlement.scheme import RUN, YEAR, Scheme, codes, make_scheme, nodes

BY_FACILITY = ("claimCount", "claimed", "approved", "valuated", "remunerated", "amountToPay")


async def test_a_run_pays_listed_prices_as_they_were_valued(scheme: Scheme) -> None:
    claim = await scheme.claim(listed(3000), listed("1500.50"))
    run = await scheme.run()
    assert (run["status"], run["claimCount"], run["amountToPay"], run["paid"]) == ("PREVIEW", 1, "4500.50", "0.00")
    assert run["location"] == {"code": scheme.region.code}
    assert run["runBy"] == str(scheme.accountant.id)
    [statement] = nodes(run)
    assert [statement[name] for name in BY_FACILITY] == [1, "4500.50", "4500.50", "4500.50", "4500.50", "4500.50"]
    assert await scheme.look(claim) == {
        "status": "VALUATED", "remunerated": "4500.50", "paidOn": None, "batchRun": {"id": run["id"]}
    }  # fmt: skip


async def test_a_run_pays_relative_prices_by_the_index_that_it_stores_with_its_inputs(scheme: Scheme) -> None:
    # 36 500 for the 365 days of 2026 are 3 100 for the 31 days of May: 31 per cent of what was valued.
    await scheme.pay_premium(36_500)
    await scheme.claim(relative(6000), listed(500))
    await scheme.claim(relative(4000))
    run = await scheme.run()
    assert run["indices"] == [
        {
            "careType": "BOTH", "period": "MONTH", "startsOn": "2026-05-01", "endsOn": "2026-05-31",
            "allocatedPremium": "3100.00", "distributionPercent": "100.0000", "denominator": "10000.00",
            "value": "0.3100", "product": {"code": scheme.product.code},
        }
    ]  # fmt: skip
    [statement] = nodes(run)
    assert [statement[name] for name in BY_FACILITY] == [2, "10500.00", "10500.00", "10500.00", "3600.00", "3600.00"]


async def test_nothing_is_final_before_another_account_confirms_decision_33(scheme: Scheme) -> None:
    await scheme.pay_premium(36_500)
    claim = await scheme.claim(relative(10_000), listed(500))
    run = await scheme.run()
    assert (await scheme.look(claim))["status"] == "PROCESSED"
    assert (await scheme.look(claim))["remunerated"] is None
    refused = await scheme.confirm(run, who=scheme.accountant)
    assert codes(refused) == [("SAME_ACCOUNT", "id")]
    assert (await scheme.look(claim))["status"] == "PROCESSED"
    confirmed = (await scheme.confirm(run))["batchRun"]
    assert (confirmed["status"], confirmed["confirmedBy"]) == ("CONFIRMED", str(scheme.colleague.id))
    seen = await scheme.look(claim)
    assert (seen["status"], seen["remunerated"]) == ("VALUATED", "3600.00")


async def test_a_run_is_confirmed_once(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    run = await scheme.run()
    confirmed = (await scheme.confirm(run))["batchRun"]
    assert codes(await scheme.confirm(run)) == [("STALE", "expectedVersion")]
    assert codes(await scheme.confirm(confirmed)) == [("ILLEGAL_TRANSITION", "id")]


async def test_the_same_month_twice_is_already_run_a25(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    await scheme.run()
    again = await scheme.try_run(who=scheme.colleague)
    assert (codes(again), again["batchRun"]) == ([("ALREADY_RUN", "month")], None)


async def test_the_same_national_month_twice_is_already_run(scheme: Scheme, actor: Any) -> None:
    headquarters = actor("ACCOUNTANT")
    await scheme.run(who=headquarters, locationId=None)
    assert codes(await scheme.try_run(who=headquarters, locationId=None)) == [("ALREADY_RUN", "month")]


async def test_an_id_that_another_month_s_run_has_is_taken(scheme: Scheme) -> None:
    first = await scheme.try_run()
    again = await scheme.try_run(month=4, id=first["batchRun"]["id"])
    assert (codes(again), again["batchRun"]) == ([("TAKEN", "id")], None)


async def test_of_two_runs_at_once_one_wins(scheme: Scheme) -> None:
    await scheme.claim(listed(500))
    both = await asyncio.gather(scheme.try_run(), scheme.try_run(who=scheme.colleague))
    assert sorted(map(str, map(codes, both))) == ["[('ALREADY_RUN', 'month')]", "[]"]
    assert await scheme.session.scalar(select(func.count()).select_from(RunClaim)) == 1


async def test_of_two_months_at_once_each_claim_is_in_one(scheme: Scheme) -> None:
    for amount in (500, 600):
        await scheme.claim(listed(amount))
    may, june = await asyncio.gather(scheme.try_run(5), scheme.try_run(6, who=scheme.colleague))
    assert (codes(may), codes(june)) == ([], [])
    assert sorted((may["batchRun"]["amountToPay"], june["batchRun"]["amountToPay"])) == ["0.00", "1100.00"]


async def test_a_preview_equals_the_run_and_writes_nothing(scheme: Scheme) -> None:
    await scheme.pay_premium(36_500)
    await scheme.claim(relative(6000), listed(500))
    await scheme.claim(relative("3333.33"))
    before = await scheme.session.scalar(select(func.count()).select_from(HistoryRow))
    preview = await scheme.preview()
    assert await scheme.session.scalar(select(func.count()).select_from(HistoryRow)) == before
    run = await scheme.run()
    statements = [
        {name: value for name, value in each.items() if name not in ("id", "paid", "paidOn")} for each in nodes(run)
    ]
    assert preview == {**{name: run[name] for name in preview}, "statements": statements}
    assert preview["claimCount"] == 2
    assert (await scheme.preview())["claimCount"] == 0


async def test_a_month_that_is_not_over_can_be_previewed_only(scheme: Scheme) -> None:
    await scheme.claim(listed(500), on=date(2026, 7, 2))
    assert codes(await scheme.try_run(7)) == [("MONTH_NOT_OVER", "month")]
    assert (await scheme.preview(7))["amountToPay"] == "500.00"
    with clock.at(datetime(2026, 7, 31, 22, tzinfo=UTC)):  # 1 August in Dar es Salaam
        assert (await scheme.run(7))["amountToPay"] == "500.00"


@pytest.mark.parametrize(("month", "year", "path"), [(0, YEAR, "month"), (13, YEAR, "month"), (5, 10_000, "year")])
async def test_a_month_there_is_not_is_unknown(scheme: Scheme, month: int, year: int, path: str) -> None:
    assert codes(await scheme.try_run(month, year=year)) == [("NO_SUCH_MONTH", path)]


async def test_late_claims_are_settled_by_the_next_run_and_later_ones_wait(scheme: Scheme) -> None:
    await scheme.run(4)
    await scheme.claim(listed(100), on=date(2026, 3, 3))
    await scheme.claim(listed(20), on=date(2026, 5, 31))
    await scheme.claim(listed(3), on=date(2026, 6, 1))
    assert (await scheme.run(5))["amountToPay"] == "120.00"
    assert (await scheme.run(6))["amountToPay"] == "3.00"


async def test_the_month_ends_at_midnight_where_the_scheme_is(scheme: Scheme) -> None:
    # 21:30 UTC on the last of May is half past midnight on 1 June in Dar es Salaam.
    await scheme.claim(listed(100), processed_at=datetime(2026, 5, 31, 20, 30, tzinfo=UTC))
    await scheme.claim(listed(20), processed_at=datetime(2026, 5, 31, 21, 30, tzinfo=UTC))
    assert (await scheme.run(5))["amountToPay"] == "100.00"


async def test_a_month_of_very_many_claims_is_settled_by_a_job_once_decision_34(
    scheme: Scheme, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_AT_ONCE", 2)
    for _ in range(3):
        await scheme.claim(listed(100))
    may: Any = {"locationId": scheme.region.id, "year": YEAR, "month": 5}
    orders = [await scheme.send("runBatch", f"batchRun {{ {RUN} }} job {{ id status }}", **may) for _ in range(2)]
    assert [(order["batchRun"], order["job"]["status"], order["errors"]) for order in orders] == [
        (None, "WAITING", [])
    ] * 2
    calls: list[UUID] = []

    async def failing(ctx: Context, run_id: UUID, settlement: Settlement) -> None:
        await writing.write(ctx, run_id, settlement)
        calls.append(run_id)
        if len(calls) == 1:
            raise RuntimeError("lost after it was written, before it is committed")

    monkeypatch.setattr(runs, "write", failing)
    given = runs.RunOrder(new_id(), scheme.region.id, YEAR, 5, scheme.accountant.id, "Accountant")
    ctx = Context(host, SYSTEM, request_id="test")
    with pytest.raises(RuntimeError, match="before it is committed"):
        await runs.run_ordered(ctx, given)
    assert await scheme.session.scalar(select(func.count()).select_from(RunClaim)) == 0
    await worker(host, wait=False, signals=False)
    assert len(calls) == 2
    document = f"query {{ batchRuns {{ nodes {{ {RUN} }} }} }}"
    [run] = (await scheme.api(document, actor=scheme.accountant)).data["batchRuns"]["nodes"]
    assert (run["status"], run["claimCount"], run["amountToPay"], run["runBy"]) == (
        "PREVIEW", 3, "300.00", str(scheme.accountant.id)
    )  # fmt: skip
    assert codes(await scheme.try_run()) == [("ALREADY_RUN", "month")]
    assert codes(await scheme.confirm(run, scheme.accountant)) == [("SAME_ACCOUNT", "id")]


async def test_a_run_that_is_undone_gives_its_claims_back_and_the_month_is_run_again(scheme: Scheme) -> None:
    await scheme.pay_premium(36_500)
    claim = await scheme.claim(relative(10_000), listed(500))
    run = await scheme.confirmed()
    undone = (await scheme.undo(run))["batchRun"]
    assert (undone["status"], undone["amountToPay"], nodes(undone)) == ("UNDONE", "0.00", [])
    assert await scheme.look(claim) == {"status": "PROCESSED", "remunerated": None, "paidOn": None, "batchRun": None}
    again = await scheme.confirmed()
    assert again["id"] != run["id"]
    assert [again[name] for name in ("indices", "amountToPay")] == [run[name] for name in ("indices", "amountToPay")]
    assert (await scheme.look(claim))["remunerated"] == "3600.00"
    assert codes(await scheme.undo(undone)) == [("ILLEGAL_TRANSITION", "id")]


async def test_undoing_before_confirming_leaves_listed_claims_as_they_were(scheme: Scheme) -> None:
    claim = await scheme.claim(listed(500))
    assert codes(await scheme.undo(await scheme.run())) == []
    assert await scheme.look(claim) == {
        "status": "VALUATED", "remunerated": "500.00", "paidOn": None, "batchRun": None
    }  # fmt: skip


async def test_a_quarterly_product_waits_for_the_end_of_the_quarter(session: Any, api: Any) -> None:
    scheme = await make_scheme(session, api, index_period=IndexPeriod.QUARTER)
    await scheme.claim(relative(1000))
    assert (await scheme.run(5))["claimCount"] == 0
    june = await scheme.run(6)
    assert (june["claimCount"], june["indices"][0]["startsOn"]) == (1, "2026-04-01")
