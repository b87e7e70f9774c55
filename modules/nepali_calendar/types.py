"""A day in Bikram Sambat in GraphQL."""

from typing import Annotated

from core import argument, output_type


@output_type
class NepaliDate:
    """A day in Bikram Sambat."""

    text: Annotated[str, argument("Year-month-day, such as 2083-03-01.")]
    year: Annotated[int, argument("The year of Bikram Sambat.")]
    month: Annotated[int, argument("The month, 1 to 12.")]
    day: Annotated[int, argument("The day of the month, 1 to 32.")]
    month_name: Annotated[str, argument("The month's name in Latin letters, such as Asar.")]
    nepali: Annotated[str, argument("The day, the month's name and the year in Nepali.")]
