"""Days in Bikram Sambat, from 1975 to 2100: 13 April 1918 to April 2044. What is stored stays Gregorian."""

import re
from datetime import date

import nepali_datetime

WRITTEN = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
FIRST, LAST = (day.to_datetime_date() for day in (nepali_datetime.date.min, nepali_datetime.date.max))


def in_nepali(day: date | None) -> nepali_datetime.date | None:
    """The day in Bikram Sambat; None where the calendar's tables do not reach."""
    if day is None or not FIRST <= day <= LAST:
        return None
    return nepali_datetime.date.from_datetime_date(day)


def written(day: date | None) -> str | None:
    """The day in Bikram Sambat as year-month-day, such as 2083-03-01."""
    found = in_nepali(day)
    return None if found is None else found.isoformat()


def read(text: str) -> date | None:
    """The Gregorian day of one written in Bikram Sambat; None if it is written otherwise or there is no such day."""
    parts = WRITTEN.fullmatch(text.strip())
    if parts is None:
        return None
    try:
        day: date = nepali_datetime.date(*map(int, parts.groups())).to_datetime_date()
    except ValueError:
        return None
    return day
