"""A month that a job settles: killed in the middle nothing is seen of it, and run again, twice even, it is settled once."""

import asyncio
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, text

from core.host import Host
from core.jobs import find_job
from core.money import total
from core.worker import _run as try_job
from modules.settlement.models import BatchRun, FacilityStatement, RunClaim, RunLine
from modules.settlement.services import runs
from modules.settlement.testing import listed, relative
from tests.modules.settlement.scheme import MONTH, RUN, YEAR, Scheme, nodes

ROOT = Path(__file__).parents[3]
CLAIMS = 5
TABLES = (BatchRun, FacilityStatement, RunClaim, RunLine)
DYING = """
import asyncio, os, signal, sys
from pathlib import Path
import orjson
from core.host import Host
from core.jobs import find_job
from core.settings import load_settings
from core.worker import _run
from modules.settlement.models import RunLine
from modules.settlement.services import writing

original = writing._insert

async def dying(ctx, model, rows):
    if model is RunLine:
        os.kill(os.getpid(), signal.SIGKILL)
    await original(ctx, model, rows)

writing._insert = dying

async def main():
    host = Host(load_settings(Path("."), {})).on(sys.argv[1])
    await host.start()
    await _run(host, find_job(host, "settlement.run"), orjson.loads(sys.argv[2]))

asyncio.run(main())
"""


async def counts(scheme: Scheme) -> list[int]:
    """How many runs, statements, settled claims and lines there are."""
    await scheme.session.commit()
    return [await scheme.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


async def test_a_run_that_is_killed_in_the_middle_is_settled_by_the_next_try_once_decision_34(
    scheme: Scheme, host: Host, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_AT_ONCE", CLAIMS - 1)
    await scheme.pay_premium(36_500)  # 3100 of them are May's
    claims = [await scheme.claim(relative(1000), listed(7)) for _ in range(CLAIMS)]
    place: Any = {"locationId": scheme.region.id, "year": YEAR, "month": MONTH}
    ordered = await scheme.send("runBatch", "batchRun { id } job { id }", **place)
    assert (ordered["errors"], ordered["batchRun"]) == ([], None)
    arguments = await scheme.session.scalar(text("SELECT args FROM procrastinate_jobs"))
    killed = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DYING, database_url, orjson.dumps(arguments).decode()],
        cwd=ROOT, check=False, capture_output=True, timeout=120,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert await counts(scheme) == [0, 0, 0, 0]
    assert {(await scheme.look(claim))["status"] for claim in claims} == {"PROCESSED"}
    job = find_job(host, runs.RUN)
    await asyncio.gather(*(try_job(host, job, dict(arguments)) for _ in range(2)))
    await try_job(host, job, dict(arguments))
    assert await counts(scheme) == [1, 1, CLAIMS, CLAIMS]
    assert total(await scheme.session.scalars(select(RunLine.remunerated))) == 3100
    assert total(await scheme.session.scalars(select(RunClaim.remunerated))) == 3135
    run = await only_run(scheme)
    assert run["amountToPay"] == "3135.00"
    confirmed = await scheme.confirm(run)
    [statement] = nodes(confirmed["batchRun"])
    assert (await scheme.pay(statement))["facilityPayment"]["amount"] == "3135.00"
    seen = [await scheme.look(claim) for claim in claims]
    assert {claim["status"] for claim in seen} == {"PAID"}
    assert total(Decimal(claim["remunerated"]) for claim in seen) == 3135


async def only_run(scheme: Scheme) -> dict[str, Any]:
    """The one run that there is."""
    answer = await scheme.api(f"query {{ batchRuns {{ nodes {{ {RUN} }} }} }}", actor=scheme.accountant)
    [run] = answer.data["batchRuns"]["nodes"]
    found: dict[str, Any] = run
    return found
