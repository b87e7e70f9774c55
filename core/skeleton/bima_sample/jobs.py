"""What is done outside requests. A job may run twice, so it looks at what is there."""

from bima_sample import services
from core import Context, Job


async def tidy(ctx: Context) -> None:
    """Delete entries that were kept long enough."""
    await services.tidy(ctx)


TIDY = Job("sample.tidy", run=tidy, cron="40 2 * * *")
ALL = (TIDY,)
