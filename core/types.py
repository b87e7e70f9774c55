"""GraphQL types of the host itself, and the fields that every schema has."""

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa

from core.context import Context
from core.fields import query
from core.inputs import output_type
from core.lookups import LookupRow
from core.module import PUBLIC, SIGNED_IN
from schema import SQL, Node, Part, Query, Viewer, Where, argument, column, expression, extend, many, mapped
from schema.compose import node_field
from schema.node import ReferenceField


@mapped(LookupRow)
class Lookup(Node):
    """One code of a list that a country may change."""

    code: str = column("The code; stable.")

    @expression
    def name(lookup: type[LookupRow], viewer: Viewer) -> SQL[str]:
        """What it is called, in the language of Accept-Language."""
        named = lookup.names.op("->>")(viewer.value("language", sa.Text))
        return sa.func.coalesce(named, lookup.names.op("->>")(sa.literal_column("'en'")), lookup.code, type_=sa.Text())


def lookup(kind: str, description: str, *, by: str | None = None, right: Any = None) -> Any:
    """A field whose column holds a lookup's code: `gender: Lookup | None = lookup("gender", "...")`.

    The column is `<field>_code`, or the attribute named in `by`.
    """
    return ReferenceField(description, by, True, right, kind)


@output_type
class ModuleInfo:
    """A module that is enabled here."""

    name: Annotated[str, argument("Its name.")]
    title: Annotated[str, argument("What it is about.")]
    version: Annotated[str, argument("Its version.")]


@output_type
class ErrorCodeInfo:
    """A user error that mutations may answer."""

    code: Annotated[str, argument("The code; stable.")]
    message: Annotated[str, argument("Its message, with {parameters} where values are filled in.")]


@query(right=PUBLIC)
async def modules(ctx: Context) -> list[ModuleInfo]:
    """The modules that are enabled, needs before dependants."""
    return [
        ModuleInfo(name=module.manifest.name, title=module.manifest.title, version=module.manifest.version)
        for module in ctx.host.modules
    ]


@query(right=PUBLIC)
async def error_codes(ctx: Context) -> list[ErrorCodeInfo]:
    """Every user error, in the language of Accept-Language."""
    return [ErrorCodeInfo(code=known.code, message=getattr(known, ctx.language)) for known in ctx.host.error_codes]


@many(Lookup, order="sort_order", right=PUBLIC)
def lookups(lookup: type[LookupRow], kind: Annotated[str, argument("Which list, such as `gender`.")]) -> Where:
    """The codes of a list that are in use, in their order."""
    yield lookup.kind == kind
    yield lookup.active


def parts() -> Sequence[Part]:
    """What the host adds to every schema."""
    return [extend(Query, node_field(SIGNED_IN), modules, error_codes, lookups)]
