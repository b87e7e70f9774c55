"""Root queries of products, and what belongs to the terms of a product and of its history."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import or_, select

from core import BadRequest, Where, argument, many, one, page
from modules.location.models import Location
from modules.product import models, rights
from modules.product.types import (
    Capitation,
    Product,
    ProductCategoryLimit,
    ProductCover,
    ProductCycle,
    ProductDistribution,
    ProductSubsidy,
)


@page(Product, order=("code", "id"), right=rights.READ)
def products(
    product: type[models.PresentProduct],
    sold_in: Annotated[UUID | None, argument("Only what is sold to families who live in this place.")] = None,
    sold_on: Annotated[date | None, argument("Only what is sold on this day.")] = None,
) -> Where:
    """The current products, by code."""
    yield product.ended_at.is_(None)
    if sold_in is not None:
        place = Location.__table__.alias()
        around = select(place.c.id).where(
            place.c.id == sold_in,
            or_(place.c.region_id == product.location_id, place.c.district_id == product.location_id),
        )
        yield or_(product.location_id.is_(None), around.exists())
    if sold_on is not None:
        yield or_(product.date_from.is_(None), product.date_from <= sold_on)
        yield or_(product.date_to.is_(None), product.date_to >= sold_on)


@one(Product, right=rights.READ)
def product(
    product: type[models.PresentProduct],
    id: Annotated[UUID | None, argument("The product's id; deleted ones are found too.")] = None,
    code: Annotated[str | None, argument("The code of a current product.")] = None,
) -> Where:
    """One product, by its id or code."""
    if id is None and code is None:
        raise BadRequest("Give the product's id or its code.")
    if id is not None:
        yield product.id == id
    if code is not None:
        yield product.code == code
        yield product.ended_at.is_(None)


def contents(parent: Any, key: str) -> list[Callable[..., Any]]:
    """The fields for what belongs to terms, of a type whose model names the terms in `key`."""

    @many(ProductCycle, order=("month", "day"))
    def cycles(terms: type[parent], cycle: type[models.Cycle]) -> Where:
        """Dates of every year on which policies start; none: any day."""
        yield cycle.terms_id == getattr(terms, key)

    @many(ProductCategoryLimit, order="category")
    def category_limits(terms: type[parent], limit: type[models.CategoryLimit]) -> Where:
        """How much care of each category is covered."""
        yield limit.terms_id == getattr(terms, key)

    @many(ProductDistribution, order=("care_type", "period", "number"))
    def distributions(terms: type[parent], share: type[models.Distribution]) -> Where:
        """Shares of the premium that relative prices may cost, by period; none: each spends all of its own."""
        yield share.terms_id == getattr(terms, key)

    @many(ProductSubsidy, order="category_code")
    def subsidies(terms: type[parent], subsidy: type[models.Subsidy]) -> Where:
        """Shares of the value that a payer bears."""
        yield subsidy.terms_id == getattr(terms, key)

    @many(ProductCover, order="id")
    def items(terms: type[parent], cover: type[models.Cover]) -> Where:
        """All items that are covered."""
        yield cover.terms_id == getattr(terms, key)
        yield cover.item_id.is_not(None)

    @many(ProductCover, order="id")
    def services(terms: type[parent], cover: type[models.Cover]) -> Where:
        """All services that are covered."""
        yield cover.terms_id == getattr(terms, key)
        yield cover.service_id.is_not(None)

    @one(Capitation)
    def capitation(terms: type[parent], capitation: type[models.Capitation]) -> Where:
        """How facilities are paid per head; null: they are not."""
        yield capitation.terms_id == getattr(terms, key)

    return [cycles, category_limits, distributions, subsidies, items, services, capitation]


product_contents = contents(models.PresentProduct, "terms_id")
terms_contents = contents(models.Terms, "id")
