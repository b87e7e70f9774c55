"""Accounts of other systems have no password and no second factor."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host
from core.testing import Api, Change, Payload
from modules.people.models import Account
from modules.people.services.access import authenticate
from modules.people.testing import PASSWORD
from tests.modules.people.conftest import HELD, administrator, asked, change_role

Ask = Callable[..., Awaitable[dict[str, Any]]]
Http = Callable[..., AsyncClient]
Make = Callable[..., Awaitable[Payload]]


async def test_a_machine_is_given_no_password_in_any_way(
    change: Change, session: AsyncSession, sign_in: Ask, hospital: Account, create_key: Make, http: Http
) -> None:
    made: dict[str, Any] = {"username": "gateway", "lastName": "GePG", "otherNames": "Gateway", "machine": True}
    refused = await change("createUser", who=administrator(), **made, password=PASSWORD)
    assert refused.told == [("MACHINE_ACCOUNT", "password")]
    fine = await change("createUser", "user { machine }", who=administrator(), **made)
    assert fine["user"] == {"machine": True}
    sent: dict[str, Any] = {"id": hospital.id, "expectedVersion": 1, "password": PASSWORD}
    assert (await change("updateUser", who=administrator(), **sent)).told == [("MACHINE_ACCOUNT", "password")]
    reset = await change("createPasswordReset", who=administrator(), userId=hospital.id)
    assert reset.told == [("MACHINE_ACCOUNT", "userId")]
    assert (await change("requestPasswordReset", username="gothomis")).told == []
    assert await session.scalar(text("SELECT count(*) FROM people_password_reset")) == 0
    for password in ("", PASSWORD):
        assert (await sign_in("gothomis", password))["errors"][0]["code"] == "SIGN_IN_FAILED"
    with pytest.raises(IntegrityError, match="ck_people_account_machine"):
        await session.execute(text("UPDATE people_account SET password_hash = 'x' WHERE username = 'gothomis'"))


async def test_with_a_key_nobody_sets_a_password_or_a_second_factor(create_key: Make, http: Http) -> None:
    key = (await create_key())["key"]
    for own in (
        'changePassword(input: {currentPassword: "", newPassword: "a wholly new password"})',
        'enrolSecondFactor(input: {currentPassword: ""})',
    ):
        answer = await asked(http(), key, f"mutation {{ done: {own} {{ errors {{ code }} }} }}")
        assert [error["code"] for error in answer.json()["data"]["done"]["errors"]] == ["MACHINE_ACCOUNT"]


async def test_a_machine_gets_no_role_that_needs_a_second_factor(
    api: Api, change: Change, host: Host, session: AsyncSession, create_key: Make
) -> None:
    key = (await create_key())["key"]
    before = await authenticate(host, session, key)
    assert before is not None
    assert before.rights
    await change_role(api, change, requiresSecondFactor=True)
    made: dict[str, Any] = {"username": "gateway", "lastName": "X", "otherNames": "Y", "machine": True}
    refused = await change("createUser", who=administrator(), **made, roleCodes=[HELD])
    assert refused.told == [("ROLE_NEEDS_SECOND_FACTOR", "roleCodes.0")]
    # One that had the role already may do nothing any more, like a person without the factor.
    after = await authenticate(host, session, key)
    assert after is not None
    assert (after.rights, after.unbounded, dict(after.scopes)) == (frozenset(), False, {})
