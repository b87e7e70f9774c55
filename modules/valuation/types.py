"""What valuation adds to claims and their lines in GraphQL."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from core import SQL, Money, Where, expression, one
from modules.claim.models import Claim, ClaimLine
from modules.policy.models import Policy as PolicyRow
from modules.policy.types import Policy
from modules.product.models import PresentProduct
from modules.product.rules import LimitationType, PriceOrigin
from modules.product.types import Product
from modules.valuation import models


def _of_claim(claim: type[Claim], column: str) -> ColumnElement[Any]:
    value = models.ClaimValue.__table__.alias()
    return select(value.c[column]).where(value.c.claim_id == claim.id).scalar_subquery()


def _of_line(line: type[ClaimLine], column: str) -> ColumnElement[Any]:
    value = models.LineValue.__table__.alias()
    return select(value.c[column]).where(value.c.claim_line_id == line.id).scalar_subquery()


def _once_processed(line: type[ClaimLine], column: str) -> ColumnElement[Any]:
    """An amount of a line: what submission noted holds only when the claim is processed."""
    value, of_claim = models.LineValue.__table__.alias(), models.ClaimValue.__table__.alias()
    processed = exists().where(of_claim.c.claim_id == value.c.claim_id)
    return select(value.c[column]).where(value.c.claim_line_id == line.id, processed).scalar_subquery()


@expression
def valuated(claim: type[Claim]) -> SQL[Money | None]:
    """What the products pay of it, before the index of relative prices; known once it is processed."""
    return _of_claim(claim, "valuated")


@expression
def remunerated(claim: type[Claim]) -> SQL[Money | None]:
    """What the facility gets; known once no relative price waits for a batch run."""
    return _of_claim(claim, "remunerated")


@one(Product)
def product(line: type[ClaimLine], product: type[PresentProduct]) -> Where:
    """The product that pays for it."""
    yield product.id == _of_line(line, "product_id")


@one(Policy)
def policy(line: type[ClaimLine], policy: type[PolicyRow]) -> Where:
    """The policy that pays for it."""
    yield policy.id == _of_line(line, "policy_id")


@expression
def price_origin(line: type[ClaimLine]) -> SQL[PriceOrigin | None]:
    """Whose unit price counts."""
    return _of_line(line, "price_origin")


@expression
def limitation_type(line: type[ClaimLine]) -> SQL[LimitationType | None]:
    """How the product shares the price with the insuree."""
    return _of_line(line, "limitation_type")


@expression
def limitation_value(line: type[ClaimLine]) -> SQL[Decimal | None]:
    """The percentage that the product pays, or the amount per unit up to which it pays; 0 is no limit."""
    return _of_line(line, "limitation_value")


@expression
def price_valuated(line: type[ClaimLine]) -> SQL[Money | None]:
    """What the product pays of the whole line, before the index of a relative price."""
    return _once_processed(line, "price_valuated")


@expression
def deducted(line: type[ClaimLine]) -> SQL[Money | None]:
    """What the deductible leaves to the insuree."""
    return _once_processed(line, "deducted")


@expression
def insuree_share(line: type[ClaimLine]) -> SQL[Money | None]:
    """What the limitation leaves to the insuree."""
    return _once_processed(line, "insuree_share")


@expression
def exceeded_category(line: type[ClaimLine]) -> SQL[Money | None]:
    """What exceeds the amount for the category of care."""
    return _once_processed(line, "exceeded_category")


@expression
def exceeded_ceiling(line: type[ClaimLine]) -> SQL[Money | None]:
    """What exceeds the ceiling."""
    return _once_processed(line, "exceeded_ceiling")


@expression
def line_remunerated(line: type[ClaimLine]) -> SQL[Money | None]:
    """What the facility gets for the line."""
    return _once_processed(line, "remunerated")


line_remunerated.python_name = "remunerated"

CLAIM = (valuated, remunerated)
LINE = (
    product, policy, price_origin, limitation_type, limitation_value, price_valuated, deducted, insuree_share,
    exceeded_category, exceeded_ceiling, line_remunerated,
)  # fmt: skip
