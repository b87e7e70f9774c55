"""Lists and everything that can be reached from them: the same documents for everybody, held to the national answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLObjectType, is_required_argument

from core.matrix.corners import DEFINITION, World, is_scoped, mapping_of, target_of
from core.module import PUBLIC
from schema.connection import PageField
from schema.kinds import MappedField, OneField, ReferenceField, RelationField

MOST, MOST_BELOW = 40, 8
"""Rows of a list, and of a list below another one, that are read. Corners must have fewer, or counts come out wrong."""


@dataclass
class Step:
    """A field of a document that shows objects of a type, and the fields below it."""

    name: str
    declared: Any
    type_: GraphQLObjectType
    owner: str
    inner: list["Step"] = field(default_factory=list)

    @property
    def edge(self) -> str:
        """The field's full name."""
        return f"{self.owner}.{self.name}"

    @property
    def is_guarded(self) -> bool:
        """Whether the field or one below it needs a right."""
        return self.declared.right not in (PUBLIC, None) or any(step.is_guarded for step in self.inner)

    def text(self, arguments: str = "") -> str:
        """The selection, with arguments in it."""
        own = " ".join(["__typename", *(["id"] if "id" in self.type_.fields else []), *(s.text() for s in self.inner)])
        if isinstance(self.declared, PageField):
            size = MOST if self.owner == "Query" else MOST_BELOW
            return f"{self.name}(first: {size}{arguments}) {{ totalCount nodes {{ {own} }} }}"
        return f"{self.name}{f'({arguments})' if arguments else ''} {{ {own} }}"

    def objects(self, value: Any) -> list[dict[str, Any]]:
        """The objects in the field's value."""
        if value is None:
            return []
        if isinstance(self.declared, PageField):
            return list(value["nodes"])
        return value if isinstance(value, list) else [value]


class Reads:
    """Tries the lists of the schema and all relations of all types."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.schema = world.host.schema._schema
        self.reached: set[str] = set()

    async def try_all(self) -> None:
        """Ask everybody for everything."""
        steps = list(self.steps())
        for step in steps:
            query = self.schema.query_type
            assert query is not None
            given = self.world.here.inputs.get(step.name, {})
            types = {name: query.fields[step.name].args[name].type for name in given}
            declared = ", ".join(f"${name}: {type_}" for name, type_ in types.items())
            arguments = ", ".join(f"{name}: ${name}" for name in given)
            if arguments and isinstance(step.declared, PageField):
                arguments = f", {arguments}"
            text = f"query{f'({declared})' if declared else ''} {{ {step.text(arguments)} }}"
            everything = await self.world.ask("national", text, given)
            if "errors" in everything:
                self.world.problems.append(f"Query.{step.name}: {everything['errors'][0]['message']}")
                continue
            for who in self.world.people:
                answer = await self.world.ask(who, text, given)
                if who == "nobody" and step.is_guarded:
                    if (answer.get("data") or {}).get(step.name) is not None:
                        self.world.problems.append(f"Query.{step.name} answers nobody in particular.")
                elif "errors" in answer:
                    self.world.problems.append(f"{who}: Query.{step.name}: {answer['errors'][0]['message']}")
                else:
                    self.compare(who, step, everything["data"][step.name], answer["data"][step.name])
        self.check_reached(steps)

    def steps(self) -> Iterator[Step]:
        """The lists of the schema. Each type's relations are asked for once: at its own list, or at first sight."""
        query = self.schema.query_type
        assert query is not None
        roots: dict[str, Step] = {}
        for name, root in query.fields.items():
            declared = root.extensions.get(DEFINITION)
            if isinstance(declared, RelationField) and not isinstance(declared, OneField):
                type_ = target_of(root)
                needs = [argument for argument, value in root.args.items() if is_required_argument(value)]
                if needs and name not in self.world.here.inputs:
                    where = f"corner.inputs[{name!r}]"
                    self.world.problems.append(f"Query.{name} needs {', '.join(needs)}: give them in {where}.")
                    continue
                roots[name] = Step(name, declared, type_, "Query")
        known = {step.type_.name for step in roots.values()}
        waiting = []
        for step in roots.values():
            if step.type_.name in known:
                known.discard(step.type_.name)
                waiting.append(step)
        done = {step.type_.name for step in waiting}
        while waiting:
            waiting.extend(self.expand(waiting.pop(0), done))
        yield from roots.values()

    def expand(self, step: Step, done: set[str]) -> Iterator[Step]:
        """Put the relations of a step's type below it; those to types that have not had their turn come back."""
        for name, child in step.type_.fields.items():
            declared: MappedField = child.extensions[DEFINITION]
            if not isinstance(declared, ReferenceField | RelationField):
                continue
            type_ = target_of(child)
            mapping = mapping_of(type_)
            assert mapping is not None
            if any(is_required_argument(argument) for argument in child.args.values()):
                self.world.problems.append(f"{step.type_.name}.{name} needs an argument: the matrix cannot ask for it.")
                continue
            if type_.name in done and not is_scoped(mapping):
                continue
            step.inner.append(Step(name, declared, type_, step.type_.name))
            if type_.name not in done:
                done.add(type_.name)
                yield step.inner[-1]
            elif declared.seen_with_parent:
                # The row may lie outside: what it points at is tried from there too.
                step.inner[-1].inner.extend(self.scoped_relations(type_))

    def scoped_relations(self, type_: GraphQLObjectType) -> Iterator[Step]:
        """The relations of a type to rows that have a scope."""
        for name, child in type_.fields.items():
            declared, mapping = child.extensions[DEFINITION], mapping_of(target_of(child))
            if isinstance(declared, ReferenceField | RelationField) and mapping is not None and is_scoped(mapping):
                yield Step(name, declared, target_of(child), type_.name)

    def compare(self, who: str, step: Step, everything: Any, own: Any, *, partly: bool = False) -> None:
        """Whoever may see less gets what the national account gets, less what lies outside.

        `partly`: of the row above only a part is shown, and nothing that is seen with it.
        """
        mapping = mapping_of(step.type_)
        assert mapping is not None
        all_, mine = step.objects(everything), step.objects(own)
        if all_ or mine:
            self.reached.add(step.edge)
        if "id" not in step.type_.fields:
            bounded = is_scoped(mapping) and not step.declared.seen_with_parent
            most = min(len(all_), len(self.world.seen[who][mapping.model])) if bounded else len(all_)
            if len(mine) != most:
                self.world.problems.append(f"{who}: {step.edge} shows {len(mine)} of {len(all_)}.")
            return
        seen = self.world.seen[who][mapping.model]
        expected = [] if partly and _belongs_to_parent(step) else [row["id"] for row in all_ if _seen(step, row, seen)]
        found = [row["id"] for row in mine]
        if getattr(step.declared, "viewer_parameter", None) or self.world.personal(mapping.model):
            expected = [id for id in found if id in seen]
        if found != expected:
            more, less = len(set(found) - set(expected)), len(set(expected) - set(found))
            self.world.problems.append(f"{who}: {step.edge} shows {more} too many and hides {less}.")
        if isinstance(step.declared, PageField) and own["totalCount"] != len(expected):
            self.world.problems.append(f"{who}: {step.edge} counts {own['totalCount']} instead of {len(expected)}.")
        whole = {row["id"]: row for row in all_}
        for row in mine:
            a_part = isinstance(step.declared.seen_with_parent, tuple) and row["id"] not in seen
            for child in step.inner:
                if row["id"] in whole:
                    self.compare(who, child, whole[row["id"]][child.name], row[child.name], partly=a_part)

    def check_reached(self, steps: list[Step]) -> None:
        """Every relation to rows that have a scope was tried with at least one row."""
        waiting = list(steps)
        while waiting:
            step = waiting.pop()
            waiting.extend(step.inner)
            mapping = mapping_of(step.type_)
            assert mapping is not None
            if is_scoped(mapping) and step.edge not in self.reached:
                self.world.problems.append(f"{step.edge} was tried without a row: let a populate(corner) make one.")


def _belongs_to_parent(step: Step) -> bool:
    """Whether a field is of the row itself, so that it is left out of a row of which a part is shown."""
    return bool(step.declared.seen_with_parent) or isinstance(step.declared, ReferenceField)


def _seen(step: Step, row: dict[str, Any], seen: set[str]) -> bool:
    return bool(step.declared.seen_with_parent) or row["id"] in seen
