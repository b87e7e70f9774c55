"""What a server looks at to tell Prometheus: of its own process each second, of the database when it is asked."""

import asyncio
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from psycopg_pool import PoolTimeout

from core import sealing
from core.metrics import Metrics

if TYPE_CHECKING:
    from core.host import Host

EACH_SECONDS = 1.0
"""How often a process looks at itself."""
PROBE_SECONDS = 2.0
"""How long the database may take to tell; without an answer its metrics are left out."""

_JOBS = "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2"


async def watch(host: "Host", metrics: Metrics) -> None:
    """Look at this process for as long as the server runs."""
    gauges = Gauges(host, metrics)
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EACH_SECONDS
        await asyncio.sleep(EACH_SECONDS)
        metrics.loop_lag.observe(max(loop.time() - due, 0))
        gauges.look()


class Gauges:
    """What one process uses and keeps."""

    def __init__(self, host: "Host", metrics: Metrics) -> None:
        self.host = host
        self.metrics = metrics
        self._told: dict[str, float] = {}

    def look(self) -> None:
        """Take every gauge."""
        metrics, engine, db = self.metrics, self.host.schema.engine, self.host.db
        reading = db.readers
        writing: list[Any] = [db.engine.pool, db.engine_beside.pool]
        for pool, used, idle in (
            ("reading", reading.used, reading.idle),
            ("writing", sum(pool.checkedout() for pool in writing), sum(pool.checkedin() for pool in writing)),
        ):
            metrics.connections.labels(pool, "used").set(used)
            metrics.connections.labels(pool, "idle").set(idle)
        metrics.waiting.set(reading.waiting)
        metrics.documents_kept.set(engine.kept.documents)
        metrics.plans_kept.set(engine.kept.plans)
        metrics.plans.labels("kept").inc(self._more("kept", engine.plans_found))
        metrics.plans.labels("made").inc(self._more("made", engine.plans_made))
        metrics.cpu.inc(self._more("cpu", time.process_time()))
        metrics.memory.set(_resident())

    def _more(self, name: str, total: float) -> float:
        before = self._told.get(name, 0.0)
        self._told[name] = total
        return max(total - before, 0.0)


async def look_up(host: "Host") -> list[Metric]:
    """What the database knows: jobs by queue and state, and how far the seal is behind; nothing when it is gone."""
    jobs = GaugeMetricFamily("bima_jobs", "Jobs, by queue and state.", labels=["queue", "state"])
    rows = GaugeMetricFamily("bima_seal_lag_rows", "Rows of the history that are not sealed yet, at most.")
    seconds = GaugeMetricFamily("bima_seal_lag_seconds", "How old the oldest row is that is not sealed, in seconds.")
    try:
        async with asyncio.timeout(PROBE_SECONDS), host.db.readers.connection() as connection:
            for queue, state, count in await (await connection.execute(_JOBS)).fetchall():
                jobs.add_metric([queue, state], count)
            lag = await sealing.lag(connection)
    except (TimeoutError, PoolTimeout, psycopg.Error):
        return []
    rows.add_metric([], lag.rows)
    seconds.add_metric([], lag.seconds)
    return [jobs, rows, seconds]


def _resident() -> int:
    """The resident memory of this process, in bytes; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
