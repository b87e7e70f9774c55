"""What the doctor tells."""

from dataclasses import dataclass

FINE, ODD, WRONG = "fine", "odd", "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `level` is FINE, ODD (it runs, but look at it) or WRONG (it must be mended)."""

    what: str
    level: str
    found: str
    advice: str = ""
