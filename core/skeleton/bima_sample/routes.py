"""What is served beside `/graphql`, for programs that do not speak it."""

import csv
from io import StringIO

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bima_sample import rights
from bima_sample.models import Entry
from core import context_of


async def entries(request: Request) -> Response:
    """All entries as a table of comma-separated values."""
    ctx = await context_of(request)
    ctx.require(rights.READ)
    text = StringIO()
    table = csv.writer(text)
    table.writerow(("code", "name"))
    async with ctx.host.db.session() as session:
        rows = await session.execute(select(Entry.code, Entry.name).order_by(Entry.code))
        table.writerows(rows.all())
    return Response(text.getvalue(), media_type="text/csv", headers={"cache-control": "no-store"})


ALL = (Route("/sample/entries.csv", entries),)
