"""Asking examples in tests: with what earlier answers gave, and with something to show for it."""

import json
from collections.abc import Mapping
from typing import Any

from core.examples import PLACE


def filled(variables: str, answers: Mapping[str, Any]) -> Any:
    """The variables of an example, with each `{{name.field.0.id}}` replaced by what the answer of that name has there.

    Raises:
        LookupError: there is no such answer, or nothing in it at that place.
    """

    def place(found: Any) -> str:
        value: Any = answers
        for part in found.group(1).split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        return json.dumps(value, default=str)

    return json.loads(PLACE.sub(place, variables or "{}"))


def shows_nothing(value: Any) -> bool:
    """Whether a root field's answer is empty: null, no rows, or a payload with nothing but its errors."""
    if isinstance(value, Mapping):
        if "nodes" in value:
            return not value["nodes"]
        if "errors" in value:
            return all(part in (None, []) for name, part in value.items() if name not in ("errors", "clientMutationId"))
    return value is None or value == []
