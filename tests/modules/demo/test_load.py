"""`bima demo load`: a country in a few seconds, once."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context
from core.cli import command_line
from core.testing import Api
from modules.demo import loading
from modules.demo.accounts import PASSWORD
from modules.demo.files import REGISTERS, register_lines, rows
from modules.insuree.rules import CHF_NUMBER, number_problem
from modules.people.rights import STANDARD_ROLES

Cli = Callable[..., Result]
Ask = Callable[..., list[Any]]

COUNTED = (
    "location_location", "location_health_facility", "medical_diagnosis", "medical_item", "medical_service",
    "medical_price_list_line", "product_product", "product_cover", "people_account", "insuree_officer",
    "insuree_family", "insuree_insuree", "policy_policy", "contribution_contribution", "claim_claim", "core_history",
)  # fmt: skip


@pytest.fixture
def ask(database_url: str) -> Ask:
    """Rows of the test's database."""

    def ask(query: Any) -> list[Any]:
        with psycopg.connect(database_url) as connection:
            return connection.execute(query).fetchall()

    return ask


def counts(ask: Ask) -> dict[str, int]:
    return {table: ask(f"SELECT count(*) FROM {table}")[0][0] for table in COUNTED}


def test_a_country_is_loaded_once(cli: Cli, ask: Ask) -> None:
    done = cli("demo", "load")
    assert done.exit_code == 0, done.output
    assert f"The password of every account is {PASSWORD}" in done.output
    first = counts(ask)
    assert first["location_location"] == 26 + 158 + 3923 + 16692
    assert (first["medical_diagnosis"], first["medical_item"], first["medical_service"]) == (1910, 257, 81)
    assert (first["location_health_facility"], first["product_product"], first["insuree_officer"]) == (136, 28, 15)
    assert first["people_account"] == len(rows("accounts"))
    assert (first["insuree_family"], first["claim_claim"]) == (300, 300)
    life(ask)

    assert cli("demo", "load", "--if-empty").stdout == "There is data already: nothing was loaded.\n"
    assert counts(ask) == first
    again = cli("demo", "load")
    assert again.exit_code == 0, again.output
    assert counts(ask) == first


def life(ask: Ask) -> None:
    """What a newcomer finds: policies and claims in every state, priced and judged by the rules."""
    assert {status for (status,) in ask("SELECT DISTINCT status FROM policy_policy")} == {"IDLE", "ACTIVE", "EXPIRED"}
    values = ask("SELECT DISTINCT p.code, y.value FROM policy_policy y JOIN product_product p ON p.id = y.product_id")
    assert dict(values) == {"CHF11": 150000, "CHF25": 30000, "CHF33": 30000, "CHF41": 30000, "CHF53": 30000}
    [(most,)] = ask("SELECT max(count) FROM (SELECT count(*) FROM policy_priced_member GROUP BY policy_id) AS covered")
    assert most == 6
    unpaid = "SELECT count(*) FROM policy_policy y WHERE (y.status = 'IDLE') = EXISTS (SELECT 1 FROM policy_cover c WHERE c.policy_id = y.id)"
    assert ask(unpaid) == [(0,)]
    claims = {status for (status,) in ask("SELECT DISTINCT status FROM claim_claim")}
    assert claims == {"ENTERED", "CHECKED", "VALUATED", "REJECTED"}
    assert [status for (status,) in ask("SELECT status FROM settlement_batch_run")] == ["CONFIRMED", "CONFIRMED"]
    [(settled,)] = ask("SELECT count(*) FROM settlement_facility_statement WHERE amount_to_pay > 0")
    assert settled > 5
    numbers = [number for (number,) in ask("SELECT insurance_number FROM insuree_insuree")]
    assert [number for number in numbers if number_problem(number, CHF_NUMBER)] == []


async def test_the_accounts_of_the_demo_can_sign_in(ctx: Context, session: AsyncSession, api: Api) -> None:
    await loading.load_scheme(ctx)
    await session.commit()
    document = "mutation($input: SignInInput!) { signIn(input: $input) { user { roles { code } } errors { code } } }"
    for account in rows("accounts"):
        reply = await api(document, {"input": {"username": account["username"], "password": PASSWORD}})
        assert reply.data["signIn"] == {"user": {"roles": [{"code": account["role"]}]}, "errors": []}


def test_every_standard_role_has_an_account() -> None:
    assert {row["role"] for row in rows("accounts")} == set(STANDARD_ROLES)


def test_services_get_the_categories_that_the_file_lacks() -> None:
    lines = {name: list(register_lines(register, name)) for register, name in REGISTERS}
    categories = {line.cells["code"]: line.cells["category"] for line in lines["medical-services"]}
    assert (categories["A1"], categories["G34"], categories["M1"], categories["I26"]) == ("C", "D", "S", "")


def test_visits_ask_for_what_the_facilities_of_their_levels_offer() -> None:
    columns = {"D": "dispensary", "C": "health_centre", "H": "hospital"}
    offered = {row["code"]: row for row in rows("service-prices")}
    wanting = [
        (row["diagnosis"], level, code)
        for row in rows("visits")
        for level in row["facility_levels"]
        for code in row["services"].split()
        if not offered[code][columns[level]]
    ]
    assert wanting == []


@pytest.mark.parametrize("command", ["load", "walk"])
def test_the_demo_never_goes_into_production(command: str) -> None:
    environment = {"BIMA_MODE": "production", "BIMA_SECRET": "s" * 32, "BIMA_PROFILE": "tanzania-chf"}
    done = CliRunner(env=environment).invoke(command_line(), ["demo", command])
    assert done.exit_code == 1
    assert "never goes into production" in done.stderr
