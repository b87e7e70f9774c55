"""`bima allergies`."""

import click
from sqlalchemy import func, select

from bima_allergies.models import Allergy
from core import Context
from core.cli import run


@click.command()
def allergies() -> None:
    """Say how many allergies are recorded."""
    click.echo(f"{run(_count)} allergies are recorded.")


async def _count(ctx: Context) -> int:
    return await ctx.session.scalar(select(func.count()).select_from(Allergy)) or 0
