"""GraphQL types of the host itself."""

from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa

from core.inputs import output_type
from core.jobs import JobState
from core.lookups import LookupRow
from schema import JSON, SQL, Node, Viewer, argument, column, expression, mapped
from schema.kinds import ReferenceField


@mapped(LookupRow)
class Lookup(Node):
    """One code of a list that a country may change."""

    kind: str = column("Which list it belongs to.")
    code: str = column("The code; stable.")
    names: JSON = column("What it is called, by language.")
    data: JSON = column("What rules know of it.")
    sort_order: int = column("Where it stands in its list.")
    active: bool = column("Whether it is offered; one that is not keeps its meaning in old records.")
    version: int = column("Counts the changes; send it back as expectedVersion.")

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


@output_type
class JobInfo:
    """An ordered job: work that goes on after the answer."""

    id: Annotated[UUID, argument("Its id; ask `job(id:)` how it goes.")]
    status: Annotated[JobState, argument("How it stands.")]
    progress: Annotated[int, argument("How far it is, in per cent.")] = 0
