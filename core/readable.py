"""Texts of inputs as people read them: what nobody sees is taken out of texts, and refused in codes and numbers.

Taking something out of a code would make another code of it; in a name it only hides that two are the same.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from core.errors import INVISIBLE, UserError
from schema.names import camel_case

CODES = re.compile(r"(code|number|username)s?$")
"""How the fields are called that hold codes and numbers: compared letter by letter, by people and by machines."""
NAMES = re.compile(r"names?$")
"""How those are called that hold one line."""
SECRETS = re.compile(r"password|secret|token")
"""Those that are left as they are."""
KEPT = frozenset("\t\n\r\u200c\u200d")
"""Lines and tabs, and the two joiners that Devanagari and other scripts are written with."""
_HIDDEN = ("Cc", "Cf", "Cs")
"""Unicode's categories: controls, marks without a form of their own such as those of direction, halves of pairs."""
_LINES = re.compile(r"[\t\n\r]+")


def make_readable(given: Any, at: str = "") -> Iterator[UserError]:
    """Take out of an input's texts what nobody sees, in place; what is wrong with its codes and numbers."""
    for field in dataclasses.fields(given):
        value = getattr(given, field.name)
        if value is None or SECRETS.search(field.name):
            continue
        path = at + camel_case(field.name)
        if type(value) is str:
            if not value.isprintable():
                yield from _text(given, field.name, value, path)
        elif dataclasses.is_dataclass(value):
            yield from make_readable(value, f"{path}.")
        elif isinstance(value, list):
            yield from _list(value, field.name, path)


def _list(values: list[Any], name: str, path: str) -> Iterator[UserError]:
    for index, value in enumerate(values):
        if dataclasses.is_dataclass(value):
            yield from make_readable(value, f"{path}.{index}.")
        elif type(value) is str and not value.isprintable():
            if CODES.search(name) and not value.strip().isprintable():
                yield UserError(INVISIBLE, f"{path}.{index}")
            values[index] = readable(value)


def _text(given: Any, name: str, value: str, path: str) -> Iterator[UserError]:
    if CODES.search(name):
        if not value.strip().isprintable():
            yield UserError(INVISIBLE, path)
        return
    text = readable(value)
    setattr(given, name, _LINES.sub(" ", text) if NAMES.search(name) else text)


def readable(text: str) -> str:
    """A text without what nobody sees."""
    return "".join(sign for sign in text if sign in KEPT or unicodedata.category(sign) not in _HIDDEN)
