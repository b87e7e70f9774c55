"""The worker: takes ordered jobs and runs them, orders the scheduled ones, and picks up what a killed worker left."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.jobs import Status
from procrastinate.periodic import PeriodicTask
from procrastinate.tasks import ConfigureTaskOptions, Task

from core import clock, logs
from core.context import SYSTEM, Context
from core.db import new_id
from core.history import sign
from core.jobs import ORDER, queue_of, to_json, typed
from core.module import Job
from core.notes import Note
from core.tracing import traced

if TYPE_CHECKING:
    from core.host import Host

log = logging.getLogger("bima.jobs")

CONCURRENCY = 4
"""Jobs that one worker runs at a time."""
MOST_CONNECTIONS = CONCURRENCY + 2
"""Connections of a worker beside those of its `Database`: to take and end jobs, and one that listens for them."""
TRIES = 8
"""After these a job is given up. They wait 3, 9, 27 ... seconds between them, 2 hours 44 minutes in all."""
CATCH_UP = 25 * 3600
"""Seconds: a daily job whose hour passed while nothing ran, through a power cut say, runs when the worker is back."""
STALLED = 60
"""Seconds without a sign of life after which a worker counts as dead."""
KEEP_HOURS = 30 * 24
"""Hours that finished jobs are kept for those who ask how theirs went."""
GRACE = 20
"""Seconds that running jobs get to finish when the worker is stopped; those that do not are run again later."""

_RETRY = RetryStrategy(max_attempts=TRIES, exponential_wait=3)


async def worker(host: "Host", *, wait: bool = True, signals: bool = True) -> None:
    """Run the jobs of a host until told to stop, or, without `wait`, until none is due and those begun are finished.

    `signals`: stop on SIGINT and SIGTERM; not where a server minds them already.
    """
    app = job_app(host)
    async with app.open_async():
        await app.run_worker_async(
            queues=sorted({task.queue for task in app.tasks.values()}),
            concurrency=CONCURRENCY,
            wait=wait,
            install_signal_handlers=signals,
            shutdown_graceful_timeout=GRACE if wait else None,  # type: ignore[arg-type] # None: as long as they take
            stalled_worker_timeout=STALLED,
        )


def job_app(host: "Host") -> App:
    """Procrastinate's view of the host: every job a task, every schedule in the scheme's time zone."""
    connector = PsycopgConnector(
        json_dumps=to_json,
        conninfo=host.db.url,
        min_size=1,
        max_size=CONCURRENCY + 1,
        kwargs={"prepare_threshold": 5 if host.settings.prepare_statements else None},
    )
    app = App(connector=connector, periodic_defaults={"max_delay": CATCH_UP})
    zone = host.settings.timezone
    for job in host.jobs:
        task = app.task(name=job.name, queue=queue_of(job.name), retry=_RETRY, pass_context=True)(_runner(host, job))
        if job.cron:
            # The lock keeps a long run and the next one apart. No queueing lock: a retry could collide with it.
            _schedule(app, task, job.cron, zone, {"lock": job.name})
    for name, run, cron in (("core.retry_stalled", _retry_stalled, "* * * * *"), ("core.sweep", _sweep, "30 3 * * *")):
        task = app.task(name=name, queue=queue_of(name), pass_context=True)(run)
        # No lock: a killed worker would hold it, and nobody could ever clean up after it.
        _schedule(app, task, cron, zone, {"queueing_lock": name})
    return app


def _schedule(app: App, task: Task[Any, Any, Any], cron: str, zone: ZoneInfo, locks: ConfigureTaskOptions) -> None:
    periodic: PeriodicTask[Any, Any, Any] = app.periodic_registry.register_task(task, cron, "", locks)
    # Schedules are read in the zone of the moment that the iterator was set to last; procrastinate sets it to floats.
    periodic.croniter.set_current(clock.now().astimezone(zone))


def _runner(host: "Host", job: Job) -> Callable[..., Awaitable[None]]:
    async def run(context: JobContext, timestamp: int = 0, **arguments: Any) -> None:
        await _run(host, job, arguments)

    return run


async def _run(host: "Host", job: Job, arguments: dict[str, Any]) -> None:
    order = arguments.pop(ORDER, {})
    clock.use_zone(host.settings.timezone)
    note = Note(order.get("id") or str(new_id()), order.get("account"))
    token = logs.current.set(note)
    began = time.perf_counter()
    with traced(job.name, note, order.get("traceparent"), "CONSUMER"):
        try:
            async with host.db.session() as session:
                ctx = Context(host, SYSTEM, request_id=note.request_id, _session=session)
                await sign(session, ctx)
                await job.run(ctx, **typed(job, arguments))
        except Exception:
            note.answer = "INTERNAL"
            log.warning("job %s failed", job.name, exc_info=True, extra=_fields(job, "failed", began))
            raise
        else:
            log.info("job %s done", job.name, extra=_fields(job, "done", began))
        finally:
            logs.current.reset(token)


def _fields(job: Job, status: str, began: float) -> dict[str, Any]:
    milliseconds = round((time.perf_counter() - began) * 1000, 1)
    return {logs.FIELDS: {"job": job.name, "status": status, "duration_ms": milliseconds}}


async def _retry_stalled(context: JobContext, timestamp: int) -> None:
    """Put the jobs of killed workers back into the queue; one that killed worker after worker is given up."""
    manager = context.app.job_manager
    await manager.prune_stalled_workers(STALLED)
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        if job.attempts >= TRIES:
            log.error("job %s %s was left by killed workers too often and is given up", job.task_name, job.id)
            await manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            log.warning("job %s %s was left by a killed worker and is run again", job.task_name, job.id)
            await manager.retry_job(job)


async def _sweep(context: JobContext, timestamp: int) -> None:
    await context.app.job_manager.delete_old_jobs(
        KEEP_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
