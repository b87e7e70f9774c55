"""Values: plain data that nobody changes, for rules that make a dozen of them for each line of a million claims."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """As `dataclass(frozen=True, slots=True)`, but it is mypy that sees to it that no field is changed.

    That makes them in a third of the time. `dataclasses.replace` makes a changed copy.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
