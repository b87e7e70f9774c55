"""What other modules are asked about contributions."""

from uuid import UUID

from core import Context, hookspec


@hookspec
async def contribution_reconciled(ctx: Context, contribution_id: UUID) -> bool | None:
    """Whether the money was reconciled with the bank or the gateway: True keeps the contribution as it is."""
