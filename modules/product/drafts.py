"""What an input says of a product, sorted into the product, its terms and their lists, and checked as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import DATES_REVERSED, TAKEN, Context, Problems, UserError, check_columns, find, noting, tidy
from modules.medical.services import region_or_district
from modules.product import errors, rules
from modules.product.contents import CONTENTS, Entry
from modules.product.entries import entries
from modules.product.models import TERMS, Product, Terms

PRODUCT = (
    "code",
    "name",
    "location_id",
    "date_from",
    "date_to",
    "conversion_product_id",
    "account_code_premiums",
    "account_code_remuneration",
)
"""The columns of a product that a user sets."""


@dataclass(frozen=True)
class Draft:
    """What an input says: columns of the product and of its terms, lists by name, and the day the terms begin."""

    product: Mapping[str, Any]
    terms: Mapping[str, Any]
    contents: Mapping[str, list[Entry]]
    terms_from: date | None = None


def columns_of(row: Product | Terms, names: tuple[str, ...]) -> dict[str, Any]:
    """Columns of a row by name."""
    return {name: getattr(row, name) for name in names}


async def read_draft(ctx: Context, id: UUID, values: Mapping[str, Any], before: Mapping[str, Any]) -> Draft:
    """Sort and check the values of an input. `before`: the columns that the product and its terms have without it.

    Raises:
        UserErrors: everything that is wrong, each at its path.
    """
    problems = Problems()
    product = tidy({name: values[name] for name in PRODUCT if name in values})
    terms = {name: _or_default(name, values[name]) for name in TERMS if name in values}
    check_columns(Product, product, problems)
    check_columns(Terms, {name: value for name, value in terms.items() if name not in rules.PERCENTS}, problems)
    whole = {**{name: _or_default(name, None) for name in TERMS}, **before, **product, **terms}
    problems.errors.extend(rules.check_terms({name: whole[name] for name in TERMS}))
    await _check_product(ctx, id, product, before, problems)
    if whole.get("date_from") and whole.get("date_to") and whole["date_to"] < whole["date_from"]:
        problems.add(DATES_REVERSED, "dateTo")
    contents = {name: await entries(ctx, name, values[name], problems) for name in CONTENTS if name in values}
    problems.stop()
    return Draft(product, terms, contents, values.get("terms_from"))


async def _check_product(
    ctx: Context, id: UUID, product: Mapping[str, Any], before: Mapping[str, Any], problems: Problems
) -> None:
    code = product.get("code")
    if code and code != before.get("code"):
        taken = select(Product.id).where(Product.code == code, Product.ended_at.is_(None), Product.id != id)
        if await ctx.session.scalar(taken) is not None:
            problems.add(TAKEN, "code", value=code)
    if (location_id := product.get("location_id")) is not None:
        with noting(problems):
            await region_or_district(ctx, location_id, "locationId")
    if (conversion_id := product.get("conversion_product_id")) is not None:
        with noting(problems):
            if conversion_id == id:
                raise UserError(errors.CONVERTS_TO_ITSELF, "conversionProductId")
            await find(ctx, Product, conversion_id, "conversionProductId")


def _or_default(name: str, value: Any) -> Any:
    """A column's value; null means what the column has when nothing is said."""
    default: Any = Terms.__table__.columns[name].default
    return default.arg if value is None and default is not None else value
