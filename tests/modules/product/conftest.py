from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core import Actor
from core.testing import Api, actor

Change = Callable[..., Awaitable[Any]]


@pytest.fixture
def change(api: Api) -> Change:
    """Sends a mutation by its name as a scheme administrator; answers its payload.

    `fields` are the payload's, `errors` come with them; everything else is the input.
    """

    async def send(mutation: str, fields: str, who: Actor | None = None, **input: Any) -> Any:
        kind = f"{mutation[0].upper()}{mutation[1:]}"
        selection = f"{fields} errors {{ code path message }}"
        document = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"
        reply = await api(document, {"input": input}, actor=who or actor("SCHEME_ADMINISTRATOR"))
        assert reply.errors == []
        payload = reply.data[mutation]
        payload["told"] = [(error["code"], ".".join(error["path"])) for error in payload["errors"]]
        payload["statements"] = reply.statements
        return payload

    return send
