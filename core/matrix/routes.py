"""What modules serve beside `/graphql`: the same people ask each route for what lies in the corner.

A route that names something in its path answers whoever does not see it as if there were nothing. One that names
nothing, such as an export, holds no id and no text of a row that its reader does not see.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.routing import Route

from core.context import ANONYMOUS, Actor
from core.db import new_id
from core.hooks import hook
from core.matrix.corners import World, is_scoped

SHORTEST = 6
"""Characters of a text that is taken for a trace of its row; shorter ones stand in many."""


class Doorkeeper:
    """Knows the people of the matrix by their names, which are their tokens."""

    def __init__(self, people: dict[str, Actor]) -> None:
        self.people = people

    @hook
    async def authenticate(self, token: str) -> Actor | None:
        return self.people.get(token)


async def try_routes(world: World) -> None:
    """Everybody asks for all that modules serve by GET; other methods are to be tried by tests of their own."""
    for route in world.host.routes:
        if isinstance(route, Route) and "GET" in (route.methods or ()) and route.path not in world.here.beyond:
            await _try(world, route)


async def _try(world: World, route: Route) -> None:
    names = route.param_convertors
    if not names:
        await _try_whole(world, route.path)
        return
    given = world.here.inputs.get(route.path)
    if given is None or set(given) != set(names):
        where = f"corner.inputs[{route.path!r}]"
        world.problems.append(
            f"{route.path} takes {', '.join(names)}: give what names something of the corner in {where}."
        )
        return
    nothing = {name: type(value)(str(new_id())) for name, value in given.items()}
    with _asking(world) as ask:
        everything = await ask("national", str(route.url_path_for(route.name, **given)))
        if everything == await ask("national", str(route.url_path_for(route.name, **nothing))):
            world.problems.append(f"{route.path} answers the national account as if there were nothing: name another.")
        for who in (world.stranger, "nowhere", "nobody"):
            answer, none = [await ask(who, str(route.url_path_for(route.name, **named))) for named in (given, nothing)]
            if _without(answer, given) != _without(none, nothing) or (who == "nobody" and answer.startswith("2")):
                world.problems.append(f"{who}: {route.path} tells a row outside from none: {answer} and {none}")


def _without(answer: str, named: dict[str, Any]) -> str:
    """An answer without the request's id and what was named in the path."""
    for value in named.values():
        answer = answer.replace(str(value), "")
    return re.sub(r'"requestId": ?"[^"]*"', "", answer)


async def _try_whole(world: World, path: str) -> None:
    with _asking(world) as ask:
        everything = await ask("national", path)
        if not any(mark in everything for mark in _marks(world, None)):
            where = f"corner.beyond[{path!r}]"
            world.problems.append(
                f"{path} shows nothing of the corner: let it, or say in {where} why it concerns nobody."
            )
        for who in world.people:
            answer = await ask(who, path)
            if found := [mark for mark in _marks(world, who) if mark in answer]:
                world.problems.append(
                    f"{who}: {path} shows {len(found)} ids or texts of rows outside, such as {found[0]}"
                )


def _marks(world: World, who: str | None) -> Iterator[str]:
    """The ids and texts of rows of the corner that somebody does not see; of all rows when nobody is named."""
    common = {text for rows in world.there.rows.values() for row in rows for text in _texts(row)}
    for _, mapping in world.types().values():
        if is_scoped(mapping):
            for row in world.here.rows.get(mapping.model, ()):
                if who is None or str(row.id) not in world.seen[who][mapping.model]:
                    yield from _texts(row) - common


def _texts(row: Any) -> set[str]:
    values = [
        getattr(row, attribute.key) for attribute in type(row).__mapper__.column_attrs if attribute.key in vars(row)
    ]
    return {str(row.id)} | {value for value in values if isinstance(value, str) and len(value) >= SHORTEST}


@contextmanager
def _asking(world: World) -> Iterator[Any]:
    """Asks as somebody; answers status and body as one text."""
    from httpx import ASGITransport, AsyncClient

    from core.http import create_app

    app = create_app(world.host)
    app.state.readiness.missing = ""
    doorkeeper = Doorkeeper({name: one for name, one in world.people.items() if one is not ANONYMOUS})
    world.host.plugins.register(doorkeeper)

    async def ask(who: str, path: str) -> str:
        headers = {"authorization": f"Bearer {who}"} if who in doorkeeper.people else {}
        async with AsyncClient(transport=ASGITransport(app), base_url="http://bima", headers=headers) as client:
            answer = await client.get(path)
        return f"{answer.status_code} {answer.text}"

    try:
        yield ask
    finally:
        world.host.plugins.unregister(doorkeeper)
