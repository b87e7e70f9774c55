"""The plug-in for module authors: every test has a database, a host and an API of its own."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import LookupRow, new_id
from core.host import Host
from core.testing import Api, actor

if TYPE_CHECKING:
    from click.testing import Result

pytestmark = pytest.mark.profile("tests/core/bare.toml")


@pytest.mark.parametrize("time", [1, 2])
async def test_what_a_test_commits_no_other_test_sees(session: AsyncSession, time: int) -> None:
    assert await session.scalar(select(func.count()).where(LookupRow.kind == "mine")) == 0
    session.add(LookupRow(kind="mine", code=str(time), names={}))
    await session.commit()


async def test_a_session_can_be_committed_and_used_again(session: AsyncSession) -> None:
    for number in (1, 2):
        session.add(LookupRow(kind="mine", code=str(number), names={}))
        await session.commit()
    assert await session.scalar(select(func.count()).where(LookupRow.kind == "mine")) == 2


async def test_the_host_of_a_test_shares_the_composed_schema(host: Host) -> None:
    assert host.schema is host.on("postgresql://elsewhere/bima").schema


async def test_the_marker_names_the_profile(host: Host) -> None:
    assert [module.name for module in host.modules] == ["core"]


async def test_the_api_answers_what_the_schema_can(api: Api) -> None:
    answer = await api("{ __typename }")
    assert (answer.data, answer.errors, answer.statements) == ({"__typename": "Query"}, [], 0)
    assert answer.body == b'{"data":{"__typename":"Query"}}'


async def test_the_api_tells_errors(api: Api) -> None:
    answer = await api("{ nothing }")
    assert answer.data is None
    assert answer.errors[0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize("value", [new_id(), date(2024, 1, 1), Decimal("1.50")])
async def test_variables_go_out_as_a_client_sends_them(api: Api, value: object) -> None:
    answer = await api("query($kind: String!) { lookups(kind: $kind) { code } }", {"kind": value}, actor=actor())
    assert answer.errors == []


async def test_an_actor_sees_everything_unless_scopes_are_given(host: Host) -> None:
    place = new_id()
    assert actor().unbounded
    bound = actor(district=[place])
    assert (bound.unbounded, bound.scopes) == (False, {"district": (place,)})
    assert not actor(unbounded=False).unbounded


async def test_an_actor_holds_the_rights_of_its_roles_and_those_named(host: Host) -> None:
    clerk = actor("CLERK", rights=("pear.eat",))
    expected = {right.name for right in host.rights if "CLERK" in right.roles}
    assert clerk.rights == expected | {"pear.eat"}
    assert clerk.id is not None


def test_the_command_line_runs_on_the_tests_database(cli: Callable[..., "Result"], database_url: str) -> None:
    result = cli("migrate")
    assert (result.exit_code, result.output) == (0, "Everything was up to date.\n")


async def test_statements_of_compiled_fields_are_counted(api: Api) -> None:
    answer = await api('{ one: lookups(kind: "colour") { code } two: lookups(kind: "size") { code } }', actor=actor())
    assert answer.data == {"one": [], "two": []}
    assert answer.statements == 2
