"""`bima user create` and `bima user key`."""

import json
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


def test_a_system_s_key_is_made_listed_and_revoked(cli: Cli, accounts: Accounts) -> None:
    assert cli("user", "create", "gothomis", "--role", "CLERK", "--machine").exit_code == 0
    assert accounts()[0][2] is None  # no password
    made = cli("user", "key", "create", "GoTHOMIS", "--name", "Mbeya", "--until", "2099-01-01", "--per-minute", "60")
    assert "between today and 10 years" in made.output
    made = cli("user", "key", "create", "GoTHOMIS", "--name", "Mbeya", "--per-minute", "60")
    assert made.exit_code == 0, made.output
    key = made.stdout.strip()
    public_id = key[5:17]
    assert len(key) == 66
    assert f"revoke {public_id}" in made.stderr
    [listed] = json.loads(cli("user", "key", "list", "--json").stdout)
    assert (listed["id"], listed["account"], listed["name"], listed["revoked"]) == (
        public_id,
        "gothomis",
        "Mbeya",
        None,
    )
    assert key[18:] not in cli("user", "key", "list").output
    assert "Revoked" in cli("user", "key", "revoke", key[:17]).output
    assert json.loads(cli("user", "key", "list", "--json").stdout)[0]["revoked"]


def test_what_is_wrong_with_a_key_is_told_in_a_line(cli: Cli) -> None:
    cli("user", "create", "asha", "--password-stdin", input="correct horse battery\n")
    for arguments, told in (
        (("create", "nobody", "--name", "X"), "No account has the name nobody"),
        (("create", "asha", "--name", "X"), "belongs to a person"),
        (("revoke", "nothing"), "There is no such key"),
    ):
        done = cli("user", "key", *arguments)
        assert done.exit_code == 1
        assert told in done.output
