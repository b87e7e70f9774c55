"""User errors: stable codes, messages in every language, several at once."""

import re

import pytest

from core.errors import (
    CORE_CODES,
    LANGUAGES,
    REQUIRED,
    TAKEN,
    TOO_LONG,
    Problems,
    UserError,
    UserErrors,
)

FIELD = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("code", CORE_CODES, ids=lambda code: code.code)
def test_a_code_has_a_message_with_the_same_parameters_in_every_language(code: object) -> None:
    messages = [getattr(code, language) for language in LANGUAGES]
    assert all(messages)
    assert len({frozenset(FIELD.findall(message)) for message in messages}) == 1


def test_a_message_is_filled_from_the_errors_parameters() -> None:
    assert TOO_LONG.message("en", {"most": 20}) == "At most 20 characters fit here. Shorten it."
    assert TOO_LONG.message("sw", {"most": 20}) == "Herufi zisizidi 20. Fupisha."


def test_an_unknown_language_gets_english() -> None:
    assert REQUIRED.message("de", {}) == REQUIRED.en


def test_a_path_names_the_place_in_the_input() -> None:
    assert UserError(REQUIRED, "head.lastName").path == ("head", "lastName")
    assert UserError(REQUIRED).path == ()


def test_an_error_keeps_its_parameters_and_the_current_object() -> None:
    error = UserError(TAKEN, "code", current="row", value="A1")
    assert (error.parameters, error.current) == ({"value": "A1"}, "row")


def test_problems_are_told_all_at_once() -> None:
    problems = Problems()
    problems.add(REQUIRED, "head")
    problems.add(TOO_LONG, "address", most=200)
    with pytest.raises(UserErrors, match="REQUIRED, TOO_LONG") as told:
        problems.stop()
    assert [error.path for error in told.value.errors] == [("head",), ("address",)]


def test_without_problems_work_goes_on() -> None:
    problems = Problems()
    problems.stop()
    assert problems.errors == []
