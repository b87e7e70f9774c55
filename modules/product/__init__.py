"""Insurance products: what they cost, when their policies run, and what they cover, in versions."""

from collections.abc import Sequence
from types import ModuleType
from uuid import UUID

from core import Base, Context, ErrorCode, Job, Manifest, Mutation, Part, Query, Right, extend, hook
from modules.location.hooks import Use
from modules.location.services import uses
from modules.product import errors as errors_
from modules.product import hooks as hooks_
from modules.product import jobs as jobs_
from modules.product import models, mutations, queries, types
from modules.product import rights as rights_

manifest = Manifest(name="product", title="Insurance products", version="1.0", needs=("location", "medical"))


@hook
def tables() -> Sequence[type[Base]]:
    return (
        models.Product, models.Terms, models.Cycle, models.CategoryLimit, models.Distribution, models.Subsidy,
        models.Cover, models.CoverLimit, models.Capitation, models.CapitationLevel,
    )  # fmt: skip


@hook
def rights() -> Sequence[Right]:
    return rights_.ALL


@hook
def error_codes() -> Sequence[ErrorCode]:
    return errors_.ALL


@hook
def hookspecs() -> ModuleType:
    return hooks_


@hook
def jobs() -> Sequence[Job]:
    return (jobs_.PRESENT,)


@hook
def graphql() -> Sequence[Part]:
    return [
        extend(Query, queries.products, queries.product),
        extend(
            Mutation, mutations.create_product, mutations.update_product, mutations.duplicate_product,
            mutations.delete_product,
        ),
        extend(types.Product, *queries.product_contents),
        extend(types.ProductTerms, *queries.terms_contents),
    ]  # fmt: skip


@hook
async def location_in_use(ctx: Context, location_ids: Sequence[UUID]) -> Sequence[Use] | None:
    return await uses(ctx, location_ids, ("products", models.Product.location_id))


@hook
async def switched_on(ctx: Context) -> None:
    await jobs_.show_present_terms(ctx)
