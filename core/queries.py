"""Root fields that every schema has."""

from typing import Annotated
from uuid import UUID

from core.context import Context
from core.fields import query
from core.jobs import job_status
from core.lookups import LookupRow
from core.module import PUBLIC, SIGNED_IN
from core.types import ErrorCodeInfo, JobInfo, Lookup, ModuleInfo
from schema import Where, argument, many
from schema.compose import node_field

node = node_field(SIGNED_IN)


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
    return [ErrorCodeInfo(code=known.code, message=known.template(ctx.language)) for known in ctx.host.error_codes]


@query(right=SIGNED_IN)
async def job(ctx: Context, id: Annotated[UUID, argument("The job's id.")]) -> JobInfo | None:
    """A job that you ordered."""
    status = await job_status(ctx.session, id)
    if status is None or status.account_id != ctx.actor.id:
        return None
    return JobInfo(id=status.id, status=status.status, progress=status.progress)


@many(Lookup, order="sort_order", right=PUBLIC)
def lookups(lookup: type[LookupRow], kind: Annotated[str, argument("Which list, such as `gender`.")]) -> Where:
    """The codes of a list that are in use, in their order."""
    yield lookup.kind == kind
    yield lookup.active
