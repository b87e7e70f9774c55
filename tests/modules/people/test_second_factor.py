"""The second factor: what signing in takes besides the password."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, clock
from core.testing import Api
from modules.people.models import Account
from modules.people.services.access import SignedIn
from modules.people.testing import PASSWORD, make_account
from tests.modules.people.conftest import ENROL, shown

Holder = Callable[..., Awaitable[SignedIn]]
After = Callable[..., datetime]
Actors = Callable[..., Actor]
Ask = Callable[..., Awaitable[dict[str, Any]]]

REMOVE = """mutation($input: DiscardSecondFactorInput!) { discardSecondFactor(input: $input) {
    removed errors { code path } } }"""
REQUIRE = """mutation($input: UpdateRoleInput!) { updateRole(input: $input) {
    role { requiresSecondFactor } errors { code } } }"""


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


@pytest.fixture
async def asha(session: AsyncSession) -> Account:
    account = await make_account(session, roles=["SYSTEM_ADMINISTRATOR"])
    await session.commit()
    return account


async def test_a_factor_counts_once_it_is_confirmed_and_each_code_once(
    asha: Account, sign_in: Ask, set_up: Ask, after: After
) -> None:
    with clock.at(after()):
        factor = await set_up()
        assert codes(await sign_in()) == ["SECOND_FACTOR_NEEDED"]
        assert codes(await sign_in(password="not her password")) == ["SIGN_IN_FAILED"]
        assert codes(await sign_in(code=shown(factor["secret"]))) == ["SECOND_FACTOR_WRONG"]  # confirming spent it
    with clock.at(after(seconds=30)):
        assert codes(await sign_in(code=shown(factor["secret"]))) == []
        assert codes(await sign_in(code=shown(factor["secret"]))) == ["SECOND_FACTOR_WRONG"]


async def test_a_telephones_clock_may_be_half_a_minute_off_and_no_more(
    asha: Account, sign_in: Ask, set_up: Ask, after: After
) -> None:
    with clock.at(after()):
        secret = (await set_up())["secret"]
    with clock.at(after(seconds=60)):
        early = shown(secret)
    with clock.at(after(seconds=120)):
        assert codes(await sign_in(code=early)) == ["SECOND_FACTOR_WRONG"]
        late = shown(secret)
    with clock.at(after(seconds=150)):
        assert codes(await sign_in(code=late)) == []


async def test_one_code_sent_twice_at_once_signs_one_device_in(
    asha: Account, sign_in: Ask, set_up: Ask, after: After
) -> None:
    with clock.at(after()):
        factor = await set_up()
        for code in (factor["recoveryCodes"][0], None):
            with clock.at(after(minutes=1)):
                sent = code or shown(factor["secret"])
                answers = await asyncio.gather(*(sign_in(code=sent) for _ in range(3)))
            assert sorted(map(codes, answers)) == [[], ["SECOND_FACTOR_WRONG"], ["SECOND_FACTOR_WRONG"]]


async def test_a_recovery_code_serves_once_however_it_is_typed(
    asha: Account, sign_in: Ask, set_up: Ask, after: After
) -> None:
    with clock.at(after()):
        [one, other, *rest] = (await set_up())["recoveryCodes"]
        assert len({one, other, *rest}) == 10
        assert codes(await sign_in(code=one)) == []
        assert codes(await sign_in(code=one)) == ["SECOND_FACTOR_WRONG"]
        assert codes(await sign_in(code=f"{other[:8]}-{other[8:]}".lower())) == []


async def test_guessing_codes_makes_wait(asha: Account, sign_in: Ask, set_up: Ask, after: After) -> None:
    with clock.at(after()):
        await set_up()
        guessed = [codes(await sign_in(code="000000"))[0] for _ in range(6)]
    assert guessed == ["SECOND_FACTOR_WRONG"] * 5 + ["TOO_MANY_TRIES"]


async def test_a_role_can_require_it_and_nothing_is_allowed_before(
    asha: Account, session: AsyncSession, api: Api, actor: Actors, sign_in: Ask, holder: Holder, set_up: Ask
) -> None:
    administrator = actor("SYSTEM_ADMINISTRATOR")
    role = (await api('{ role(code: "SYSTEM_ADMINISTRATOR") { id version } }', actor=administrator)).data["role"]
    sent = {"id": role["id"], "expectedVersion": role["version"], "requiresSecondFactor": True}
    changed = (await api(REQUIRE, {"input": sent}, actor=administrator)).data["updateRole"]
    assert changed == {"role": {"requiresSecondFactor": True}, "errors": []}
    phone = await sign_in()
    before = await holder(phone)
    assert (before.rights, before.unbounded) == (frozenset(), False)
    me = await api("{ me { secondFactor lacksSecondFactor } }", actor=before)
    assert me.data["me"] == {"secondFactor": False, "lacksSecondFactor": True}
    await set_up()
    now = await holder(phone)
    assert now.unbounded
    assert now.rights
    assert (await api("{ me { secondFactor lacksSecondFactor } }", actor=now)).data["me"] == {
        "secondFactor": True, "lacksSecondFactor": False,
    }  # fmt: skip


async def test_it_is_begun_with_the_password_and_not_over_one_that_counts(
    asha: Account, api: Api, set_up: Ask, after: After
) -> None:
    with clock.at(after()):
        who = (await set_up())["actor"]
        wrong = (await api(ENROL, {"password": "not hers"}, actor=who)).data["enrolSecondFactor"]
        assert codes(wrong) == ["PASSWORD_WRONG"]
        assert wrong["secret"] is None
        twice = (await api(ENROL, {"password": PASSWORD}, actor=who)).data["enrolSecondFactor"]
        assert codes(twice) == ["SECOND_FACTOR_PRESENT"]


async def test_it_is_removed_with_a_code_or_by_an_administrator(
    asha: Account, api: Api, actor: Actors, sign_in: Ask, set_up: Ask, after: After
) -> None:
    with clock.at(after()):
        factor = await set_up()
        for input, answer in (
            ({}, ["SECOND_FACTOR_NEEDED"]),
            ({"code": "000000"}, ["SECOND_FACTOR_WRONG"]),
            ({"code": factor["recoveryCodes"][0]}, []),
        ):
            removed = (await api(REMOVE, {"input": input}, actor=factor["actor"])).data["discardSecondFactor"]
            assert codes(removed) == answer
            assert removed["removed"] is (not answer)
        assert codes(await sign_in()) == []
        await set_up()
        sent = {"userId": asha.id}
        refused = await api(REMOVE, {"input": sent}, actor=actor("CLERK"))
        assert refused.errors[0]["extensions"]["code"] == "FORBIDDEN"
        lost = await api(REMOVE, {"input": sent}, actor=actor("SYSTEM_ADMINISTRATOR"))
        assert lost.data["discardSecondFactor"] == {"removed": True, "errors": []}
        assert codes(await sign_in()) == []


async def test_secrets_and_codes_stand_nowhere(asha: Account, session: AsyncSession, set_up: Ask, after: After) -> None:
    with clock.at(after()):
        factor = await set_up()
    dump = "SELECT coalesce(string_agg(t::text, ' '), '') FROM {} AS t"
    tables = ("people_second_factor", "core_history", "core_idempotency", "procrastinate_jobs")
    kept = "".join([await session.scalar(text(dump.format(table))) or "" for table in tables])
    raw = base64.b32decode(factor["secret"]).hex()
    for secret in (factor["secret"], raw, *factor["recoveryCodes"]):
        assert secret not in kept
    history = await session.scalar(text("SELECT string_agg(changes::text, '') FROM core_history"))
    assert history
    assert not any(name in history for name in ('"secret"', "recovery_hashes", "last_step"))
