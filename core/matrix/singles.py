"""Single objects: the root fields that show one, by each of their arguments, and `node`."""

from typing import Any

from core.matrix.corners import DEFINITION, World, is_scoped, mapping_of, target_of
from schema.kinds import OneField, RelationField
from schema.names import camel_case

ROWS = 2
"""Rows of each corner that are asked for."""


async def try_singles(world: World) -> None:
    """Everybody asks for rows of both corners, one at a time."""
    query = world.host.schema._schema.query_type
    assert query is not None
    readable = set()
    for name, root in query.fields.items():
        declared = root.extensions.get(DEFINITION)
        if isinstance(declared, RelationField):
            readable.add(target_of(root).name)
        if isinstance(declared, OneField):
            await _try_root(world, name, root)
    for name, (_, mapping) in world.types().items():
        if is_scoped(mapping):
            text = "query($id: ID!) { found: node(id: $id) { __typename id } }"
            for row in _rows(world, mapping.model):
                await _try(world, f"node of {name}", text, {"id": row.id}, row, mapping.model, name in readable)


async def _try_root(world: World, name: str, root: Any) -> None:
    mapping = mapping_of(root.type)
    assert mapping is not None
    attributes = {camel_case(attribute): attribute for attribute in mapping.attributes}
    tried = False
    for argument, declared in root.args.items():
        if argument not in attributes:
            continue
        text = f"query($value: {declared.type}) {{ found: {name}({argument}: $value) {{ id }} }}"
        for row in _rows(world, mapping.model):
            value = getattr(row, attributes[argument])
            everything = await world.ask("national", text, {"value": value})
            if "errors" in everything or not is_scoped(mapping):
                continue  # this argument does not do alone
            tried = True
            await _try(world, f"Query.{name}({argument})", text, {"value": value}, row, mapping.model, True)
    if not tried and is_scoped(mapping):
        world.problems.append(f"Query.{name} was not tried: none of its arguments is a column of {root.type}.")


async def _try(
    world: World, what: str, text: str, variables: dict[str, Any], row: Any, model: type, readable: bool
) -> None:
    everything = (await world.ask("national", text, variables))["data"]["found"]
    if readable and everything is None and str(row.id) in world.seen["national"][model]:
        return  # it shows current rows only
    for who in world.people:
        answer = await world.ask(who, text, variables)
        found = (answer.get("data") or {}).get("found")
        sees = who != "nobody" and str(row.id) in world.seen[who][model]
        sees = sees and (everything is not None or world.personal(model))
        if (found is not None) != sees:
            world.problems.append(f"{who}: {what} {'shows' if found else 'hides'} a row of the corner.")
        elif found is None and who != "nobody" and "errors" in answer:
            world.problems.append(f"{who}: {what} says {answer['errors'][0]['message']}")


def _rows(world: World, model: type) -> list[Any]:
    return [row for corner in (world.here, world.there) for row in corner.rows.get(model, ())[:ROWS]]
