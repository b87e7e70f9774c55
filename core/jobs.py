"""Work outside requests: jobs wait in the same PostgreSQL and are written in the transaction that orders them.

A job that is committed runs at least once, so it may run twice: after a crash, after a failure, after a retry. `run`
must therefore look at what is there before it acts.
"""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core import tracing
from core.context import Context
from core.db import new_id
from core.module import Job

if TYPE_CHECKING:
    from procrastinate.manager import JobManager

    from core.host import Host

ORDER = "bima_order"
"""The argument, kept from `run`, in which an order carries its id, who gave it and how far it came."""


class JobState(Enum):
    """How an order for a job stands.

    WAITING: it waits for a worker, or for its next try. RUNNING: a worker is at it. SUCCEEDED: it is done. FAILED:
    it was tried again and again and given up; the log tells why. CANCELLED: it was called off.
    """

    WAITING = "todo"
    RUNNING = "doing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


def queue_of(name: str) -> str:
    """The queue in which orders for a job wait, its module's own: a worker leaves those of absent modules alone."""
    return name.partition(".")[0]


@dataclass(frozen=True)
class JobStatus:
    """How far an ordered job is: `progress` in per cent, 0 to 100; `account_id` is who ordered it."""

    id: UUID
    status: JobState
    progress: int
    account_id: UUID | None = None


async def defer(ctx: Context, name: str, **arguments: Any) -> UUID:
    """Order a job in the transaction under way: it runs once that is committed, and never if it is not.

    Arguments travel as JSON; `run` gets them back as the types it is annotated with. Give ids rather than what they
    stand for: arguments may end up in the log.

    Returns:
        The order's id, for `job_status`.

    Raises:
        LookupError: no enabled module has a job of this name.
        TypeError: an argument that the job's `run` does not take, or lacks.
    """
    from procrastinate.jobs import Job as Order

    job = find_job(ctx.host, name)
    inspect.signature(job.run).bind(ctx, **arguments)
    id = new_id()
    order: Any = {"id": id, "account": ctx.actor.id, "progress": 0}
    if traceparent := tracing.parent():
        order["traceparent"] = traceparent
    await _manager().defer_job_async(
        Order(
            id=None,
            queue=queue_of(name),
            lock=None,
            queueing_lock=None,
            task_name=name,
            task_kwargs={**arguments, ORDER: order},
        ),
        connection=await ctx.connection(),
    )
    return id


async def job_status(session: AsyncSession, id: UUID) -> JobStatus | None:
    """How the order with this id stands; None when there is none, or it was finished and swept away."""
    row = (await session.execute(_STATUS, {"id": str(id)})).one_or_none()
    if row is None:
        return None
    order = row.args[ORDER]
    state = JobState("cancelled" if row.status == "aborted" else row.status)
    progress = 100 if state is JobState.SUCCEEDED else order["progress"]
    return JobStatus(id, state, progress, order["account"] and UUID(order["account"]))


async def report_progress(ctx: Context, percent: int) -> None:
    """Tell those who wait for the job under way how far it is, 0 to 100; seen at once, before the job commits."""
    async with ctx.host.db.readers.connection() as connection:
        await connection.execute(_PROGRESS, {"id": ctx.request_id, "percent": percent})


def schema_sql() -> str:
    """The SQL that makes the tables of the job queue: procrastinate's own, and the index that finds an order by id."""
    from procrastinate.schema import SchemaManager

    return f"{SchemaManager.get_schema()}\n{_INDEX}"


def find_job(host: "Host", name: str) -> Job:
    """The job of this name among the enabled modules'.

    Raises:
        LookupError: there is none.
    """
    for job in host.jobs:
        if job.name == name:
            return job
    known = ", ".join(sorted(job.name for job in host.jobs)) or "none"
    raise LookupError(f'no enabled module has a job "{name}"; there is {known}')


def typed(job: Job, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A job's arguments out of JSON, as the types that its `run` is annotated with."""
    parameters = inspect.signature(job.run, eval_str=True).parameters
    return {name: _typed(parameters[name].annotation, value) for name, value in arguments.items()}


def _typed(kind: Any, value: Any) -> Any:
    return value if kind is inspect.Parameter.empty else TypeAdapter(kind).validate_python(value)


def to_json(value: Any) -> str:
    """JSON for the queue: UUIDs, dates and times as text, and `Decimal` too, so that money stays exact."""
    return orjson.dumps(value, default=str).decode()


def _manager() -> "JobManager":
    # A server that no request gives an order does without procrastinate: 2 MB, and 20 ms of its start.
    from procrastinate import PsycopgConnector
    from procrastinate.manager import JobManager

    return JobManager(PsycopgConnector(json_dumps=to_json))


_ID = f"args #>> '{{{ORDER},id}}'"
_INDEX = f"CREATE INDEX procrastinate_jobs_{ORDER} ON procrastinate_jobs (({_ID}));"
_STATUS = text(f"SELECT status::text, args FROM procrastinate_jobs WHERE {_ID} = :id")
_PROGRESS: Any = f"""
    UPDATE procrastinate_jobs SET args = jsonb_set(args, '{{{ORDER},progress}}', to_jsonb(%(percent)s::int))
    WHERE {_ID} = %(id)s
"""
