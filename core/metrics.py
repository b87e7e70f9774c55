"""What `/metrics` tells Prometheus, counted in plain dictionaries: each server process counts for itself."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import accumulate

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the latency buckets, in seconds."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.seconds: dict[str, list[int]] = {}
        self.total_seconds: defaultdict[str, float] = defaultdict(float)
        self.errors: Counter[str] = Counter()
        self.statements = 0

    def answered(self, path: str, status: int, seconds: float) -> None:
        """Count one answered request. `path` is a route's, never what a client typed: labels must stay few."""
        self.requests[path, status] += 1
        buckets = self.seconds.setdefault(path, [0] * (len(BUCKETS) + 1))
        buckets[bisect_left(BUCKETS, seconds)] += 1
        self.total_seconds[path] += seconds

    def failed(self, code: str) -> None:
        """Count one GraphQL answer that tells of errors, by the code of the first."""
        self.errors[code] += 1

    def text(self) -> str:
        """Everything in Prometheus' text format."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield from _heading("bima_requests_total", "counter", "Requests answered, by route and HTTP status.")
        for (path, status), count in sorted(self.requests.items()):
            yield f'bima_requests_total{{path="{path}",status="{status}"}} {count}'
        yield from _heading("bima_errors_total", "counter", "GraphQL answers with errors, by the first error's code.")
        for code, count in sorted(self.errors.items()):
            yield f'bima_errors_total{{code="{code}"}} {count}'
        yield from _heading("bima_statements_total", "counter", "SQL statements run to answer GraphQL requests.")
        yield f"bima_statements_total {self.statements}"
        yield from _heading("bima_request_seconds", "histogram", "How long requests took, in seconds, by route.")
        for path, buckets in sorted(self.seconds.items()):
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), accumulate(buckets), strict=True):
                yield f'bima_request_seconds_bucket{{path="{path}",le="{bound}"}} {count}'
            yield f'bima_request_seconds_sum{{path="{path}"}} {self.total_seconds[path]}'
            yield f'bima_request_seconds_count{{path="{path}"}} {sum(buckets)}'


def _heading(name: str, kind: str, help: str) -> tuple[str, str]:
    return f"# HELP {name} {help}", f"# TYPE {name} {kind}"
