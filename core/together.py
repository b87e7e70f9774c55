"""What nearly every request writes: all that are under way do it by one statement, with one commit (decision 42)."""

from typing import Any

import orjson
import sqlalchemy as sa

from core.context import Context
from core.prepared import Prepared, bound
from schema.spans import span

ROWS = "rows"


def shared_rows(**types: Any) -> Any:
    """The rows that requests give to a statement that they share, for its FROM: their columns, by name, with types.

    Values arrive as JSON has them: ids, days, moments, numbers, texts, lists.
    """
    given = sa.func.json_to_recordset(bound(ROWS, sa.JSON))
    columns = (sa.column(name, type_) for name, type_ in types.items())
    return given.table_valued(*columns).render_derived(name="given", with_types=True)


class Together:
    """A statement that many requests share, made of `shared_rows`.

    Each gives a row; while the statement is under way for some, the rows of others gather, and go next. It costs one
    commit, for which the disk is waited for, where each request by itself would cost one.
    """

    def __init__(self, name: str, query: sa.Select[Any]) -> None:
        self.name = name
        """What traces call it."""
        self.sql = Prepared(name, query).sql

    async def write(self, ctx: Context, **row: Any) -> None:
        """Write a row. In a transaction under way it belongs to that; else it is committed when this returns.

        A row that fails takes none of the others with it. They are tried again one by one, so a connection that is
        lost after the commit may have a row written twice: let its id say that it is there (`ON CONFLICT DO NOTHING`).

        Raises:
            psycopg.Error: PostgreSQL refuses this row, or the connection was lost under it.
        """
        given = orjson.dumps(row, default=str)
        with span(self.name):
            if ctx.in_transaction:
                await ctx.result(self.sql, [b"[" + given + b"]"])
            else:
                await ctx.host.db.gathering(self.sql).add(given)
