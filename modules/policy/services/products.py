"""Which products and terms policies rest on."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from core import Context
from modules.policy.models import Policy
from modules.policy.rules import PolicyStatus


async def product_in_use(ctx: Context, product_id: UUID) -> bool:
    """Whether policies of the product have not expired."""
    living = (Policy.status != PolicyStatus.EXPIRED, Policy.ended_at.is_(None))
    return await _any(ctx, Policy.product_id == product_id, *living)


async def terms_in_use(ctx: Context, terms_id: UUID) -> bool:
    """Whether policies rest on the terms, those of the past and deleted ones too."""
    return await _any(ctx, Policy.terms_id == terms_id)


async def _any(ctx: Context, *conditions: ColumnElement[bool]) -> bool:
    return bool(await ctx.session.scalar(select(exists().where(*conditions))))
