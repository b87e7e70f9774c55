"""Literals written into documents become parameters: documents that differ in nothing else share their plans.

A document nobody sent before is split into its literals and its *skeleton*, all the rest of its text. The first one of
a skeleton is read as ever; where it is valid, its literals are replaced by variables. The next ones only have their
literals coerced. Decision 29 says why this gives the very answers of the documents as they were sent.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLError,
    GraphQLInputType,
    GraphQLScalarType,
    GraphQLSchema,
    IntValueNode,
    NameNode,
    ObjectFieldNode,
    OperationDefinitionNode,
    Source,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    get_nullable_type,
    parse_type,
    visit,
)
from graphql.language import Lexer
from graphql.utilities import value_from_ast

from schema.document import Document, Documents, operations_of

SHAPING = ("first", "last")
"""Arguments whose value shapes the statement, and may be limited when a document is validated."""
MOST_LITERALS = 500
"""A document with more of them is read as it is."""

_PIECE = re.compile(
    r"""
    ((?: [^"#\-0-9A-Za-z_]++                     # punctuation and blanks
       | [A-Za-z_][0-9A-Za-z_]*+                 # a name
       | \#[^\n\r]*+                             # a comment
       | \"""(?: \\\""" | (?!\""") . )*+\"""     # a block string: it stays where it is
    )*+)
    (?: ( "(?!"") (?: [^"\\\n\r\ud800-\udfff] | \\. )*+ "
        | -? (?: 0 | [1-9][0-9]*+ ) (?: \.[0-9]++ )?+ (?: [eE][+-]?[0-9]++ )?+ (?![0-9A-Za-z_.]) )
      | \Z
      | (.) )                                    # what no document may hold here
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Split:
    """A document's text as the pieces between its literals, each with the next one's kind, and the literals."""

    skeleton: tuple[str, ...]
    literals: tuple[str, ...]

    def starts(self) -> list[int]:
        """Where each literal begins in the text."""
        starts, at = [], 0
        for piece, literal in zip(self.skeleton, self.literals, strict=False):
            at += len(piece) - 1
            starts.append(at)
            at += len(literal)
        return starts


def split(text: str) -> Split | None:
    """Take a document's literals out; None when it has none, too many, or is no GraphQL."""
    pieces: list[str] = []
    literals: list[str] = []
    for found in _PIECE.finditer(text):
        piece, literal, wrong = found.groups("")
        if wrong or len(literals) == MOST_LITERALS:
            return None
        if not literal:
            pieces.append(piece)
            break
        pieces.append(piece + _kind(literal))
        literals.append(literal)
    return Split(tuple(pieces), tuple(literals)) if literals else None


def _kind(literal: str) -> str:
    if literal[0] == '"':
        return '"'
    return "0" if literal.lstrip("-").isdigit() else "."


def _value(literal: str) -> str:
    """What a literal says: the text of a string, the digits of a number.

    Raises:
        GraphQLError: a string holds what no string may.
    """
    if literal[0] != '"':
        return literal
    return literal[1:-1] if "\\" not in literal else str(Lexer(Source(literal)).advance().value)


@dataclass(frozen=True)
class Lifted:
    """A literal that became a variable: which one of the document's, the variable's name, and its type."""

    index: int
    name: str
    type: GraphQLInputType


@dataclass(frozen=True)
class Skeleton:
    """What a skeleton says of its literals: which become variables, and what of the others a plan may depend on."""

    lifted: tuple[Lifted, ...]
    fixed: tuple[int, ...]
    """Those that stay as they are, by value."""
    compared: tuple[int, ...]
    """Those in fields that may meet another of the same response key: whether both ask the same decides validity."""

    def key(self, parts: Split) -> Any:
        """What documents must have in common, besides the skeleton, to share what was read."""
        fixed = tuple(parts.literals[index] for index in self.fixed)
        if not self.compared:
            return parts.skeleton, fixed
        seen: dict[tuple[bool, str], int] = {}
        values = ((parts.literals[index][0] == '"', _value(parts.literals[index])) for index in self.compared)
        return parts.skeleton, fixed, tuple(seen.setdefault(value, len(seen)) for value in values)

    def values(self, parts: Split) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """The values of a document's literals, coerced as literals are and as JSON has them.

        None when one is not valid where it stands.
        """
        coerced: dict[str, Any] = {}
        raw: dict[str, Any] = {}
        for lifted in self.lifted:
            literal = parts.literals[lifted.index]
            text = _value(literal)
            is_text = literal[0] == '"'
            value = value_from_ast((StringValueNode if is_text else IntValueNode)(value=text), lifted.type)
            if value is Undefined:
                return None
            coerced[lifted.name] = value
            raw[lifted.name] = text if is_text else int(text)
        return coerced, raw


@dataclass(frozen=True)
class Asked:
    """A document as it was sent: what was read of it, and the values of those of its literals that are variables."""

    text: str
    document: Document
    coerced: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)

    def told(self, error: GraphQLError) -> GraphQLError:
        """An error that has its places in this very text."""
        return error if self.document.text == self.text else placed(error, self.document.text, self.text)


Lifting = tuple[Split, Skeleton, Document]
"""A document's pieces, and what lifting its literals came to."""


class Skeletons:
    """The skeletons that were met, and what was read of the documents that have them."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.asked = Documents()
        self.known = Documents()
        self.documents = Documents()

    def find(self, text: str) -> Asked | None:
        """A document whose skeleton is known; None when it has to be read: it is new in more, or not valid."""
        asked: Asked | None = self.asked.find(text)
        if asked is not None:
            return asked
        parts = split(text)
        skeleton: Skeleton | None = self.known.find(parts.skeleton) if parts is not None else None
        if parts is None or skeleton is None:
            return None
        try:
            document: Document | None = self.documents.find(skeleton.key(parts))
            return None if document is None else self._asked(text, document, skeleton, parts)
        except GraphQLError:
            return None

    def lift(self, text: str, document: Document) -> Lifting | None:
        """A document that was read, with its literals lifted; None when it has none to lift."""
        parts = None if document.errors else split(text)
        found = lift(self.schema, text, document, parts) if parts is not None else None
        return None if parts is None or found is None else (parts, *found)

    def keep(self, text: str, found: Lifting) -> Asked | None:
        """Remember a document with its literals lifted."""
        parts, skeleton, lifted = found
        self.known.keep(parts.skeleton, skeleton)
        self.documents.keep(skeleton.key(parts), lifted)
        return self._asked(text, lifted, skeleton, parts)

    def _asked(self, text: str, document: Document, skeleton: Skeleton, parts: Split) -> Asked | None:
        values = skeleton.values(parts)
        if values is None:
            return None
        asked = Asked(text, document, *values)
        self.asked.keep(text, asked)
        return asked


def lift(schema: GraphQLSchema, text: str, document: Document, parts: Split) -> tuple[Skeleton, Document] | None:
    """The skeleton of a valid document, and the document with variables; None when nothing can be lifted.

    Only scalars that are the whole value of an argument of a field, or of a field of an input object, become
    variables, and only where the document has one operation: literals in lists, directives and defaults stay.
    """
    if len(document.operations) != 1 or document.node is None:
        return None
    types = TypeInfo(schema)
    finder = _Finder(types, {start: index for index, start in enumerate(parts.starts())})
    node = visit(document.node, TypeInfoVisitor(types, finder))
    if not finder.lifted:
        return None
    definitions = []
    for definition in node.definitions:
        if isinstance(definition, OperationDefinitionNode):
            declared = (*(definition.variable_definitions or ()), *map(_declaration, finder.lifted))
            definition = OperationDefinitionNode(
                **{key: getattr(definition, key) for key in definition.keys} | {"variable_definitions": declared}
            )
        definitions.append(definition)
    moved = {lifted.index for lifted in finder.lifted}
    fixed = tuple(index for index in range(len(parts.literals)) if index not in moved)
    compared = tuple(index for index, key in finder.keys.items() if finder.fields[key] > 1)
    [own] = document.operations.values()
    operations = operations_of(schema, definitions, own.sizes)
    for operation in operations.values():
        operation.declared, operation.plain = own.declared, own.plain
    return Skeleton(tuple(finder.lifted), fixed, compared), Document(operations, [], text=text)


class _Finder(Visitor):
    """Replaces the literals that may become variables."""

    def __init__(self, types: TypeInfo, indices: dict[int, int]) -> None:
        super().__init__()
        self.types = types
        self.indices = indices
        self.lifted: list[Lifted] = []
        self.keys: dict[int, str] = {}
        """The response key of the field that each of them belongs to."""
        self.fields: Counter[str] = Counter()
        self.under: list[str] = []

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Count response keys."""
        key = (node.alias or node.name).value
        self.fields[key] += 1
        self.under.append(key)

    def leave_field(self, *_: Any) -> None:
        """Back to the field around."""
        self.under.pop()

    def enter_directive(self, *_: Any) -> Any:
        """Directives stay."""
        return self.SKIP

    enter_variable_definition = enter_directive

    def enter_string_value(self, node: Any, _key: Any, parent: Any, *_: Any) -> VariableNode | None:
        """Replace a literal by a variable."""
        index = self.indices.get(node.loc.start)
        type_ = get_nullable_type(self.types.get_input_type())
        shaping = isinstance(parent, ArgumentNode) and parent.name.value in SHAPING
        if index is None or shaping or not isinstance(parent, ArgumentNode | ObjectFieldNode):
            return None
        if not isinstance(type_, GraphQLScalarType) or (type_.name == "ID" and not isinstance(node, StringValueNode)):
            return None
        lifted = Lifted(index, f"{index}!", type_)  # no variable of a client can be called so
        self.lifted.append(lifted)
        self.keys[index] = self.under[-1]
        return VariableNode(name=NameNode(value=lifted.name))

    enter_int_value = enter_string_value


def _declaration(lifted: Lifted) -> VariableDefinitionNode:
    variable = VariableNode(name=NameNode(value=lifted.name))
    return VariableDefinitionNode(variable=variable, type=parse_type(str(lifted.type)), directives=())


def placed(error: GraphQLError, first: str, text: str) -> GraphQLError:
    """An error with its places in the first document of a skeleton, told of the document that was sent."""
    before, after = split(first), split(text)
    if error.positions is None or before is None or after is None:
        return error
    lengths = [len(new) - len(old) for old, new in zip(before.literals, after.literals, strict=True)]
    starts = before.starts()
    moved = [
        position + sum(length for start, length in zip(starts, lengths, strict=True) if start < position)
        for position in error.positions
    ]
    told = GraphQLError(error.message, None, Source(text), moved, error.path, error.original_error, error.extensions)
    told.__cause__ = error.__cause__
    return told
