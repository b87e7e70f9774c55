"""Documents: parsed and validated once, then kept with the plans made of them."""

from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from graphql import (
    DefinitionNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    VariableDefinitionNode,
    parse,
    specified_rules,
    validate,
)

from schema.errors import refused
from schema.limits import LONGEST, MOST_ERRORS, MOST_TOKENS, measure
from schema.values import Variables, shape
from schema.variables import Plain, plain

MOST_DOCUMENTS = 1000
MOST_CHARACTERS = 500_000
"""Of all documents that are kept. A parsed one takes up to 300 bytes a character, and anybody may send some."""
QUIET_RULES = [*specified_rules, NoSchemaIntrospectionCustomRule]
MOST_PLANS = 100
"""Of one operation: each shape of its variables, and each set of rights, has one."""
MOST_SQL = 20_000_000
"""Characters of all statements that are kept, of whatever document. What hangs on them is as large again."""
LEAST_SQL = 1_000
"""What a plan counts for at least: one without any statement takes memory too."""
TOO_LONG = "Document contains more than"
"""How graphql-core begins when it stops reading."""
ABORTED = "Validation aborted."
"""What graphql-core says when `MOST_COMPARISONS` are spent."""


class Recent(OrderedDict[Hashable, Any]):
    """A bounded cache that forgets what was used longest ago."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def find(self, key: Hashable) -> Any:
        """The value, or None; using it keeps it."""
        value = self.get(key)
        if value is not None:
            self.move_to_end(key)
        return value

    def keep(self, key: Hashable, value: Any) -> None:
        """Remember a value, forgetting the oldest when there are too many."""
        self[key] = value
        self.move_to_end(key)
        if len(self) > self.most:
            self.popitem(last=False)


class Plans:
    """The bound of all plans together: whoever makes ever new ones loses the oldest, not the server's memory."""

    def __init__(self, most_characters: int = MOST_SQL) -> None:
        self.most_characters = most_characters
        self.characters = 0
        self._made: deque[tuple[ref[Recent], Hashable, int]] = deque()

    def keep(self, plans: Recent, key: Hashable, plan: Any, characters: int) -> None:
        """Remember a plan among those of its operation, forgetting the oldest of all when they are too long."""
        plans.keep(key, plan)
        length = max(characters, LEAST_SQL)
        self._made.append((ref(plans), key, length))
        self.characters += length
        while self.characters > self.most_characters:
            of, oldest, length = self._made.popleft()
            self.characters -= length
            if (there := of()) is not None:
                there.pop(oldest, None)


class Documents(Recent):
    """The documents that were read, by their text: bounded in their number and in the characters of them all."""

    def __init__(self) -> None:
        super().__init__(MOST_DOCUMENTS)
        self.most_characters = MOST_CHARACTERS
        self.characters = 0

    def keep(self, key: Hashable, value: Any) -> None:
        """Remember a document, forgetting the oldest ones when they are too many or too long."""
        if key not in self:
            self.characters += len(str(key))
        self[key] = value
        while len(self) > self.most or self.characters > self.most_characters:
            forgotten, _ = self.popitem(last=False)
            self.characters -= len(str(forgotten))


@dataclass
class Operation:
    """An operation of a document, with what planning found out about it."""

    node: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    declared: tuple[VariableDefinitionNode, ...]
    """The variables that the client declared."""
    plain: Plain | None = None
    """The same where all of them are plain scalars."""
    sizes: tuple[str, ...] = ()
    """Those of the document that say how long a page is."""
    shaping: dict[str, Any] = field(default_factory=dict)
    rights: dict[str, Any] = field(default_factory=dict)
    plans: Recent = field(default_factory=lambda: Recent(MOST_PLANS))
    statements: Recent = field(default_factory=lambda: Recent(MOST_PLANS))
    """Of the mapped types below ordinary fields."""

    def key(self, variables: Variables, asker: Any) -> Hashable:
        """What a plan depends on, as far as planning has found out by now."""
        shaping = tuple([(name, _hashable(by(variables))) for name, by in self.shaping.items()])
        may = asker.may
        rights = tuple([name for name, right in self.rights.items() if may(right)])
        sizes = tuple([variables.get(name) for name in self.sizes])
        return shape(variables), sizes, shaping, rights, asker.shape

    @property
    def kind(self) -> str:
        """query, mutation or subscription."""
        return self.node.operation.value


def _hashable(value: Any) -> Hashable:
    return value if not isinstance(value, list) else tuple(value)


@dataclass
class Document:
    """A document that was parsed and validated: its operations, or what is wrong with it."""

    operations: dict[str | None, Operation]
    errors: list[GraphQLError]
    node: DocumentNode | None = None
    text: str = ""

    def operation(self, name: str | None) -> Operation | None:
        """The operation of a name, or the only one; None when it cannot be told."""
        if name is None:
            return next(iter(self.operations.values())) if len(self.operations) == 1 else None
        return self.operations.get(name)

    def told(self, request_id: str) -> list[dict[str, Any]]:
        """The errors, as JSON."""
        return [refused(error, request_id) for error in self.errors]


def read(schema: GraphQLSchema, text: str, *, explained: bool = True) -> Document:
    """Parse, measure and validate a document.

    `explained`: introspection answers, and errors suggest names that exist.
    """
    if len(text) > LONGEST:
        return _refused(f"This document has more than {LONGEST:,} characters. Send values as variables.")
    try:
        document = parse(text, max_lexical_tokens=MOST_TOKENS, max_comments=MOST_TOKENS)
        errors, sizes = measure(schema, document)
        if not errors:
            rules = specified_rules if explained else QUIET_RULES
            errors = validate(schema, document, rules, max_errors=MOST_ERRORS, hide_suggestions=not explained)
        _unlink(document)
        if [error.message for error in errors] == [ABORTED]:
            return _refused("This document asks for the same fields too often at one place. Ask for each once.")
    except GraphQLError as error:
        if TOO_LONG in error.message:
            return _refused(f"This document has more than {MOST_TOKENS:,} words and signs. Send values as variables.")
        return Document({}, [error])
    except RecursionError:
        return _refused("This document nests too deeply.")
    return Document({} if errors else operations_of(schema, document.definitions, sizes), errors, document, text)


def _unlink(document: DocumentNode) -> None:
    """Cut the chain of a document's tokens, which nothing needs any more.

    As a chain they would wait for the garbage collector, which stops every request while it goes through them.
    """
    token = document.loc.start_token if document.loc is not None else None
    while token is not None:
        following, token.prev, token.next = token.next, None, None
        token = following


def _refused(message: str) -> Document:
    return Document({}, [GraphQLError(message, extensions={"code": "LIMIT_EXCEEDED"})])


def operations_of(
    schema: GraphQLSchema, definitions: Iterable[DefinitionNode], sizes: tuple[str, ...] = ()
) -> dict[str | None, Operation]:
    """The operations among a valid document's definitions, by their names."""
    definitions = tuple(definitions)
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    found: dict[str | None, Operation] = {}
    for node in definitions:
        if isinstance(node, OperationDefinitionNode):
            declared = tuple(node.variable_definitions or ())
            name = node.name.value if node.name else None
            found[name] = Operation(node, fragments, declared, plain(schema, declared), sizes)
    return found
