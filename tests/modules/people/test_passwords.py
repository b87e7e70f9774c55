"""What a good password is."""

import pytest

from core import Problems
from modules.people.services import passwords


def found(password: str, username: str = "asha") -> list[str]:
    problems = Problems()
    passwords.check(password, username, problems, "password")
    return [error.code.code for error in problems.errors]


@pytest.mark.parametrize(
    "password", ["correct horse battery", "mbuzi wa bibi 7", "ten chars!", "pässwörter aus Aachen"]
)
def test_ten_characters_that_few_people_use_are_enough(password: str) -> None:
    assert found(password) == []


def test_nine_characters_are_too_few() -> None:
    assert found("nine char") == ["PASSWORD_TOO_SHORT"]


@pytest.mark.parametrize("password", ["password123", "PassWord123", "1234567890", "Tanzania123", "aaaaaaaaaaaa"])
def test_what_many_people_use_is_refused_whatever_the_capitals(password: str) -> None:
    assert found(password) == ["PASSWORD_COMMON"]


def test_the_user_name_is_no_password() -> None:
    assert found("Asha.Mushi.1", "asha.mushi.1") == ["PASSWORD_COMMON"]


def test_the_list_holds_only_what_would_otherwise_be_long_enough() -> None:
    assert all(len(password) >= passwords.LEAST for password in passwords._common())


async def test_a_hash_matches_its_password_only() -> None:
    stored = await passwords.hashed("correct horse battery")
    assert await passwords.matches("correct horse battery", stored)
    assert not await passwords.matches("correct horse batterz", stored)


async def test_without_a_hash_nothing_matches() -> None:
    assert not await passwords.matches("the password of no account", None)
    assert not await passwords.matches("", "no hash at all")
