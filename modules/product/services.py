"""What can be done with products, and what other modules may ask of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from core import Context, UserError, check_changeable, clock, every, find, given, new_id
from modules.product import errors, inputs
from modules.product.contents import CONTENTS, add, replace, stored
from modules.product.drafts import PRODUCT, Draft, columns_of, read_draft
from modules.product.models import TERMS, Cover, CoverLimit, Product, Terms
from modules.product.terms import first_terms, newest_terms, reach_back, terms_to_change


@dataclass(frozen=True)
class CoverLine:
    """How terms cover an item or a service. A visit type without a limit is covered in full."""

    cover: Cover
    limits: tuple[CoverLimit, ...]


async def terms_on(session: AsyncSession, product_id: UUID, day: date) -> Terms | None:
    """The terms of a product that hold on a day; None before its first ones (decision 7)."""
    holds = Terms.valid_from <= day, or_(Terms.valid_to.is_(None), Terms.valid_to >= day)
    found: Terms | None = await session.scalar(select(Terms).where(Terms.product_id == product_id, *holds))
    return found


async def cover_lines(
    session: AsyncSession, terms_ids: Collection[UUID], item_ids: Collection[UUID], service_ids: Collection[UUID]
) -> list[CoverLine]:
    """How these terms cover these items and services, in one statement. What is missing is not covered."""
    rows = await session.execute(
        select(Cover, CoverLimit)
        .outerjoin(CoverLimit, CoverLimit.cover_id == Cover.id)
        .where(Cover.terms_id.in_(terms_ids), or_(Cover.item_id.in_(item_ids), Cover.service_id.in_(service_ids)))
        .order_by(Cover.id)
    )
    limits: dict[Cover, list[CoverLimit]] = {}
    for cover, limit in rows:
        limits.setdefault(cover, []).extend([limit] if limit is not None else [])
    return [CoverLine(cover, tuple(own)) for cover, own in limits.items()]


async def create_product(ctx: Context, input: inputs.CreateProductInput) -> Product:
    """Add a product with its first terms.

    Raises:
        UserErrors: what does not fit a column, TAKEN, DATES_REVERSED, what `rules` finds, and what names something
            unknown; each at its path.
    """
    id = input.id or new_id()
    draft = await read_draft(ctx, id, given(input), {})
    return await _add(ctx, id, draft, {})


async def duplicate_product(ctx: Context, input: inputs.DuplicateProductInput) -> Product:
    """Add a product like another one with its newest terms; what the input gives comes before what is copied.

    Raises:
        UserErrors: NOT_FOUND of the product, and as `create_product`.
    """
    source = await find(ctx, Product, input.product_id, "productId")
    terms = await newest_terms(ctx.session, source.id)
    id = input.id or new_id()
    like = {**columns_of(source, PRODUCT), **columns_of(terms, TERMS)}
    draft = await read_draft(ctx, id, given(input, "product_id"), like)
    return await _add(ctx, id, draft, like, copied_from=terms.id)


async def update_product(ctx: Context, input: inputs.UpdateProductInput) -> Product:
    """Change a product. Terms that something rests on stay, and new terms follow them (decision 7).

    Raises:
        UserErrors: NOT_FOUND, STALE, TERMS_TOO_EARLY, and as `create_product`.
    """
    product = await find(ctx, Product, input.id, "id", version=input.expected_version, lock=True)
    terms = await newest_terms(ctx.session, product.id)
    before = {**columns_of(product, PRODUCT), **columns_of(terms, TERMS)}
    draft = await read_draft(ctx, product.id, given(input), before)
    for name, value in draft.product.items():
        setattr(product, name, value)
    # A product whose terms alone change has changed too.
    product.updated_at = clock.now()
    flag_modified(product, "updated_at")
    await reach_back(ctx.session, product)
    if draft.terms or draft.contents or draft.terms_from:
        await _change_terms(ctx, terms, draft)
    await check_changeable(ctx, product, "locationId")
    return product


async def delete_product(ctx: Context, input: inputs.DeleteProductInput) -> Product:
    """End a product that nothing lives on. Policies that rested on it keep it.

    Raises:
        UserError: NOT_FOUND, STALE, PRODUCT_IN_USE.
    """
    product = await find(ctx, Product, input.id, "id", version=input.expected_version, lock=True)
    if any(await every(ctx.host, "product_in_use", ctx=ctx, product_id=product.id)):
        raise UserError(errors.PRODUCT_IN_USE, "id", name=product.name)
    product.ended_at = clock.now()
    await ctx.session.flush()
    return product


async def _add(ctx: Context, id: UUID, draft: Draft, like: dict[str, Any], copied_from: UUID | None = None) -> Product:
    """A product from a draft, over the columns and the lists of the product it is like."""
    product = Product(id=id, **{name: like.get(name) for name in PRODUCT} | dict(draft.product))
    ctx.session.add(product)
    await check_changeable(ctx, product, "locationId")
    columns = {name: like[name] for name in TERMS if name in like} | dict(draft.terms)
    terms = await first_terms(ctx.session, product, draft.terms_from, columns)
    contents = await _copied(ctx, copied_from) if copied_from else {}
    for name, wanted in (contents | dict(draft.contents)).items():
        await add(ctx.session, name, terms.id, wanted)
    return product


async def _change_terms(ctx: Context, before: Terms, draft: Draft) -> None:
    """Write the draft into the newest terms, or into new ones that follow them with everything they had."""
    terms = await terms_to_change(ctx, before, draft.terms_from)
    for name, value in draft.terms.items():
        setattr(terms, name, value)
    contents = dict(draft.contents) if terms is before else await _copied(ctx, before.id) | dict(draft.contents)
    for name, wanted in contents.items():
        await replace(ctx.session, name, terms.id, wanted)


async def _copied(ctx: Context, terms_id: UUID) -> dict[str, list[dict[str, Any]]]:
    return {name: list((await stored(ctx.session, name, terms_id)).values()) for name in CONTENTS}
