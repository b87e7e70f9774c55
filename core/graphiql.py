"""GraphiQL at `/`, where developers try queries; its files are served from here, for there may be no internet."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from core.examples import Example, starting

FILES = Path(__file__).parent / "static" / "graphiql"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""What the page may load: nothing from outside. It writes styles of its own as it runs."""


async def page(request: Request) -> Response:
    """The page itself."""
    return FileResponse(FILES / "index.html", headers={"content-security-policy": POLICY})


async def tabs(request: Request) -> Response:
    """The tabs that somebody finds who opens the page for the first time: examples of the modules that are on."""
    return JSONResponse([_tab(example) for example in starting(request.state.host.modules)])


def _tab(example: Example) -> dict[str, str]:
    told = "".join(f"# {line}\n" for line in example.told.splitlines())
    return {
        "query": f"{told}# In the demo {example.who} may ask it.\n{example.document}\n",
        "variables": example.variables,
    }


ROUTES = (Route("/", page), Route("/graphiql/tabs.json", tabs), Mount("/graphiql", StaticFiles(directory=FILES)))
