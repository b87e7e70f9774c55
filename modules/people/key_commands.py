"""`bima user key`: access keys of other systems from the command line."""

from datetime import datetime
from typing import Any

import click
from sqlalchemy import func, select

from core import Context, UserError, UserErrors
from core.cli import Stopped, print_json, print_table, run
from modules.people.commands import told
from modules.people.models import AccessKey, Account
from modules.people.services import access_keys
from modules.people.services.key_texts import PREFIX, KeyText


@click.command()
@click.argument("username")
@click.option("--name", required=True, help="What people know it by, such as where it is used.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="The last day it is good.")
@click.option("--right", "rights", multiple=True, metavar="NAME", help="One of the account's rights; all when absent.")
@click.option("--per-minute", type=click.IntRange(1), help="How often it may ask.")
def create(username: str, name: str, until: datetime | None, rights: tuple[str, ...], per_minute: int | None) -> None:
    """Make a key for a system's account. Its text is all that goes to standard output, this once.

    --right may be given more than once.
    """

    async def work(ctx: Context) -> tuple[AccessKey, KeyText]:
        named = select(Account.id).where(func.lower(Account.username) == func.lower(username))
        account_id = await ctx.session.scalar(named)
        if account_id is None:
            raise Stopped(f"No account has the name {username}. Make it with `bima user create {username} --machine`.")
        return await access_keys.create(
            ctx,
            account_id,
            name,
            rights=rights or None,
            expires_on=until.date() if until is not None else None,
            requests_per_minute=per_minute,
        )

    try:
        made, key = run(work)
    except (UserError, UserErrors) as error:
        raise Stopped(told(error)) from error
    click.echo(key.text)
    click.echo(f"This is shown once. Revoke it with `bima user key revoke {made.public_id}`.", err=True)


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def list_(as_json: bool) -> None:
    """List the keys, the newest first; nothing of them opens anything."""

    async def work(ctx: Context) -> list[dict[str, Any]]:
        query = select(AccessKey, Account.username).join(Account, Account.id == AccessKey.account_id)
        rows = await ctx.session.execute(query.order_by(AccessKey.created_at.desc(), AccessKey.id))
        return [
            {
                "id": key.public_id,
                "account": username,
                "name": key.name,
                "made": key.created_at,
                "last used": key.last_used_at,
                "until": key.expires_on,
                "revoked": key.revoked_at,
            }
            for key, username in rows
        ]

    keys = run(work)
    if as_json:
        print_json(keys)
        return
    columns = ("id", "account", "name", "made", "last used", "until", "revoked")
    print_table(columns, [[_short(key[column]) for column in columns] for key in keys])


@click.command()
@click.argument("public_id")
def revoke(public_id: str) -> None:
    """Revoke a key at once. PUBLIC_ID is what follows `bima_` in its text, up to the next `_`."""

    async def work(ctx: Context) -> AccessKey:
        named = select(AccessKey.id).where(AccessKey.public_id == public_id.removeprefix(PREFIX))
        id = await ctx.session.scalar(named)
        if id is None:
            raise Stopped("There is no such key. `bima user key list` shows them.")
        return await access_keys.revoke(ctx, id)

    revoked = run(work)
    click.echo(f"Revoked the key {revoked.public_id}, {revoked.name}.")


def _short(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "" if value is None else value
