"""Signing in and out: what devices get, and when they get nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, Unauthenticated, clock
from core.host import Host
from core.testing import Api
from modules.people.jobs import sweep
from modules.people.models import Account, Session, SignInTry
from modules.people.services import passwords
from modules.people.services.access import SignedIn
from modules.people.testing import PASSWORD, make_account

Holder = Callable[..., Awaitable[SignedIn]]
After = Callable[..., datetime]
Ask = Callable[..., Awaitable[dict[str, Any]]]

SIGN_OUT = "mutation($input: SignOutInput!) { signOut(input: $input) { devicesSignedOut errors { code } } }"
CHANGE_PASSWORD = """mutation($input: ChangePasswordInput!) { changePassword(input: $input) {
    user { username mustChangePassword } errors { code path } } }"""
DEVICES = "{ devices { nodes { id deviceName } } }"


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def test_a_device_gets_tokens_for_the_right_password(session: AsyncSession, sign_in: Ask, holder: Holder) -> None:
    account = await make_account(session, roles=["CLERK"])
    await session.commit()
    payload = await sign_in("asha")
    assert payload["errors"] == []
    assert payload["user"] == {"username": "asha"}
    assert (await holder(payload)).id == account.id


async def test_capitals_of_the_user_name_do_not_matter(session: AsyncSession, sign_in: Ask) -> None:
    await make_account(session, "Asha")
    await session.commit()
    assert (await sign_in("aSHA"))["user"] == {"username": "Asha"}


async def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(session: AsyncSession, sign_in: Ask) -> None:
    await make_account(session)
    await session.commit()
    wrong, unknown = await sign_in("asha", "not her password"), await sign_in("nobody", "not her password")
    assert wrong == unknown
    assert codes(wrong) == ["SIGN_IN_FAILED"]
    assert wrong["accessToken"] is wrong["refreshToken"] is wrong["user"] is None


async def test_an_account_without_a_password_cannot_sign_in(session: AsyncSession, sign_in: Ask) -> None:
    account = await make_account(session)
    account.password_hash = None
    await session.commit()
    assert codes(await sign_in("asha", "")) == ["SIGN_IN_FAILED"]


async def test_a_deactivated_account_cannot_sign_in(session: AsyncSession, sign_in: Ask) -> None:
    account = await make_account(session)
    account.active = False
    await session.commit()
    assert codes(await sign_in()) == ["SIGN_IN_FAILED"]


async def test_after_five_wrong_passwords_a_name_waits_even_for_the_right_one(
    session: AsyncSession, sign_in: Ask, after: After
) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        for _ in range(5):
            assert codes(await sign_in("asha", "wrong")) == ["SIGN_IN_FAILED"]
        refused = await sign_in()
    assert codes(refused) == ["TOO_MANY_TRIES"]
    assert "1 min" in refused["errors"][0]["message"]
    with clock.at(after(seconds=61)):
        assert (await sign_in())["errors"] == []


async def test_tries_at_once_are_no_way_around_the_wait(session: AsyncSession, sign_in: Ask, after: After) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        answers = await asyncio.gather(*(sign_in("asha", "wrong") for _ in range(12)))
    assert sorted(codes(answer)[0] for answer in answers) == ["SIGN_IN_FAILED"] * 5 + ["TOO_MANY_TRIES"] * 7


async def test_each_further_wrong_password_doubles_the_wait_up_to_a_quarter_of_an_hour(
    session: AsyncSession, sign_in: Ask, after: After
) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        for _ in range(5):
            await sign_in("asha", "wrong")
    waited = 0
    for wait in (1, 2, 4, 8, 15, 15):
        with clock.at(after(minutes=waited + wait, seconds=-1)):
            assert codes(await sign_in("asha", "wrong")) == ["TOO_MANY_TRIES"]
        waited += wait
        with clock.at(after(minutes=waited)):
            assert codes(await sign_in("asha", "wrong")) == ["SIGN_IN_FAILED"]


async def test_an_unknown_name_waits_as_well_so_that_waiting_tells_nothing(
    session: AsyncSession, sign_in: Ask, after: After
) -> None:
    with clock.at(after()):
        answers = [codes(await sign_in("nobody", "wrong")) for _ in range(6)]
    assert answers == [["SIGN_IN_FAILED"]] * 5 + [["TOO_MANY_TRIES"]]


async def test_the_right_password_forgets_the_wrong_ones(session: AsyncSession, sign_in: Ask, after: After) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        for _ in range(3):
            for _ in range(4):
                await sign_in("asha", "wrong")
            assert (await sign_in())["errors"] == []
    assert await session.scalar(select(func.count()).select_from(SignInTry)) == 0


async def test_names_that_somebody_tried_are_not_stored(session: AsyncSession, sign_in: Ask) -> None:
    await sign_in("my-password-in-the-wrong-field", "x")
    stored = await session.scalar(text("SELECT row_to_json(people_sign_in_try)::text FROM people_sign_in_try"))
    assert "wrong-field" not in stored


async def test_the_name_of_a_device_has_a_hundred_characters_at_most(session: AsyncSession, sign_in: Ask) -> None:
    await make_account(session)
    await session.commit()
    assert codes(await sign_in(device="x" * 101)) == ["TOO_LONG"]
    assert codes(await sign_in(device="x" * 100)) == []


async def test_signing_out_ends_this_device_at_once_and_no_other(
    session: AsyncSession, api: Api, sign_in: Ask, holder: Holder
) -> None:
    await make_account(session)
    await session.commit()
    phone, tablet = await sign_in(device="Phone"), await sign_in(device="Tablet")
    answer = await api(SIGN_OUT, {"input": {}}, actor=await holder(phone))
    assert answer.data["signOut"] == {"devicesSignedOut": 1, "errors": []}
    with pytest.raises(Unauthenticated):
        await holder(phone)
    assert await holder(tablet)


async def test_signing_out_everywhere_ends_every_device_at_once(
    session: AsyncSession, api: Api, sign_in: Ask, refresh: Ask, holder: Holder
) -> None:
    await make_account(session)
    await session.commit()
    phone, tablet = await sign_in(device="Phone"), await sign_in(device="Tablet")
    answer = await api(SIGN_OUT, {"input": {"everywhere": True}}, actor=await holder(phone))
    assert answer.data["signOut"]["devicesSignedOut"] == 2
    for device in (phone, tablet):
        with pytest.raises(Unauthenticated):
            await holder(device)
        assert codes(await refresh(device)) == ["SESSION_ENDED"]


async def test_a_lost_phone_is_signed_out_from_another_device(
    session: AsyncSession, api: Api, sign_in: Ask, holder: Holder
) -> None:
    await make_account(session)
    await session.commit()
    phone, tablet = await sign_in(device="Phone"), await sign_in(device="Tablet")
    owner = await holder(tablet)
    devices = (await api(DEVICES, actor=owner)).data["devices"]["nodes"]
    assert [device["deviceName"] for device in devices] == ["Tablet", "Phone"]
    await api(SIGN_OUT, {"input": {"deviceId": devices[1]["id"]}}, actor=owner)
    with pytest.raises(Unauthenticated):
        await holder(phone)
    assert len((await api(DEVICES, actor=owner)).data["devices"]["nodes"]) == 1


async def test_nobody_sees_or_ends_the_devices_of_others(
    session: AsyncSession, api: Api, sign_in: Ask, holder: Holder
) -> None:
    for name in ("asha", "juma"):
        await make_account(session, name)
    await session.commit()
    ashas, jumas = await sign_in("asha"), await sign_in("juma")
    own = (await holder(ashas)).session_id
    answer = await api(SIGN_OUT, {"input": {"deviceId": str(own)}}, actor=await holder(jumas))
    assert answer.data["signOut"]["devicesSignedOut"] == 0
    assert await holder(ashas)
    devices = (await api(DEVICES, actor=await holder(jumas))).data["devices"]["nodes"]
    assert str(own) not in [device["id"] for device in devices]


async def test_a_password_changed_while_somebody_signs_in_with_the_old_one_shuts_that_device_out(
    session: AsyncSession, sign_in: Ask, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await make_account(session)
    await session.commit()
    look = passwords.matches

    async def slowly(password: str, password_hash: str | None) -> bool:
        matched = await look(password, password_hash)
        async with host.db.session() as other:
            (await other.get_one(Account, account.id)).credentials_version += 1
        return matched

    monkeypatch.setattr(passwords, "matches", slowly)
    assert codes(await sign_in()) == ["SIGN_IN_FAILED"]


async def test_changing_the_password_signs_the_other_devices_out(
    session: AsyncSession, api: Api, sign_in: Ask, refresh: Ask, holder: Holder
) -> None:
    await make_account(session)
    await session.commit()
    phone, tablet = await sign_in(device="Phone"), await sign_in(device="Tablet")
    sent = {"currentPassword": PASSWORD, "newPassword": "a wholly new password"}
    answer = await api(CHANGE_PASSWORD, {"input": sent}, actor=await holder(phone))
    assert answer.data["changePassword"]["errors"] == []
    with pytest.raises(Unauthenticated):
        await holder(phone)
    assert await holder(await refresh(phone))
    assert codes(await refresh(tablet)) == ["SESSION_ENDED"]
    assert codes(await sign_in("asha", PASSWORD)) == ["SIGN_IN_FAILED"]
    assert (await sign_in("asha", "a wholly new password"))["errors"] == []


@pytest.mark.parametrize(
    ("current", "new", "error"),
    [
        ("not the password", "a wholly new password", {"code": "PASSWORD_WRONG", "path": ["currentPassword"]}),
        (PASSWORD, PASSWORD, {"code": "PASSWORD_UNCHANGED", "path": ["newPassword"]}),
        (PASSWORD, "short", {"code": "PASSWORD_TOO_SHORT", "path": ["newPassword"]}),
        (PASSWORD, "Tanzania123", {"code": "PASSWORD_COMMON", "path": ["newPassword"]}),
    ],
)
async def test_a_password_changes_only_with_the_old_one_and_to_a_good_one(
    session: AsyncSession, api: Api, sign_in: Ask, holder: Holder, current: str, new: str, error: dict[str, Any]
) -> None:
    await make_account(session)
    await session.commit()
    phone = await sign_in()
    sent = {"currentPassword": current, "newPassword": new}
    answer = await api(CHANGE_PASSWORD, {"input": sent}, actor=await holder(phone))
    assert answer.data["changePassword"] == {"user": None, "errors": [error]}
    assert await holder(phone)


async def test_tokens_are_kept_nowhere_and_hashes_not_in_the_history(
    session: AsyncSession, api: Api, sign_in: Ask, refresh: Ask, holder: Holder
) -> None:
    await make_account(session)
    await session.commit()
    phone = await sign_in()
    again = await refresh(phone)
    owner = await holder(again)
    sent = {"currentPassword": PASSWORD, "newPassword": "a wholly new password", "clientMutationId": "1"}
    await api(CHANGE_PASSWORD, {"input": sent}, actor=owner)
    signed_in = """mutation($input: SignInInput!) { signIn(input: $input) { refreshToken } }"""
    sent = {"username": "asha", "password": "a wholly new password", "clientMutationId": "2"}
    third = (await api(signed_in, {"input": sent}, actor=owner)).data["signIn"]
    hashes = [await session.scalar(select(Account.password_hash))]
    secrets = [*hashes, phone["refreshToken"], again["refreshToken"], again["accessToken"], third["refreshToken"]]
    for table in ("core_history", "core_idempotency", "people_session"):
        stored = await session.scalar(text(f"SELECT coalesce(json_agg(t)::text, '') FROM {table} t"))
        assert stored
        for secret in secrets:
            assert secret not in stored
    changes = text("SELECT json_agg(changes)::text FROM core_history WHERE table_name = 'people_account'")
    changed = await session.scalar(changes)
    assert "credentials_version" in changed
    assert "password_hash" not in changed


async def test_sessions_that_ended_long_ago_are_swept_away(
    session: AsyncSession, ctx: Context, sign_in: Ask, after: After, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bima.people")
    await make_account(session)
    await session.commit()
    with clock.at(after(days=-200)):
        await sign_in(device="Old phone")
        await sign_in("nobody", "wrong")
    with clock.at(after()):
        await sign_in(device="Phone")
        await sweep(ctx)
        await session.commit()
    assert (await session.scalars(select(Session.device_name))).all() == ["Phone"]
    assert caplog.messages == ["deleted 1 sessions, 0 password resets and 1 tries to sign in"]
    assert await session.scalar(select(func.count()).select_from(SignInTry)) == 0
