"""What accounts work at, and what that opens for them."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, Forbidden, Problems, every
from modules.people import errors
from modules.people.models import NATIONAL, Account, Grant

if TYPE_CHECKING:
    from core.host import Host

Grants = Sequence[tuple[str, UUID | None]]
"""What an account works at: kinds and ids, or `("national", None)`."""


def require_whole_country(ctx: Context) -> None:
    """Nobody hands out more than he has himself, and roles are everybody's: only unbounded actors manage them."""
    if not ctx.actor.unbounded:
        raise Forbidden("Accounts and roles are managed by those who work in the whole country. Ask one of them.")


async def check_grants(ctx: Context, grants: Grants, known: Container[tuple[str, UUID | None]] = ()) -> None:
    """Refuse grants that mean nothing to any module: a mistyped id would make an account that silently sees nothing.

    `known`: grants that need no look, because the account has them.

    Raises:
        UserErrors: GRANT_OPENS_NOTHING at each of them.
    """
    problems = Problems()
    for index, (kind, object_id) in enumerate(grants):
        if (kind, object_id) in known or (kind == NATIONAL and object_id is None):
            continue
        if object_id is None or kind == NATIONAL or not await expanded(ctx.host, ctx.session, [(kind, object_id)]):
            problems.add(errors.GRANT_OPENS_NOTHING, f"grants.{index}", kind=kind)
    problems.stop()


async def set_grants(ctx: Context, account: Account, grants: Grants) -> None:
    """Let an account work at these things and at nothing else.

    Raises:
        UserErrors: GRANT_OPENS_NOTHING.
    """
    rows = (await ctx.session.scalars(select(Grant).where(Grant.account_id == account.id))).all()
    held = {(row.kind, row.object_id): row for row in rows}
    await check_grants(ctx, grants, known=held)
    gone = [row.id for grant, row in held.items() if grant not in grants]
    await ctx.session.execute(delete(Grant).where(Grant.id.in_(gone)))
    ctx.session.add_all(granted(account.id, [grant for grant in grants if grant not in held]))


def granted(account_id: UUID, grants: Grants) -> list[Grant]:
    """The rows of an account's grants."""
    return [Grant(account_id=account_id, kind=kind, object_id=object_id) for kind, object_id in dict.fromkeys(grants)]


async def expanded(
    host: "Host", session: AsyncSession, grants: Sequence[tuple[str, Any]]
) -> Mapping[str, tuple[UUID, ...]]:
    """What grants, each a kind and an id, mean for the rows one may see: all modules' answers put together."""
    if not grants:
        return {}
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for kind, object_id in grants:
        by_kind[kind].append(object_id)
    scopes: dict[str, dict[UUID, None]] = defaultdict(dict)
    for answer in await every(host, "scopes", session=session, grants=by_kind):
        for name, ids in answer.items():
            scopes[name].update(dict.fromkeys(ids))
    return {name: tuple(ids) for name, ids in scopes.items() if ids}
