"""Lookups: the short lists a country may change, such as relations, professions and payment types (decision 9).

A row stores the code; `names` has its translation per language; `data` carries what rules need to know of it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import VersionedRow, new_id
from core.errors import UNKNOWN_CODE, UserError
from schema import EVERYBODY

if TYPE_CHECKING:
    from core.context import Context


LookupEntry: TypeAlias = tuple[str, Mapping[str, str]] | tuple[str, Mapping[str, str], Mapping[str, Any]]
"""A code, its names by language, and what rules need to know of it, when they do."""


class LookupRow(VersionedRow):
    """One code of one kind of lookup."""

    __tablename__ = "core_lookup"
    __scope__ = EVERYBODY
    __table_args__ = (UniqueConstraint("kind", "code"),)

    kind: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(20))
    names: Mapped[dict[str, str]] = mapped_column(JSONB)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    sort_order: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    """Codes no longer offered keep their rows: records made with them still show their names."""


def add_lookups(kind: str, rows: Sequence[LookupEntry]) -> None:
    """Add the codes of a kind, in the order given; for migrations. A code that is there already is left as it is.

    For example `("SPOUSE", {"en": "Spouse", "sw": "Mwenzi", "fr": "Conjoint"}, {"isSpouse": True})`.
    """
    from alembic import op

    now = clock.now()
    values = [
        {
            "id": new_id(), "kind": kind, "code": code, "names": dict(names), "data": dict(data[0]) if data else {},
            "sort_order": position, "active": True, "created_at": now, "updated_at": now, "version": 1,
        }
        for position, (code, names, *data) in enumerate(rows, start=1)
    ]  # fmt: skip
    op.get_bind().execute(insert(TABLE).on_conflict_do_nothing(index_elements=["kind", "code"]), values)


def remove_lookups(*kinds: str) -> None:
    """Remove whole kinds; for the way back of a migration that added them."""
    from alembic import op

    op.get_bind().execute(sa.delete(TABLE).where(TABLE.c.kind.in_(kinds)))


async def check_lookup(ctx: "Context", kind: str, code: str | None, path: str) -> None:
    """Refuse a code that the kind does not offer. No code is fine: whether one is needed is the input's business.

    Raises:
        UserError: UNKNOWN_CODE at the path.
    """
    if code is None:
        return
    known = select(LookupRow.id).where(LookupRow.kind == kind, LookupRow.code == code, LookupRow.active)
    if await ctx.session.scalar(known) is None:
        raise UserError(UNKNOWN_CODE, path, value=code)


# What the table was when revisions began to fill it: a migration must not read a model that has moved on.
TABLE = sa.table(
    "core_lookup",
    sa.column("id", sa.Uuid),
    sa.column("kind", sa.String),
    sa.column("code", sa.String),
    sa.column("names", JSONB),
    sa.column("data", JSONB),
    sa.column("sort_order", sa.Integer),
    sa.column("active", sa.Boolean),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("updated_at", sa.DateTime(timezone=True)),
    sa.column("version", sa.Integer),
)
