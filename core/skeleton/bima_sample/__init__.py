"""Sample: what this module adds, on one screen."""

from collections.abc import Sequence
from datetime import datetime

from starlette.routing import BaseRoute

from bima_sample import errors, models, mutations, queries, services
from bima_sample import jobs as jobs_
from bima_sample import rights as rights_
from bima_sample import routes as routes_
from bima_sample import settings as settings_
from core import Base, Context, ErrorCode, Job, Manifest, ModuleSettings, Mutation, Part, Query, Right, extend, hook

manifest = Manifest(name="sample", title="Sample", version="0.1.0")


@hook
def tables() -> Sequence[type[Base]]:
    return (models.Entry,)


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def settings() -> type[ModuleSettings]:
    return settings_.Settings


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors.ALL


@hook
def jobs() -> Sequence[Job]:
    return jobs_.ALL


@hook
def routes() -> Sequence[BaseRoute]:
    return routes_.ALL


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(Query, queries.sample_entries),
        extend(Mutation, mutations.record_sample_entry),
    ]


@hook
async def switched_on(ctx: Context, since: datetime | None) -> None:
    await services.tidy(ctx)
