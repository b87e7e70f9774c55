"""`bima audit`: seal the history, and see whether it is what was sealed."""

import asyncio
from typing import TYPE_CHECKING

import click

from core.cli import Stopped, bring_up_to_date, host, print_json

if TYPE_CHECKING:
    from core.sealing import Head
    from core.verifying import Verdict

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")


@click.group()
def audit() -> None:
    """Seal the history of all changes, and find what was changed afterwards."""


@audit.command("seal")
@as_json
def audit_seal(as_json: bool) -> None:
    """Seal what is settled, as the job does every minute, and print the head of the chain.

    Note the head outside the database: `bima audit verify --head` finds a chain that was cut off or written anew.
    """
    from core.sealing import seal

    async def run() -> "tuple[Head, int]":
        await bring_up_to_date(host())
        try:
            return await seal(host())
        finally:
            await host().db.close()

    head, rows = asyncio.run(run())
    if as_json:
        print_json({"head": str(head), "blocks": head.blocks, "rows": rows})
    else:
        click.echo(f"Sealed {rows} rows. The chain ends with {head}")


@audit.command("verify")
@click.option("--head", metavar="NUMBER:HASH", help="A head noted earlier; the chain must go through it.")
@as_json
def audit_verify(head: str | None, as_json: bool) -> None:
    """See whether the sealed history is what was sealed; exit with 1 when it is not."""
    from core.sealing import Head
    from core.verifying import verify

    try:
        expected = Head.read(head) if head else None
    except ValueError as error:
        raise click.BadParameter("Give it as `bima audit seal` prints it: NUMBER:HASH.", param_hint="--head") from error

    async def run() -> "Verdict":
        await bring_up_to_date(host())
        try:
            return await verify(host(), expected)
        finally:
            await host().db.close()

    verdict = asyncio.run(run())
    if as_json:
        print_json({"head": str(verdict.head), "rows": verdict.rows, "wrong": verdict.wrong})
    else:
        click.echo(f"{verdict.head.blocks} blocks with {verdict.rows} rows. The chain ends with {verdict.head}")
        for wrong in verdict.wrong:
            click.echo(wrong)
    if verdict.wrong:
        raise Stopped("The history is not what was sealed. Compare with a backup from before that block.")
