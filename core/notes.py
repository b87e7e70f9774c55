"""What is noted of a request while it is answered, for the log and the metrics: nothing that its sender wrote."""

from dataclasses import dataclass
from uuid import UUID

OK = "ok"
"""The answer without errors."""


@dataclass(slots=True)
class Note:
    """One request. `operation` is a label of `core.metrics.OperationNames`; empty where none was carried out."""

    request_id: str = ""
    account: UUID | None = None
    device: UUID | None = None
    """The session or the access key that was used."""
    kind: str = ""
    operation: str = ""
    answer: str = OK
    """`ok`, or the code of the first error."""
    statements: int = 0
    trace_id: str = ""
    """Where somebody traces."""
