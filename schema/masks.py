"""What is shown of a column to those without its right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

HIDDEN = "•••"
"""Stands for what is not shown. How much it stands for cannot be seen."""


@dataclass(frozen=True)
class Mask:
    """What a column shows without its right. `says`: the same for the field's description."""

    sql: Callable[[Any], Any]
    says: str


def last(count: int) -> Mask:
    """The last characters of a text. One that is not at least twice as long shows none of them."""

    def sql(column: Any) -> Any:
        long = sa.func.length(column) >= sa.literal_column(str(2 * count))
        ending = sa.func.right(column, sa.literal_column(str(count)))
        hidden = sa.literal_column(f"'{HIDDEN}'", sa.Text)
        return sa.case((long, hidden.concat(ending)), (column.is_not(None), hidden))

    return Mask(sql, f"its last {count} characters are shown")
