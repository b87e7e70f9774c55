"""Schemathesis sends what the schema allows, whatever it means: nothing of it is our own fault, and nothing leaks."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import schemathesis
from graphql import StringValueNode, introspection_from_schema
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from core import new_id
from core.host import Host
from core.http import create_app
from core.rates import Allowance
from core.testing import Doorkeeper, actor
from modules.people.testing import make_account
from tests.core.serving import serving

LEAKS = re.compile(r"Traceback|psycopg|sqlalchemy|File \\?\"/|\.py\b|SELECT |INSERT |asyncio|object at 0x")
TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
SCALARS: dict[str, st.SearchStrategy[str]] = {
    "Date": st.one_of(st.dates(date(1, 1, 1), date(9999, 12, 31)).map(str), TEXTS),
    "DateTime": st.one_of(st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat), TEXTS),
    "Decimal": st.one_of(st.decimals(allow_nan=True, allow_infinity=True).map(str), TEXTS),
    "JSON": TEXTS,
    "Money": st.one_of(st.decimals(allow_nan=True, allow_infinity=True).map(str), TEXTS),
    "UUID": st.one_of(st.uuids().map(str), TEXTS),
}


@pytest.fixture
async def served(host: Host, session: AsyncSession) -> AsyncIterator[tuple[str, str]]:
    """The address of a host that limits nobody, and the token of somebody with every right."""
    doorkeeper = Doorkeeper()
    host.plugins.register(doorkeeper)
    app = create_app(host)
    app.state.readiness.missing = ""
    app.state.rates.accounts = app.state.rates.addresses = Allowance(0)
    account = await make_account(session)
    await session.commit()
    everything = replace(actor(rights=tuple(right.name for right in host.rights)), id=account.id)
    async with serving(app) as address:
        yield address, doorkeeper.token_of(everything)
    host.plugins.unregister(doorkeeper)


def operations(host: Host) -> list[Any]:
    """Every root field, as schemathesis sees it."""
    for name, strategy in SCALARS.items():
        schemathesis.graphql.scalar(name, strategy.map(lambda text: StringValueNode(value=text)))
    schema = schemathesis.graphql.from_dict(dict(introspection_from_schema(host.schema._schema)))
    operations: Any = schema.get_all_operations()
    return [found.ok() for found in operations]


def documents(operation: Any, count: int, number: int) -> list[str]:
    """So many documents that ask one root field."""
    found: list[str] = []

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def generate(case: Any) -> None:
        found.append(case.body)

    generate()
    return found


def send(address: str, token: str, texts: Iterator[str]) -> int:
    """Send documents; returns how many there were. Each is answered, by no fault of ours and without a leak."""
    count = 0
    with httpx.Client(base_url=address, headers={"authorization": f"Bearer {token}"}, timeout=60) as client:
        for text in texts:
            count += 1
            answer = client.post("/graphql", json={"query": text})
            assert answer.status_code < 500, (text, answer.text)
            told = answer.json()
            codes = [error["extensions"]["code"] for error in told.get("errors", ())]
            assert "INTERNAL" not in codes, (text, answer.text)
            messages = " ".join(error["message"] for error in told.get("errors", ()))
            assert not LEAKS.search(messages), (text, messages)
    return count


async def test_what_the_schema_allows_never_fails(host: Host, served: tuple[str, str]) -> None:
    def texts() -> Iterator[str]:
        for operation in operations(host):
            yield from documents(operation, 1, 1)[:1]

    assert await asyncio.to_thread(send, *served, texts()) > 100


@pytest.mark.audit
async def test_a_minute_of_what_the_schema_allows_never_fails(host: Host, served: tuple[str, str]) -> None:
    def texts() -> Iterator[str]:
        until, number, asked = time.monotonic() + 60, new_id().int % 2**32, operations(host)
        while time.monotonic() < until:
            for operation in asked:
                number += 1
                if time.monotonic() < until:
                    yield from documents(operation, 5, number)

    assert await asyncio.to_thread(send, *served, texts()) > 100
