"""Who waits after wrong passwords: never somebody on a device that is known, because of what strangers try."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core import Context, UserError, clock
from core.host import Host
from core.testing import counted
from modules.people.services import sign_in as services
from modules.people.settings import Settings
from modules.people.testing import PASSWORD, make_account

After = Callable[..., datetime]
Ask = Callable[..., Awaitable[dict[str, Any]]]


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def test_strangers_lock_nobody_out_of_a_known_device(session: AsyncSession, sign_in: Ask, after: After) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        known = (await sign_in())["deviceToken"]
        for _ in range(7):
            await sign_in("asha", "wrong")
        assert codes(await sign_in()) == ["TOO_MANY_TRIES"]
        again = await sign_in("ASHA", deviceToken=known)
        assert codes(again) == []
        assert codes(await sign_in()) == ["TOO_MANY_TRIES"]  # what strangers tried is not forgotten by it
    assert again["deviceToken"] == known


async def test_a_known_device_waits_for_its_own_wrong_passwords(
    session: AsyncSession, sign_in: Ask, after: After
) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        known = (await sign_in())["deviceToken"]
        tried = [codes(await sign_in("asha", "wrong", deviceToken=known))[0] for _ in range(6)]
        assert tried == ["SIGN_IN_FAILED"] * 5 + ["TOO_MANY_TRIES"]
        assert codes(await sign_in()) == []


async def test_a_device_is_known_under_its_own_name_only(session: AsyncSession, sign_in: Ask, after: After) -> None:
    await make_account(session, "asha")
    await make_account(session, "juma")
    await session.commit()
    with clock.at(after()):
        known = (await sign_in("juma"))["deviceToken"]
        forged = known[:-6] + "AAAAA="
        for token in (known, forged, "no token", "", known, forged):
            last = await sign_in("asha", "wrong", deviceToken=token)
    assert codes(last) == ["TOO_MANY_TRIES"]


async def test_an_address_counts_for_unknown_names_only_and_for_unknown_devices_only(
    session: AsyncSession, host: Host, sign_in: Ask, after: After
) -> None:
    await make_account(session)
    await session.commit()
    settings = host.module_settings(Settings).model_copy(update={"address_free_tries": 3})
    host._module_settings = {**host._module_settings, Settings: settings}

    async def attempt(name: str, password: str = "wrong", device: str = "", address: str = "10.0.0.1") -> str:
        ctx = Context(host, request_id="test", address=address, _session=session)
        try:
            await services.sign_in(ctx, name, password, "", device)
        except UserError as error:
            await session.rollback()
            return error.code.code
        await session.commit()
        return ""

    with clock.at(after()):
        known = (await sign_in())["deviceToken"]
        assert [await attempt("asha") for _ in range(4)] == ["SIGN_IN_FAILED"] * 4
        assert await attempt("asha", PASSWORD) == ""
        assert [await attempt(f"nobody{number}") for number in range(3)] == ["SIGN_IN_FAILED"] * 3
        # One answer for every name, so that waiting tells nothing of accounts.
        assert await attempt("nobody4") == await attempt("asha", PASSWORD) == "TOO_MANY_TRIES"
        assert await attempt("asha", PASSWORD, known) == ""
        assert await attempt("asha", PASSWORD, address="10.0.0.2") == ""
    with clock.at(after(minutes=2)):
        assert await attempt("asha", PASSWORD) == ""


async def test_known_and_unknown_names_send_the_same_statements(
    session: AsyncSession, host: Host, after: After
) -> None:
    await make_account(session)
    await session.commit()
    sent: dict[str, list[str]] = {"asha": [], "nobody": []}

    async def wrong(name: str) -> None:
        ctx = Context(host, request_id="test", address="10.0.0.1", _session=session)
        with counted(host) as statements, pytest.raises(UserError) as refused:
            await services.sign_in(ctx, name, "wrong", "")
        sent[name] += statements
        assert refused.value.code.code == "SIGN_IN_FAILED"

    with clock.at(after()):
        for name in ("asha", "nobody", "asha", "nobody"):
            await wrong(name)
    assert len(sent["asha"]) >= 6
    assert sent["asha"] == sent["nobody"]


async def test_a_device_that_stays_signed_in_is_known_as_well(
    session: AsyncSession, sign_in: Ask, refresh: Ask, after: After
) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        known = (await refresh(await sign_in()))["deviceToken"]
        for _ in range(7):
            await sign_in("asha", "wrong")
        assert codes(await sign_in()) == ["TOO_MANY_TRIES"]
        assert codes(await sign_in(deviceToken=known)) == []


@pytest.mark.parametrize("token", ["", "x" * 5000, "é😀", "AAAA"])
async def test_whatever_comes_as_a_device_token_is_no_error(session: AsyncSession, sign_in: Ask, token: str) -> None:
    await make_account(session)
    await session.commit()
    assert codes(await sign_in(deviceToken=token)) == []
