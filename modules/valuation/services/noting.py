"""What lines are worth, as it is noted: at submission, and anew when a review or processing finds something else."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from modules.claim.services import PlainLine, update_rows
from modules.valuation import rules
from modules.valuation.models import LineValue


class NotedLine(NamedTuple):
    """Who pays for a line since submission, and what is noted of it; the names are those of the columns."""

    id: UUID
    claim_line_id: UUID
    policy_id: UUID
    price_valuated: Decimal | None
    deducted: Decimal | None
    insuree_share: Decimal | None
    exceeded_category: Decimal | None
    exceeded_ceiling: Decimal | None
    remunerated: Decimal | None


AMOUNTS = NotedLine._fields[3:]
NO_AMOUNTS: Mapping[str, Decimal | None] = dict.fromkeys(AMOUNTS)


def amounts_of(value: rules.LineValue) -> dict[str, Decimal | None]:
    """The amounts of a line, by their columns."""
    return {
        "price_valuated": value.valuated,
        "deducted": value.deducted,
        "insuree_share": value.insuree_share,
        "exceeded_category": value.exceeded_category,
        "exceeded_ceiling": value.exceeded_ceiling,
        "remunerated": value.remunerated,
    }


async def note_lines(
    session: AsyncSession,
    noted: Mapping[UUID, NotedLine],
    lines: Mapping[UUID, Sequence[PlainLine]],
    valuations: Mapping[UUID, rules.Valuation],
) -> None:
    """Write down what lines are worth where something else is noted: seldom, for submission valued them already.

    `noted`: by the line of the claim; `lines` and `valuations`: by claim. A line that no valuation values has nothing.
    """
    await update_rows(session, LineValue, list(_changed(noted, lines, valuations)))


def _changed(
    noted: Mapping[UUID, NotedLine],
    lines: Mapping[UUID, Sequence[PlainLine]],
    valuations: Mapping[UUID, rules.Valuation],
) -> Iterator[Mapping[str, object]]:
    for claim_id, valuation in valuations.items():
        values = {value.line_no: value for value in valuation.lines}
        for line in lines[claim_id]:
            before, value = noted.get(line.id), values.get(line.line_no)
            now = NO_AMOUNTS if value is None else amounts_of(value)
            if before is not None and before[3:] != tuple(now.values()):
                yield {"id": before.id, **now}
