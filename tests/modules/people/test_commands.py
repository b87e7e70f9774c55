"""`bima user create`."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from click.testing import Result

Cli = Callable[..., Result]
Accounts = Callable[[], list[Any]]

ACCOUNTS = """
    SELECT a.username, a.last_name, a.password_hash LIKE '$argon2id$%',
        array_agg(DISTINCT r.code), array_agg(DISTINCT g.kind)
    FROM people_account a LEFT JOIN people_grant g ON g.account_id = a.id
    LEFT JOIN people_account_role ar ON ar.account_id = a.id LEFT JOIN people_role r ON r.id = ar.role_id
    GROUP BY a.id
"""


@pytest.fixture
def accounts(database_url: str) -> Accounts:
    def accounts() -> list[Any]:
        with psycopg.connect(database_url) as connection:
            return connection.execute(ACCOUNTS).fetchall()

    return accounts


def test_it_creates_an_account_that_can_sign_in(cli: Cli, accounts: Accounts) -> None:
    done = cli(
        "user", "create", "asha", "--last-name", "Mushi", "--role", "CLERK", "--role", "MANAGER", "--national",
        "--password-stdin", input="correct horse battery\n",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "asha" in done.output
    assert "battery" not in done.output
    assert accounts() == [("asha", "Mushi", True, ["CLERK", "MANAGER"], ["national"])]


def test_it_asks_for_the_password_twice_and_shows_it_never(cli: Cli, accounts: Accounts) -> None:
    done = cli("user", "create", "asha", input="correct horse battery\ncorrect horse battery\n")
    assert done.exit_code == 0, done.output
    assert "battery" not in done.output
    assert accounts() == [("asha", "asha", True, [None], [None])]


@pytest.mark.parametrize(
    ("options", "password", "told"),
    [
        (("--role", "KING"), "correct horse battery", "KING is not a known code"),
        ((), "short", "10 characters or more"),
        (
            ("--location", "01a20c57-86ac-72ae-8115-3c9580016de7"),
            "correct horse battery",
            "Nothing of the kind location",
        ),
    ],
)
def test_it_says_what_is_wrong_and_creates_nothing(
    cli: Cli, accounts: Accounts, options: tuple[str, ...], password: str, told: str
) -> None:
    done = cli("user", "create", "asha", *options, "--password-stdin", input=f"{password}\n")
    assert done.exit_code == 1
    assert told in done.output
    assert accounts() == []
