"""What `/metrics` tells Prometheus. Several server processes of one machine answer together (decision 34).

Labels must stay few: a path is a route's, a code one of ours, the name of an operation one of a bounded number.
"""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from core.notes import OK, Note

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the latency buckets of routes and of the event loop, in seconds."""
FEWER_BUCKETS = (0.01, 0.05, 0.25, 1.0, 5.0)
"""Those of operations, of which there are many."""
MOST_NAMES = 200
"""Names of operations that are counted by themselves."""
OTHER, UNNAMED = "other", "unnamed"
TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that tells prometheus-client where processes that answer together keep their counts."""

_NUMBER = re.compile(r"\d{4}")

disable_created_metrics()  # type: ignore[no-untyped-call]


@contextmanager
def metrics_together() -> Iterator[None]:
    """The server processes that are started in this block answer `/metrics` together."""
    with tempfile.TemporaryDirectory(prefix="bima-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[TOGETHER] = folder
        try:
            yield
        finally:
            del os.environ[TOGETHER]


class OperationNames:
    """Which names of operations are told. Clients write them, so they are bounded, and none may hold a number.

    Where only trusted documents are answered, all of their names; else the first ones that accounts sent.
    """

    def __init__(self, *, trusted: bool) -> None:
        self.trusted = trusted
        self.known: set[str] = set()

    def label(self, name: str | None, *, signed_in: bool) -> str:
        """What an operation that was carried out is called: its name, `unnamed` or `other`."""
        if name is None:
            return UNNAMED
        if name in self.known:
            return name
        if not (self.trusted or (signed_in and len(self.known) < MOST_NAMES)) or _NUMBER.search(name):
            return OTHER
        self.known.add(name)
        return name


class Metrics:
    """The metrics of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter: Any = partial(Counter, registry=self.registry)
        gauge: Any = partial(Gauge, registry=self.registry, multiprocess_mode="livesum")
        histogram: Any = partial(Histogram, registry=self.registry)
        self._requests = counter("bima_requests", "Requests answered, by route and HTTP status.", ["path", "status"])
        self._seconds = histogram(
            "bima_request_seconds", "How long requests took, in seconds, by route.", ["path"], buckets=BUCKETS
        )
        self._errors = counter("bima_errors", "Answers with errors, by the first error's code.", ["code"])
        self._operations = counter(
            "bima_operations",
            "Operations answered, by name and by `ok` or the first error's code.",
            ["operation", "answer"],
        )
        self._operation_seconds = histogram(
            "bima_operation_seconds", "How long operations took, in seconds.", ["operation"], buckets=FEWER_BUCKETS
        )
        self.statements = counter("bima_statements", "SQL statements run to answer GraphQL requests.")
        self.plans = counter("bima_plans", "Plans of operations that were needed: `kept`, or `made` anew.", ["found"])
        self.plans_kept = gauge("bima_plans_kept", "Plans that are kept.")
        self.documents_kept = gauge("bima_documents_kept", "Documents that are kept.")
        self.connections = gauge(
            "bima_database_connections", "Connections to the database, by pool and whether `used`.", ["pool", "state"]
        )
        self.waiting = gauge("bima_database_waiting", "Requests that wait for a connection for reading.")
        self.loop_lag = histogram(
            "bima_event_loop_lag_seconds", "How late the event loop was, in seconds; looked at each second.",
            buckets=BUCKETS,
        )  # fmt: skip
        self.cpu = counter("bima_process_cpu_seconds", "Processor time used, in seconds.")
        self.memory = gauge(
            "bima_process_memory_bytes", "Memory that is resident, of each process.", multiprocess_mode="liveall"
        )
        self._kept: dict[tuple[Any, ...], tuple[Any, Any]] = {}

    def answered(self, path: str, status: int, note: Note, seconds: float) -> None:
        """Count one answered request. `path` is a route's, never what a client typed."""
        found = self._kept.get((path, status))
        if found is None:  # looking a child up by its labels takes longer than counting
            found = self._kept[path, status] = self._requests.labels(path, status), self._seconds.labels(path)
        found[0].inc()
        found[1].observe(seconds)
        if note.answer != OK:
            self._errors.labels(note.answer).inc()
        if note.operation:
            key = note.operation, note.answer, True
            found = self._kept.get(key)
            if found is None:
                name, answer = note.operation, note.answer
                found = self._operations.labels(name, answer), self._operation_seconds.labels(name)
                self._kept[key] = found
            found[0].inc()
            found[1].observe(seconds)
            if note.statements:
                self.statements.inc(note.statements)

    def text(self, looked_up: Iterable[Metric] = ()) -> str:
        """Everything in Prometheus' text format, with what was looked up for this answer."""
        registry = self.registry
        if folder := os.environ.get(TOGETHER):
            registry = CollectorRegistry()
            _forget_dead(Path(folder))
            MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        there = CollectorRegistry()
        there.register(_Found(looked_up))
        return (generate_latest(registry) + generate_latest(there)).decode()


class _Found:
    """What was looked up, as a collector."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def _forget_dead(folder: Path) -> None:
    """Processes that ended use nothing any more; what they counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
