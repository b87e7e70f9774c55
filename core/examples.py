"""Examples of root fields, which lie beside their module in `examples.graphql`: for tests, and for GraphiQL's tabs.

Each is an operation below a comment: what it is for; `as` who asks it; and its variables as JSON, in which
`{{createFamily.family.id}}` stands for what an earlier answer gave.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphql import FieldNode, OperationDefinitionNode, OperationType, parse, print_ast

if TYPE_CHECKING:
    from core.loading import LoadedModule

FILE = "examples.graphql"
PLACE = re.compile(r'"\{\{([\w.]+)\}\}"')


@dataclass(frozen=True)
class Example:
    """One operation of a file: its name, its one root field, what it is for, who asks, and with which variables."""

    name: str
    field: str
    told: str
    who: str
    document: str
    variables: str = ""
    changes: bool = False
    """Whether it is a mutation."""

    @property
    def alone(self) -> bool:
        """Whether it can be asked without an earlier answer."""
        return not PLACE.search(self.variables)


def example_files(modules: Sequence["LoadedModule"]) -> list[Path]:
    """The files with examples, wherever the modules lie, in the order in which they read as a tutorial."""
    paths = [module.folder / FILE for module in modules]
    return [path for path in paths if path.exists()]


def examples(path: Path) -> Iterator[Example]:
    """The examples of a file, in its order.

    Raises:
        ValueError: one is not written as the others are; the message says which, and what is missing.
    """
    for block in re.split(r"\n(?=#)(?<=\n\n)", path.read_text(encoding="utf-8")):
        comments = [line.removeprefix("#").strip() for line in block.splitlines() if line.startswith("#")]
        told, _, rest = "\n".join(comments).partition("\nas ")
        who, _, variables = rest.partition("\n")
        definitions = parse(block).definitions
        if len(definitions) != 1 or not isinstance(definitions[0], OperationDefinitionNode):
            raise ValueError(f"{path.name}: one operation below its comment, not {len(definitions)}: {told}")
        operation = definitions[0]
        fields = [field for field in operation.selection_set.selections if isinstance(field, FieldNode)]
        if operation.name is None or not told or not who or len(fields) != 1:
            named = operation.name.value if operation.name else told
            raise ValueError(f"{path.name}: {named} needs a name, a comment, `# as` who asks it, and one root field")
        yield Example(
            name=operation.name.value,
            field=fields[0].name.value,
            told=told,
            who=who,
            document=print_ast(operation),
            variables=variables,
            changes=operation.operation is OperationType.MUTATION,
        )


def starting(modules: Sequence["LoadedModule"]) -> Iterator[Example]:
    """A few to begin with: signing in, then of each module the first question that needs no earlier answer."""
    for path in example_files(modules):
        found = [example for example in examples(path) if example.alone]
        yield from (example for example in found if example.field == "signIn")
        yield from [example for example in found if not example.changes][:1]
