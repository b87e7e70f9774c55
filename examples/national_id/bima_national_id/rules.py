"""What a look-up says of a person, and when the register is left in peace. Pure, no database, no network."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """What came of a look-up."""

    MATCHES = "MATCHES"
    """The register knows the number, and it is this person's."""
    DIFFERS = "DIFFERS"
    """The register knows the number, and something is not as registered here."""
    UNKNOWN = "UNKNOWN"
    """The register does not know the number."""
    REFUSED = "REFUSED"
    """The register refuses to answer us: an administrator must look at the settings."""


@dataclass(frozen=True)
class Identity:
    """Who somebody is."""

    last_name: str
    other_names: str
    birth_date: date


def differences(here: Identity, there: Identity) -> tuple[str, ...]:
    """The names of what differs, as the API calls it. Case, accents, hyphens and the order of names do not count."""
    found = []
    if _words(here.last_name) != _words(there.last_name):
        found.append("lastName")
    if not _words(here.other_names) <= _words(there.other_names):
        found.append("otherNames")
    if here.birth_date != there.birth_date:
        found.append("birthDate")
    return tuple(found)


def verdict(here: Identity, there: Identity | None) -> tuple[Verdict, tuple[str, ...]]:
    """What the register's answer says of a person; None is somebody it does not know."""
    if there is None:
        return Verdict.UNKNOWN, ()
    found = differences(here, there)
    return (Verdict.DIFFERS if found else Verdict.MATCHES), found


def _words(name: str) -> frozenset[str]:
    plain = "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(each))
    return frozenset(plain.replace("-", " ").replace("'", "").split())


@dataclass
class Circuit:
    """Remembers failures in a row. When there are too many it is open: nobody asks until the rest is over."""

    failures: int
    rest: timedelta
    failed: int = 0
    rests_until: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the register rests. After the rest one asks, and a failure opens the circuit again at once."""
        return self.rests_until is not None and now < self.rests_until

    def succeed(self) -> None:
        """It answered."""
        self.failed, self.rests_until = 0, None

    def fail(self, now: datetime) -> None:
        """It did not."""
        self.failed += 1
        if self.failed >= self.failures:
            self.rests_until = now + self.rest
