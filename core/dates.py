"""Calendar arithmetic the rules share: months clip to the month's end, ages count exact birthdays."""

from calendar import monthrange
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=10_000)
def add_months(day: date, months: int) -> date:
    """The day `months` calendar months later (or earlier), clipped: 31 January + 1 = 28 February (decision 12)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def age_on(birth_date: date, day: date) -> int:
    """Completed years on the day, by exact birthday (decision 10)."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
