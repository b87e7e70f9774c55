"""Staying signed in: refresh tokens are spent by use, and lost answers are forgiven."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Unauthenticated, clock
from modules.people.models import Session
from modules.people.services.access import SignedIn
from modules.people.testing import make_account

Holder = Callable[..., Awaitable[SignedIn]]
After = Callable[..., datetime]
Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def phone(session: AsyncSession, sign_in: Ask, after: After) -> dict[str, Any]:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        return await sign_in()


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]


async def test_each_refresh_gives_a_new_refresh_token(
    phone: dict[str, Any], refresh: Ask, holder: Holder, after: After
) -> None:
    seen = {phone["refreshToken"]}
    tokens = phone
    for minutes in (10, 20, 30):
        with clock.at(after(minutes=minutes)):
            tokens = await refresh(tokens)
            assert codes(tokens) == []
            assert (await holder(tokens)).name == "asha"
        seen.add(tokens["refreshToken"])
    assert len(seen) == 4


async def test_a_lost_answer_is_given_again_to_the_same_device_within_two_minutes(
    phone: dict[str, Any], refresh: Ask, after: After
) -> None:
    with clock.at(after(minutes=10)):
        lost = await refresh(phone)
    with clock.at(after(minutes=12)):
        repeated = await refresh(phone)
    assert repeated["refreshToken"] == lost["refreshToken"]
    with clock.at(after(minutes=20)):
        assert codes(await refresh(repeated)) == []


async def test_a_spent_token_that_comes_back_later_ends_the_session(
    phone: dict[str, Any], refresh: Ask, holder: Holder, after: After
) -> None:
    with clock.at(after(minutes=10)):
        good = await refresh(phone)
    with clock.at(after(minutes=12, seconds=1)):
        assert codes(await refresh(phone)) == ["SESSION_ENDED"]
        assert codes(await refresh(good)) == ["SESSION_ENDED"]
        with pytest.raises(Unauthenticated):
            await holder(good)


async def test_a_spent_token_from_a_device_of_another_name_ends_the_session(
    phone: dict[str, Any], refresh: Ask, after: After
) -> None:
    with clock.at(after(minutes=10)):
        good = await refresh(phone)
        assert codes(await refresh(phone, device="Thief's laptop")) == ["SESSION_ENDED"]
        assert codes(await refresh(good)) == ["SESSION_ENDED"]


async def test_only_the_last_refresh_is_forgiven(phone: dict[str, Any], refresh: Ask, after: After) -> None:
    with clock.at(after(minutes=10)):
        second = await refresh(phone)
        third = await refresh(second)
        assert codes(await refresh(phone)) == ["SESSION_ENDED"]
        assert codes(await refresh(third)) == ["SESSION_ENDED"]


async def test_two_refreshes_at_once_get_the_same_refresh_token(
    phone: dict[str, Any], refresh: Ask, after: After
) -> None:
    with clock.at(after(minutes=10)):
        one, other = await asyncio.gather(refresh(phone), refresh(phone))
    assert codes(one) == codes(other) == []
    assert one["refreshToken"] == other["refreshToken"] != phone["refreshToken"]


async def test_many_sign_in_and_refresh_at_once_without_starving_each_other_of_connections(
    session: AsyncSession, sign_in: Ask, refresh: Ask
) -> None:
    names = [f"user{number}" for number in range(30)]
    for name in names:
        await make_account(session, name)
    await session.commit()
    async with asyncio.timeout(10):
        devices = await asyncio.gather(*map(sign_in, names))
        answers = await asyncio.gather(*map(refresh, devices))
    assert [codes(answer) for answer in answers] == [[]] * 30


async def test_a_device_that_does_not_refresh_for_ninety_days_is_signed_out(
    phone: dict[str, Any], refresh: Ask, after: After
) -> None:
    with clock.at(after(days=89)):
        phone = await refresh(phone)
    with clock.at(after(days=178)):
        phone = await refresh(phone)
        assert codes(phone) == []
    with clock.at(after(days=268)):
        assert codes(await refresh(phone)) == ["SESSION_ENDED"]


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 64])
async def test_what_is_no_refresh_token_gets_nothing(refresh: Ask, token: str, session: AsyncSession) -> None:
    assert codes(await refresh({"refreshToken": token})) == ["SESSION_ENDED"]


async def test_only_hashes_of_refresh_tokens_are_stored(
    session: AsyncSession, phone: dict[str, Any], refresh: Ask, after: After
) -> None:
    with clock.at(after(minutes=10)):
        await refresh(phone)
    row = (await session.scalars(select(Session))).one()
    assert len(row.token_hash) == len(row.previous_token_hash or b"") == 32
