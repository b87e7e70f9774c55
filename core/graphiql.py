"""GraphiQL at `/`, where developers try queries; its files are served from here, for there may be no internet."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

FILES = Path(__file__).parent / "static" / "graphiql"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""What the page may load: nothing from outside. It writes styles of its own as it runs."""


async def page(request: Request) -> Response:
    """The page itself."""
    return FileResponse(FILES / "index.html", headers={"content-security-policy": POLICY})


ROUTES = (Route("/", page), Mount("/graphiql", StaticFiles(directory=FILES)))
