"""What a story is made of: chapters that play on a day, and in them what somebody asks of the API.

A text of variables or expectations that begins with `$` stands for a value kept from an earlier answer. The teller
knows `$today`, the day of the chapter, and `$year` and `$month`, the month that is settled: the one before this one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from core.dates import add_months


@dataclass(frozen=True)
class Step:
    """One thing that somebody asks of the API.

    `keep`: names for values of the answer, by their paths below `data`. `expect`: what other paths must hold. `says`:
    the answer in plain words, with kept names in braces. `refused`: the code of the error that must come back.
    """

    title: str
    who: str
    asks: str
    document: str
    variables: Mapping[str, Any]
    says: str
    keep: Mapping[str, str] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True)
class Chapter:
    """Steps of one day. `day`: which one, told from the present day. `night`: the jobs that ran in the night before."""

    title: str
    opens: str
    day: Callable[[date], date]
    steps: tuple[Step, ...]
    night: tuple[str, ...] = ()


def a_year_before(today: date) -> date:
    """The first day of a policy of a year that ends with the present month."""
    return add_months(today.replace(day=1), -11)


def early(today: date) -> date:
    """A day early last month."""
    return last_day(today).replace(day=3)


def in_the_middle(today: date) -> date:
    """A day in the middle of last month."""
    return last_day(today).replace(day=15)


def last_day(today: date) -> date:
    """The last day of last month."""
    return today.replace(day=1) - timedelta(days=1)


def present(today: date) -> date:
    """The present day."""
    return today
