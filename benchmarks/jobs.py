"""A worker in a process of its own: it runs the jobs that wait in a database, and says what that took.

`python -m benchmarks.jobs ADDRESS` prints the figures as JSON, for the benchmark that ordered the jobs.
"""

import asyncio
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from benchmarks.frame import ROOT, Bench, Stopwatch, memory
from core.garbage import OF_JOBS, spare_what_is_loaded
from core.host import Host
from core.settings import load_settings
from core.worker import worker

PAUSE = 0.1
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Worked:
    """What running the jobs took: seconds, seconds computed by the worker and by PostgreSQL, and the most memory, in
    MB, that the worker had had after a fifth of the time and at the end."""

    wall: float
    cpu: float
    database: float
    memory_begun: float
    memory: float


def run_jobs(bench: Bench, url: str) -> Worked:
    """Run what waits in the database's queue."""
    before = bench.database_seconds()
    command = [sys.executable, "-m", "benchmarks.jobs", url]
    told = orjson.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    return Worked(**told, database=bench.database_seconds() - before)


async def _work(url: str) -> dict[str, float]:
    watch, seen = Stopwatch(), [memory()]

    async def look() -> None:
        while True:
            seen.append(memory())
            await asyncio.sleep(PAUSE)

    with tempfile.TemporaryDirectory() as data:
        host = Host(load_settings(ROOT, {}, data_dir=Path(data))).on(url)
        await host.start()
        spare_what_is_loaded(OF_JOBS)
        with watch.running():
            looking = asyncio.create_task(look())
            await worker(host, wait=False, signals=False)
            looking.cancel()
        await host.stop()
    return {**asdict(watch), "memory_begun": seen[len(seen) // 5], "memory": memory()}


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(asyncio.run(_work(sys.argv[1]))))
