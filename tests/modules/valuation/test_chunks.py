"""More claims than go at a time: a job works through them in chunks, and may die at any moment and be run again."""

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, text

from core.host import Host
from core.jobs import find_job
from core.worker import _run as try_job
from core.worker import worker
from modules.claim.models import Claim
from modules.claim.rules import ClaimStatus
from modules.claim.services import ordering, selecting, submission
from modules.valuation.models import ClaimValue, LineValue, PolicyUsage
from modules.valuation.services import processing
from tests.modules.claim.world import CARE_ON
from tests.modules.valuation.scheme import Scheme

CLAIMS = 10
WORTH = Decimal(13_000)
JOB = "job { id status progress } results { id } errors { code }"
ROOT = Path(__file__).parents[3]
NAMES = {"submitClaims": "claim.submit", "processClaims": "valuation.process"}
DYING = """
import asyncio, os, signal, sys
from pathlib import Path
import orjson
from core.host import Host
from core.jobs import find_job
from core.settings import load_settings
from core.worker import _run
from modules.claim.services import ordering
from modules.valuation.services import processing

ordering.MOST_CLAIMS = 3
original, calls = processing._process, []

async def dying(ctx, claims, facts):
    await original(ctx, claims, facts)
    calls.append(claims)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

processing._process = dying

async def main():
    host = Host(load_settings(Path("."), {}, profile="tests/modules/valuation/scheme.toml")).on(sys.argv[1])
    await host.start()
    await _run(host, find_job(host, "valuation.process"), orjson.loads(sys.argv[2]))

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def three_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of three claims instead of a thousand."""
    for module in (ordering, selecting):
        monkeypatch.setattr(module, "MOST_CLAIMS", 3)


async def enter(scheme: Scheme) -> list[Claim]:
    """Ten claims of the insured patient, worth 13 000 each, on ten days; the ceiling pays nine of them."""
    await scheme.insure(ceiling_type="INSUREE", ceiling=9 * WORTH)
    return [await scheme.claim(on=CARE_ON - timedelta(days=day)) for day in range(CLAIMS)]


async def order(scheme: Scheme, mutation: str, by: Any) -> dict[str, Any]:
    """The payload of a bulk mutation of every claim of the clinic."""
    name = mutation[0].upper() + mutation[1:]
    answer = await scheme.api(
        f"mutation($input: {name}Input!) {{ {mutation}(input: $input) {{ {JOB} }} }}",
        {"input": {"filter": {"healthFacilityId": scheme.facility_id}}},
        actor=by,
    )
    assert not answer.errors, answer
    payload: dict[str, Any] = answer.data[mutation]
    return payload


async def submitted(scheme: Scheme, host: Host) -> None:
    """All ten claims, handed in by a job."""
    await enter(scheme)
    await order(scheme, "submitClaims", scheme.nurse())
    await worker(host, wait=False, signals=False)


async def counts(scheme: Scheme, status: ClaimStatus) -> tuple[int, ...]:
    """How many claims have the status, and how many values of lines, usages and values of claims there are."""
    await scheme.session.commit()
    claims = await scheme.session.scalar(select(func.count()).select_from(Claim).where(Claim.status == status))
    rest = [
        await scheme.session.scalar(select(func.count()).select_from(model))
        for model in (LineValue, PolicyUsage, ClaimValue)
    ]
    return claims or 0, *(each or 0 for each in rest)


async def check_totals(scheme: Scheme) -> None:
    """Every claim is valued once, every line and every usage is there once, and the ceiling is paid to the last cent."""
    assert await counts(scheme, ClaimStatus.VALUATED) == (CLAIMS, 5 * CLAIMS, CLAIMS, CLAIMS)
    sums = [
        await scheme.session.scalar(select(func.sum(column)))
        for column in (LineValue.price_valuated, PolicyUsage.remunerated, ClaimValue.valuated)
    ]
    assert sums == [9 * WORTH] * 3
    versions = (await scheme.session.scalars(select(Claim.version))).all()
    assert versions == [3] * CLAIMS  # entered, checked, valued: once each


async def test_more_claims_than_go_at_a_time_are_handed_in_and_valued_by_jobs_decision_34(
    scheme: Scheme, host: Host
) -> None:
    await enter(scheme)
    payload = await order(scheme, "submitClaims", scheme.nurse())
    assert (payload["results"], payload["job"]["status"], payload["job"]["progress"]) == ([], "WAITING", 0)
    assert await counts(scheme, ClaimStatus.ENTERED) == (CLAIMS, 0, 0, 0)
    await worker(host, wait=False, signals=False)
    assert (await counts(scheme, ClaimStatus.CHECKED))[0] == CLAIMS
    doctor = scheme.doctor()
    payload = await order(scheme, "processClaims", doctor)
    await worker(host, wait=False, signals=False)
    await check_totals(scheme)
    document = "query($id: ID!) { job(id: $id) { status progress } }"
    answer = await scheme.api(document, {"id": payload["job"]["id"]}, actor=doctor)
    assert answer.data["job"] == {"status": "SUCCEEDED", "progress": 100}


async def test_a_job_sees_the_claims_that_whoever_ordered_it_sees(scheme: Scheme, host: Host, actor: Any) -> None:
    await submitted(scheme, host)
    elsewhere = actor("MEDICAL_OFFICER", district=[scheme.patient.village_id])
    payload = await order(scheme, "processClaims", elsewhere)
    assert (payload["job"], payload["results"]) == (None, [])
    # Nobody values claims of a facility he works for, in a job either (decision 32).
    own = actor("MEDICAL_OFFICER", facility=[scheme.facility_id])
    assert (await order(scheme, "processClaims", own))["job"] is not None
    await worker(host, wait=False, signals=False)
    assert (await counts(scheme, ClaimStatus.CHECKED))[0] == CLAIMS


@pytest.mark.parametrize("mutation", ["submitClaims", "processClaims"])
async def test_a_job_that_fails_in_the_middle_goes_on_where_it_was(
    scheme: Scheme, host: Host, monkeypatch: pytest.MonkeyPatch, mutation: str
) -> None:
    if mutation == "submitClaims":
        await enter(scheme)
        await order(scheme, mutation, scheme.nurse())
        module: ModuleType = submission
    else:
        await submitted(scheme, host)
        await order(scheme, mutation, scheme.doctor())
        module = processing
    name = {"submitClaims": "_submit", "processClaims": "_process"}[mutation]
    original, calls = getattr(module, name), []

    async def failing(ctx: Any, claims: Any, *facts: Any) -> None:
        await original(ctx, claims, *facts)
        calls.append(len(claims))
        if len(calls) == 2:
            raise RuntimeError("the second chunk is lost after it was written, before it is committed")

    monkeypatch.setattr(module, name, failing)
    [arguments] = await _orders(scheme, mutation)
    with pytest.raises(RuntimeError, match="second chunk"):
        await _run(host, mutation, arguments)
    await _run(host, mutation, arguments)
    await _run(host, mutation, arguments)
    assert calls == [3, 3, 3, 3, 1]
    if mutation == "submitClaims":
        await order(scheme, "processClaims", scheme.doctor())
        monkeypatch.setattr(module, name, original)
        await _run(host, "processClaims", (await _orders(scheme, "processClaims"))[-1])
    await check_totals(scheme)


async def test_a_job_that_is_killed_in_the_middle_is_finished_by_another_run_decision_34(
    scheme: Scheme, host: Host, database_url: str
) -> None:
    await submitted(scheme, host)
    await order(scheme, "processClaims", scheme.doctor())
    arguments = (await _orders(scheme, "processClaims"))[-1]
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DYING, database_url, orjson.dumps(arguments).decode()],
        cwd=ROOT, check=False, capture_output=True, timeout=60,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done, *_ = await counts(scheme, ClaimStatus.VALUATED)
    assert done == 3
    await _run(host, "processClaims", arguments)
    await check_totals(scheme)


async def test_a_claim_that_is_valued_twice_at_once_is_valued_once(scheme: Scheme, host: Host) -> None:
    await submitted(scheme, host)
    await scheme.session.commit()
    ids = (await scheme.session.scalars(select(Claim.id).order_by(Claim.id).limit(3))).all()
    both = await asyncio.gather(scheme.process(*ids), scheme.process(*reversed(ids)))
    refused = sorted(error["code"] for results in both for result in results for error in result["errors"])
    assert refused == ["ILLEGAL_TRANSITION"] * 3
    for _ in range(2):
        await order(scheme, "processClaims", scheme.doctor())
    orders = await _orders(scheme, "processClaims")
    assert len(orders) == 2
    await asyncio.gather(*(_run(host, "processClaims", arguments) for arguments in orders))
    await check_totals(scheme)


async def _orders(scheme: Scheme, mutation: str) -> list[dict[str, Any]]:
    """The arguments of the jobs that a mutation ordered, the newest last."""
    await scheme.session.commit()
    wanted = text("SELECT args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id")
    return list((await scheme.session.scalars(wanted, {"name": NAMES[mutation]})).all())


async def _run(host: Host, mutation: str, arguments: dict[str, Any]) -> None:
    """One try of a job, as the worker makes it."""
    await try_job(host, find_job(host, NAMES[mutation]), dict(arguments))
