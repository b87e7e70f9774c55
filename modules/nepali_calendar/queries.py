"""Days in Bikram Sambat: to look up, and beside the dates of other modules' types."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from core import SIGNED_IN, Context, argument, computed, query
from modules.nepali_calendar import rules
from modules.nepali_calendar.types import NepaliDate


@query(right=SIGNED_IN)
async def nepali_date(ctx: Context, of: Annotated[date, argument("The Gregorian day.")]) -> NepaliDate | None:
    """A day in Bikram Sambat; null where its tables do not reach."""
    day = rules.in_nepali(of)
    if day is None:
        return None
    return NepaliDate(
        text=day.isoformat(),
        year=day.year,
        month=day.month,
        day=day.day,
        month_name=day.strftime("%B"),
        nepali=day.strftime("%D %N %K"),
    )


@query(right=SIGNED_IN)
async def date_of_nepali(
    ctx: Context, text: Annotated[str, argument("A day of Bikram Sambat, such as 2083-03-01.")]
) -> date | None:
    """The Gregorian day of one in Bikram Sambat, for what is sent; null if there is no such day."""
    return rules.read(text)


def shown(name: str, what: str) -> Any:
    """A field that shows the date of this name in Bikram Sambat: `startsOnNepali` beside `startsOn`."""

    def convert(rows: Sequence[Any]) -> list[str | None]:
        return [rules.written(getattr(row, name)) for row in rows]

    convert.__name__ = f"{name}_nepali"
    convert.__doc__ = f"{what}, in Bikram Sambat: year-month-day. Null without it, or where the tables do not reach."
    return computed(needs=(name,))(convert)
