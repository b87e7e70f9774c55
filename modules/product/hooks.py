"""What other modules are asked before products change."""

from uuid import UUID

from core import Context, hookspec


@hookspec
async def product_in_use(ctx: Context, product_id: UUID) -> bool | None:
    """A product is about to be deleted: True while something of yours still lives on it, which refuses the deletion."""


@hookspec
async def terms_in_use(ctx: Context, terms_id: UUID) -> bool | None:
    """Terms are about to change: True when something of yours rests on them, so that new terms follow them instead."""
