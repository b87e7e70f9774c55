"""A forgotten password is set anew with a token that counts once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, Context, UserError, clock, hook, new_id
from core.host import Host
from core.testing import Api, counted
from modules.people.models import Account, PasswordReset
from modules.people.services import reset
from modules.people.settings import Settings
from modules.people.testing import PASSWORD, make_account

After = Callable[..., datetime]
Ask = Callable[..., Awaitable[dict[str, Any]]]
NEW = "mlima mrefu wa theluji"
RESET = """mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { done errors { code path } } }"""
REQUEST = """mutation($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) { minutes errors { code message } } }"""
CREATE = """mutation($input: CreatePasswordResetInput!) {
    createPasswordReset(input: $input) { token errors { code path } } }"""


@pytest.fixture
def set_anew(api: Api) -> Ask:
    async def set_anew(token: str, password: str = NEW) -> dict[str, Any]:
        sent = {"token": token, "newPassword": password}
        payload: dict[str, Any] = (await api(RESET, {"input": sent})).data["resetPassword"]
        return payload

    return set_anew


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def token_of(session: AsyncSession, host: Host, account: Account) -> str:
    given = await reset.create(whole(host, session), account.id)
    await session.commit()
    return given.token


def whole(host: Host, session: AsyncSession) -> Context:
    return Context(host, actor=Actor(name="admin", unbounded=True), request_id="test", _session=session)


async def test_a_token_sets_the_password_once_and_signs_out_everywhere(
    session: AsyncSession, host: Host, sign_in: Ask, refresh: Ask, set_anew: Ask, after: After
) -> None:
    account = await make_account(session, must_change_password=True)
    await session.commit()
    with clock.at(after()):
        phone = await sign_in()
        token = await token_of(session, host, account)
        assert codes(await set_anew(token, "short")) == ["PASSWORD_TOO_SHORT"]  # the token still counts
        assert (await set_anew(token))["done"]
        assert codes(await set_anew(token, "another good password")) == ["RESET_TOKEN_INVALID"]
        assert codes(await refresh(phone)) == ["SESSION_ENDED"]
        assert codes(await sign_in(password=PASSWORD)) == ["SIGN_IN_FAILED"]
        assert codes(await sign_in(password=NEW)) == []


async def test_of_two_at_once_one_sets_the_password(
    session: AsyncSession, host: Host, set_anew: Ask, after: After
) -> None:
    account = await make_account(session)
    with clock.at(after()):
        token = await token_of(session, host, account)
        answers = await asyncio.gather(set_anew(token), set_anew(token, "another good password"))
    assert sorted(answer["done"] for answer in answers) == [False, True]


async def test_expired_replaced_and_foreign_tokens_get_one_answer(
    session: AsyncSession, host: Host, set_anew: Ask, after: After
) -> None:
    account = await make_account(session)
    with clock.at(after()):
        replaced = await token_of(session, host, account)
        last = await token_of(session, host, account)
        for token in (replaced, last[:-6] + "AAAAA=", "", "é😀", "x" * 5000):
            assert codes(await set_anew(token)) == ["RESET_TOKEN_INVALID"]
    with clock.at(after(minutes=31)):
        assert codes(await set_anew(last)) == ["RESET_TOKEN_INVALID"]


async def test_deactivated_accounts_cannot(session: AsyncSession, host: Host, set_anew: Ask, after: After) -> None:
    account = await make_account(session)
    with clock.at(after()):
        token = await token_of(session, host, account)
        account.active = False
        await session.commit()
        assert codes(await set_anew(token)) == ["RESET_TOKEN_INVALID"]
        with pytest.raises(UserError) as refused:
            await reset.create(whole(host, session), account.id)
    assert refused.value.code.code == "ACCOUNT_INACTIVE"


async def test_the_token_is_made_for_whoever_sends_it_and_stored_nowhere(
    session: AsyncSession, host: Host, api: Api, set_anew: Ask, after: After
) -> None:
    await make_account(session)
    await session.commit()
    sent: list[str] = []

    class Messages:
        @hook
        async def deliver_reset_token(self, account: Account, token: str) -> None:
            assert account.username == "asha"
            sent.append(token)

    messages = Messages()
    host.plugins.register(messages, "messages-of-test")
    try:
        await _delivered(session, host, api, set_anew, after, sent)
    finally:
        host.plugins.unregister(messages)


async def _delivered(session: AsyncSession, host: Host, api: Api, set_anew: Ask, after: After, sent: list[str]) -> None:
    with clock.at(after()):
        answers = [(await api(REQUEST, {"input": {"username": name}})).data for name in ("ASHA", "nobody")]
        assert answers[0] == answers[1] == {"requestPasswordReset": {"minutes": 30, "errors": []}}
        orders = (await session.scalars(text("SELECT args::text FROM procrastinate_jobs"))).all()
        assert len([order for order in orders if "reset_id" in order]) == 2
        row = (await session.scalars(select(PasswordReset))).one()
        assert any(str(row.id) in order for order in orders)
        await reset.deliver(whole(host, session), row.id)
        await reset.deliver(whole(host, session), row.id)
        assert len(set(sent)) == 1
        history = (await session.scalars(text("SELECT h::text FROM core_history h"))).all()
        assert not [stored for stored in (*orders, *history) if sent[0] in stored]
        await session.commit()
        assert (await set_anew(sent[0]))["done"]


async def test_known_and_unknown_names_send_the_same_statements(
    session: AsyncSession, host: Host, api: Api, after: After
) -> None:
    await make_account(session)
    await session.commit()
    counts: list[list[str]] = []
    for name in ("asha", "nobody"):
        with clock.at(after()), counted(host) as statements:
            await api(REQUEST, {"input": {"username": name}})
        counts.append(statements)
    assert len(counts[0]) >= 3
    assert counts[0] == counts[1]


async def test_asking_too_often_waits(session: AsyncSession, api: Api, sign_in: Ask, after: After) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        asked = [(await api(REQUEST, {"input": {"username": "asha"}})).data for _ in range(6)]
        assert codes(asked[4]["requestPasswordReset"]) == []
        assert codes(asked[5]["requestPasswordReset"]) == ["TOO_MANY_TRIES"]
        assert codes(await sign_in()) == []  # signing in waits for its own tries only
        [told] = asked[5]["requestPasswordReset"]["errors"]
        assert "Wait 1 min" in told["message"]
        assert "administrator" in told["message"]


async def test_a_second_factor_is_still_asked_after_a_reset(
    session: AsyncSession, host: Host, sign_in: Ask, set_anew: Ask, after: After, set_up: Ask
) -> None:
    account = await make_account(session)
    await session.commit()
    with clock.at(after()):
        await set_up()
        assert (await set_anew(await token_of(session, host, account)))["done"]
    with clock.at(after(minutes=2)):
        assert codes(await sign_in(password=NEW)) == ["SECOND_FACTOR_NEEDED"]
        assert codes(await sign_in(password=NEW, code="000000")) == ["SECOND_FACTOR_WRONG"]


async def test_wrong_tokens_make_their_address_wait_and_no_other(
    session: AsyncSession, host: Host, after: After
) -> None:
    account = await make_account(session)
    settings = host.module_settings(Settings).model_copy(update={"address_free_tries": 3})
    host._module_settings = {**host._module_settings, Settings: settings}

    async def attempt(token: str, address: str = "10.0.0.1") -> str:
        ctx = Context(host, request_id="test", address=address, _session=session)
        try:
            await reset.reset(ctx, token, NEW)
        except UserError as error:
            await session.rollback()
            return error.code.code
        await session.commit()
        return ""

    with clock.at(after()):
        token = await token_of(session, host, account)
        assert [await attempt(f"wrong{number}") for number in range(3)] == ["RESET_TOKEN_INVALID"] * 3
        assert await attempt(token) == "TOO_MANY_TRIES"  # the right one waits as well, and still counts
        assert await attempt(token, "10.0.0.2") == ""


async def test_only_those_who_change_accounts_in_the_whole_country_hand_tokens_out(
    session: AsyncSession, api: Api, actor: Callable[..., Actor]
) -> None:
    account = await make_account(session)
    await session.commit()

    async def asked(who: Actor, id: Any = account.id) -> Any:
        return await api(CREATE, {"input": {"userId": id}}, actor=who)

    for who in (actor("CLERK"), actor("SYSTEM_ADMINISTRATOR", district=[new_id()])):
        refused = await asked(who)
        assert refused.errors[0]["extensions"]["code"] == "FORBIDDEN"
        assert (await asked(who, new_id())).errors[0]["message"] == refused.errors[0]["message"]
    assert codes((await asked(actor("SYSTEM_ADMINISTRATOR"), new_id())).data["createPasswordReset"]) == ["NOT_FOUND"]
    given = (await asked(actor("SYSTEM_ADMINISTRATOR"))).data["createPasswordReset"]
    assert given["token"]
    assert len((await session.scalars(select(PasswordReset))).all()) == 1


async def test_a_token_is_in_no_line_of_the_log(
    session: AsyncSession, api: Api, http: Callable[..., Any], actor: Callable[..., Actor],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    account = await make_account(session)
    await session.commit()
    sent = {"query": CREATE, "variables": {"input": {"userId": str(account.id)}}}
    answer = (await http(actor("SYSTEM_ADMINISTRATOR")).post("/graphql", json=sent)).json()
    token = answer["data"]["createPasswordReset"]["token"]
    for tried in (token[:-8] + "AAAAAAA=", token, token):
        values = {"input": {"token": tried, "newPassword": NEW}}
        await http().post("/graphql", json={"query": RESET, "variables": values})
    assert "POST /graphql" in caplog.text
    assert token[:-8] not in caplog.text
    assert NEW not in caplog.text


async def test_where_no_reset_is_offered_who_asks_is_sent_to_the_administrator(
    session: AsyncSession, host: Host, api: Api
) -> None:
    await make_account(session)
    await session.commit()
    settings = host.module_settings(Settings).model_copy(update={"self_service_reset": False})
    host._module_settings = {**host._module_settings, Settings: settings}
    for name in ("asha", "nobody"):
        answer = await api(REQUEST, {"input": {"username": name}})
        assert codes(answer.data["requestPasswordReset"]) == ["RESET_NOT_OFFERED"]
    assert (await session.scalars(select(PasswordReset))).all() == []
