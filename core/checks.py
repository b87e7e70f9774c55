"""What the values of an input must be to fit their table, and how problems with them are told all at once."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from psycopg.errors import ForeignKeyViolation
from sqlalchemy import Text, and_, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from core.context import Context
from core.db import Base, Row
from core.errors import MASKED, NEGATIVE, REQUIRED, TOO_LONG, UNKNOWN_CODE, Problems, UserError
from core.lookups import LookupRow
from core.prepared import Prepared, bound
from schema.masks import HIDDEN
from schema.names import camel_case


def tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without blanks around texts; a text of nothing but blanks is null."""
    # Enums are left alone: a stripped `StrEnum` would be a plain text.
    return {name: (value.strip() or None) if type(value) is str else value for name, value in values.items()}


def check_columns(model: type[Base], values: Mapping[str, Any], problems: Problems, at: str = "") -> None:
    """Note what does not fit the columns of a table: nothing where something is needed, text too long, counts below 0.

    Neither does a mask that is sent back as if it were the value. `values` by column name, tidied; problems lie at the
    name in camelCase, after `at`, such as `members.0.`.
    """
    for name, value in values.items():
        column = model.__table__.columns[name]
        length = getattr(column.type, "length", None)
        if value is None and not column.nullable:
            problems.add(REQUIRED, at + camel_case(name))
        elif isinstance(value, str) and HIDDEN in value:
            problems.add(MASKED, at + camel_case(name))
        elif isinstance(value, str) and length is not None and len(value) > length:
            problems.add(TOO_LONG, at + camel_case(name), most=length)
        elif isinstance(value, int | Decimal) and value < 0:
            problems.add(NEGATIVE, at + camel_case(name), value=value)


@dataclass(frozen=True)
class Code:
    """A lookup's code that an input gives, and where it stands in it."""

    kind: str
    code: str
    path: str


async def check_codes(ctx: Context, codes: Sequence[Code], problems: Problems) -> dict[Code, Mapping[str, Any]]:
    """Note the codes that their lookups do not offer; the others come back with what rules know of them.

    One statement, however many codes.
    """
    if not codes:
        return {}
    wanted = {(code.kind, code.code) for code in codes}
    kinds, named = ([pair[at] for pair in wanted] for at in (0, 1))
    known = {(kind, code): data for kind, code, data in await _lookups().rows(ctx, kinds=kinds, codes=named)}
    for code in codes:
        if (code.kind, code.code) not in known:
            problems.add(UNKNOWN_CODE, code.path, value=code.code)
    return {code: known[code.kind, code.code] for code in codes if (code.kind, code.code) in known}


@lru_cache(maxsize=1)
def _lookups() -> Prepared:
    texts = ARRAY(Text())
    wanted = (
        func.unnest(bound("kinds", texts), bound("codes", texts))
        .table_valued("kind", "code", name="wanted")
        .render_derived()
    )
    lookup = LookupRow
    named = select(lookup.kind, lookup.code, lookup.data).join(
        wanted, and_(lookup.kind == wanted.c.kind, lookup.code == wanted.c.code)
    )
    return Prepared("core.lookups", named.where(lookup.active))


def codes_in(values: Mapping[str, Any], kinds: Mapping[str, str], at: str = "") -> Iterator[Code]:
    """The lookups' codes among the values; `kinds` says which column holds codes of which lookup."""
    for name, kind in kinds.items():
        if (code := values.get(name)) is not None:
            yield Code(kind, code, at + camel_case(name))


@contextmanager
def noting(problems: Problems) -> Iterator[None]:
    """Note a user error raised in the block among the problems, and go on after it."""
    try:
        yield
    except UserError as error:
        problems.errors.append(error)


async def delete_unused(ctx: Context, row: Row, in_use: UserError) -> None:
    """Delete a row that no other row points at.

    Raises:
        UserError: `in_use`, when one does, even if it came this very moment.
    """
    await ctx.session.delete(row)
    try:
        await ctx.session.flush()
    except IntegrityError as error:
        if not isinstance(error.orig, ForeignKeyViolation):
            raise
        raise in_use from error
