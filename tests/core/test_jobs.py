"""Jobs: ordered in a transaction, run at least once, as Bima itself."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import SYSTEM, Actor, Context, Job, LookupRow, defer, new_id
from core.history import HistoryRow
from core.host import Host
from core.jobs import JobState, JobStatus, job_status, report_progress, typed
from core.worker import TRIES, job_app, worker

pytestmark = pytest.mark.profile("tests/core/bare.toml")

DAR = ZoneInfo("Africa/Dar_es_Salaam")


class Log(list[Any]):
    """What the jobs of a test did."""

    fails = False


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def working(host: Host, log: Log) -> Host:
    """A host with three jobs in a scheme in Dar es Salaam."""

    async def remind(
        ctx: Context, member_id: UUID, on: date, amount: Decimal, names: list[str], again: int = 1
    ) -> None:
        log.append((member_id, on, amount, names, again))

    async def write(ctx: Context, code: str) -> None:
        log.append((ctx.actor, ctx.request_id))
        ctx.session.add(LookupRow(kind="colour", code=code, names={}))
        await report_progress(ctx, 40)
        async with ctx.host.db.session() as session:
            log.append(await job_status(session, UUID(ctx.request_id)))
        if log.fails:
            raise RuntimeError("no")

    async def expire(ctx: Context) -> None:
        log.append("expired")

    host.jobs = (Job("t.remind", remind), Job("t.write", write), Job("t.expire", expire, cron="5 0 * * *"))
    host.settings = host.settings.model_copy(update={"timezone": DAR})
    return host


@pytest.fixture
def asking(working: Host, session: AsyncSession) -> Context:
    """Somebody in a transaction."""
    return Context(working, Actor(id=new_id()), _session=session)


async def work_off(host: Host) -> None:
    async with asyncio.timeout(20):
        await worker(host, wait=False, signals=False)


async def status(host: Host, id: UUID) -> JobStatus | None:
    async with host.db.session() as session:
        return await job_status(session, id)


async def sql(host: Host, statement: str, **values: Any) -> Any:
    async with host.db.session() as session:
        result: Any = await session.execute(text(statement), values)
        return result.all() if result.returns_rows else None


async def test_a_job_runs_once_its_transaction_is_committed(asking: Context, log: Log) -> None:
    id = await defer(asking, "t.write", code="RED")
    assert await status(asking.host, id) is None
    await asking.session.commit()
    assert await status(asking.host, id) == JobStatus(id, JobState.WAITING, 0, asking.actor.id)
    await work_off(asking.host)
    assert await status(asking.host, id) == JobStatus(id, JobState.SUCCEEDED, 100, asking.actor.id)
    rows = await sql(asking.host, "SELECT code FROM core_lookup WHERE kind = 'colour'")
    assert rows == [("RED",)]


async def test_a_job_of_a_transaction_that_is_rolled_back_never_runs(asking: Context, log: Log) -> None:
    await defer(asking, "t.write", code="RED")
    await asking.session.rollback()
    await work_off(asking.host)
    assert "RED" not in str(log)
    assert await sql(asking.host, "SELECT 1 FROM procrastinate_jobs WHERE task_name = 't.write'") == []


async def test_arguments_come_back_as_the_types_they_were(asking: Context, log: Log) -> None:
    member = new_id()
    await defer(
        asking, "t.remind", member_id=member, on=date(2024, 2, 29), amount=Decimal("10.10"), names=["Asha"], again=2
    )
    await asking.session.commit()
    await work_off(asking.host)
    assert (member, date(2024, 2, 29), Decimal("10.10"), ["Asha"], 2) in log


async def test_a_job_nobody_has_or_with_wrong_arguments_cannot_be_ordered(asking: Context) -> None:
    with pytest.raises(
        LookupError, match=r'no enabled module has a job "t.wipe"; there is t.expire, t.remind, t.write'
    ):
        await defer(asking, "t.wipe")
    with pytest.raises(TypeError, match="code"):
        await defer(asking, "t.write")
    with pytest.raises(TypeError, match="colour"):
        await defer(asking, "t.write", code="RED", colour="red")


async def test_a_job_runs_as_bima_itself_and_says_how_far_it_is(asking: Context, log: Log) -> None:
    id = await defer(asking, "t.write", code="RED")
    await asking.session.commit()
    await work_off(asking.host)
    assert (SYSTEM, str(id)) in log
    assert JobStatus(id, JobState.RUNNING, 40, asking.actor.id) in log


async def test_what_a_job_changes_is_in_the_history_under_its_id(asking: Context) -> None:
    id = await defer(asking, "t.write", code="RED")
    await asking.session.commit()
    await work_off(asking.host)
    [change] = (await asking.session.scalars(select(HistoryRow))).all()
    assert (change.actor_id, change.request_id) == (None, str(id))


async def test_a_job_that_fails_leaves_nothing_and_is_tried_again_later(asking: Context, log: Log) -> None:
    log.fails = True
    id = await defer(asking, "t.write", code="RED")
    await asking.session.commit()
    await work_off(asking.host)
    assert await sql(asking.host, "SELECT 1 FROM core_lookup WHERE kind = 'colour'") == []
    told = await status(asking.host, id)
    assert told is not None
    assert told.status is JobState.WAITING
    again = "SELECT attempts, scheduled_at > now() FROM procrastinate_jobs WHERE task_name = 't.write'"
    assert await sql(asking.host, again) == [(1, True)]
    log.fails = False
    await sql(asking.host, "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 't.write'")
    await work_off(asking.host)
    told = await status(asking.host, id)
    assert told is not None
    assert told.status is JobState.SUCCEEDED


async def test_a_job_that_never_succeeds_is_given_up(asking: Context, log: Log) -> None:
    log.fails = True
    id = await defer(asking, "t.write", code="RED")
    await asking.session.commit()
    await sql(asking.host, "UPDATE procrastinate_jobs SET attempts = :tries", tries=TRIES)
    await work_off(asking.host)
    assert await status(asking.host, id) == JobStatus(id, JobState.FAILED, 40, asking.actor.id)


async def leave_to_a_dead_worker(host: Host, attempts: int) -> None:
    dead = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id"
    [(worker_id,)] = await sql(host, dead)
    left = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker_id, attempts = :attempts"
    await sql(host, left, worker_id=worker_id, attempts=attempts)


async def retry_stalled(host: Host) -> None:
    app = job_app(host)
    async with app.open_async():
        await app.configure_task("core.retry_stalled").defer_async(timestamp=0)
    await work_off(host)


async def test_the_job_of_a_killed_worker_is_run_again(asking: Context) -> None:
    id = await defer(asking, "t.write", code="RED")
    await asking.session.commit()
    await leave_to_a_dead_worker(asking.host, 0)
    await retry_stalled(asking.host)
    await work_off(asking.host)
    told = await status(asking.host, id)
    assert told is not None
    assert told.status is JobState.SUCCEEDED


async def test_a_job_that_kills_worker_after_worker_is_given_up(asking: Context, log: Log) -> None:
    id = await defer(asking, "t.write", code="RED")
    await asking.session.commit()
    await leave_to_a_dead_worker(asking.host, TRIES)
    await retry_stalled(asking.host)
    await work_off(asking.host)
    assert await status(asking.host, id) == JobStatus(id, JobState.FAILED, 0, asking.actor.id)
    assert "RED" not in str(log)


async def test_schedules_are_read_in_the_schemes_time_zone(working: Host) -> None:
    periodic = job_app(working).periodic_registry.periodic_tasks["t.expire", ""]
    # As procrastinate asks: with a moment in seconds since 1970.
    periodic.croniter.set_current(datetime(2024, 3, 10, 12, 0, tzinfo=UTC).timestamp())
    due = datetime.fromtimestamp(periodic.croniter.get_prev(ret_type=float), DAR)
    assert due == datetime(2024, 3, 10, 0, 5, tzinfo=DAR)


async def test_a_daily_job_that_was_missed_runs_when_a_worker_is_back_and_only_once(working: Host, log: Log) -> None:
    for _ in range(3):
        await work_off(working)
    assert log.count("expired") == 1


async def test_jobs_finished_long_ago_are_swept_away(asking: Context) -> None:
    id = await defer(asking, "t.write", code="RED")
    await asking.session.commit()
    await work_off(asking.host)
    assert await status(asking.host, id) is not None
    await sql(asking.host, "UPDATE procrastinate_events SET at = now() - interval '31 days'")
    app = job_app(asking.host)
    async with app.open_async():
        await app.configure_task("core.sweep").defer_async(timestamp=0)
    await work_off(asking.host)
    assert await status(asking.host, id) is None


async def test_a_waiting_worker_hears_of_a_job_at_once_and_stops_when_told(asking: Context, log: Log) -> None:
    running = asyncio.create_task(worker(asking.host, signals=False))
    await until(lambda: "expired" in log)
    await defer(asking, "t.write", code="RED")
    await asking.session.commit()
    await until(lambda: SYSTEM in [entry[0] for entry in log if isinstance(entry, tuple)], seconds=3)
    running.cancel()
    async with asyncio.timeout(5):
        with suppress(asyncio.CancelledError):
            await running
    assert await sql(asking.host, "SELECT 1 FROM procrastinate_workers") == []


async def until(done: Callable[[], bool], seconds: float = 20) -> None:
    """Wait no longer than `seconds`; a worker looks by itself only every five."""
    for _ in range(int(seconds / 0.02)):
        if done():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it did not happen within {seconds} seconds")


@pytest.mark.profile("tanzania-chf")
async def test_every_job_on_a_schedule_runs_as_the_worker_runs_it(host: Host, ctx: Context) -> None:
    scheduled = [job for job in host.jobs if job.cron]
    assert {"core.audit.seal", "policy.prompt_renewals"} <= {job.name for job in scheduled}
    for job in host.jobs:
        typed(job, {})  # an annotation that nobody finds at run time fails here, not by night
    for job in scheduled:
        await job.run(ctx, **typed(job, {}))
