"""What products need done outside requests."""

from core import Context, Job
from modules.product.terms import refresh_present


async def show_present_terms(ctx: Context) -> None:
    """Let products show the terms that began today."""
    await refresh_present(ctx.session)


PRESENT = Job("product.present_terms", run=show_present_terms, cron="1 0 * * *")
