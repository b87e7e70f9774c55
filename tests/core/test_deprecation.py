"""What is deprecated still works, and says once what to use instead."""

import warnings

import pytest

from core import deprecated, query
from core.module import PUBLIC
from schema import Query, extend
from schema.compose import Schema


def test_a_function_warns_once_where_it_is_called_and_works() -> None:
    @deprecated("1.2", "Use `new`.")
    def old(number: int) -> int:
        """The docstring stays."""
        return number + 1

    with pytest.warns(DeprecationWarning, match=r"old is deprecated\. Deprecated since 1\.2: Use `new`\.") as told:
        assert [old(1), old(2)] == [2, 3]
    assert [warning.filename for warning in told] == [__file__]
    assert old.__doc__ == "The docstring stays."


async def test_a_coroutine_warns_too() -> None:
    @deprecated("1.2", "Use `new`.")
    async def old() -> int:
        return 1

    with pytest.warns(DeprecationWarning, match=r"Use `new`\."):
        assert await old() == 1


def test_a_class_warns_when_it_is_made() -> None:
    @deprecated("1.2", "Use `New`.")
    class Old:
        def __init__(self, name: str) -> None:
            self.name = name

    with pytest.warns(DeprecationWarning, match="Old is deprecated"):
        assert Old("x").name == "x"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(Old("y"), Old)


def test_a_field_says_it_in_the_schema() -> None:
    @deprecated("1.2", "Use `new`.")
    @query(right=PUBLIC)
    async def old(ctx: object) -> int:
        """What was."""
        return 1

    sdl = Schema([("core", extend(Query, old))]).sdl()
    assert 'old: Int! @deprecated(reason: "Deprecated since 1.2: Use `new`.")' in sdl
