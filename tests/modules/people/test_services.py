"""Administrators manage accounts."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import Actor, UserError, UserErrors
from core.testing import Api
from modules.location.testing import make_facility, make_region
from modules.people import services
from modules.people.models import Account
from modules.people.services.access import SignedIn
from modules.people.testing import PASSWORD, make_account

Holder = Callable[..., Awaitable[SignedIn]]
Actors = Callable[..., Actor]
Ask = Callable[..., Awaitable[dict[str, Any]]]

CREATE = """mutation($input: CreateUserInput!) { createUser(input: $input) {
    user { id username lastName language active mustChangePassword version roles { code } grants { kind objectId } }
    errors { code path } } }"""
UPDATE = """mutation($input: UpdateUserInput!) { updateUser(input: $input) {
    user { username phone email active version roles { code } grants { kind objectId } } errors { code path } } }"""
ASHA = {"username": "asha", "lastName": "Mushi", "otherNames": "Asha"}


@pytest.fixture
def administrator(actor: Actors) -> Actor:
    return actor("SYSTEM_ADMINISTRATOR")


@pytest.fixture
def create(api: Api, administrator: Actor) -> Ask:
    async def create(**fields: Any) -> dict[str, Any]:
        answer = await api(CREATE, {"input": {**ASHA, **fields}}, actor=administrator)
        payload: dict[str, Any] = answer.data["createUser"]
        return payload

    return create


@pytest.fixture
def update(api: Api, administrator: Actor) -> Ask:
    async def update(account: Any, **fields: Any) -> dict[str, Any]:
        sent = {"id": account.id, "expectedVersion": 1, **fields}
        payload: dict[str, Any] = (await api(UPDATE, {"input": sent}, actor=administrator)).data["updateUser"]
        return payload

    return update


async def test_an_account_is_created_with_roles_and_grants(session: AsyncSession, create: Ask, sign_in: Ask) -> None:
    facility = await make_facility(session)
    await session.commit()
    grants = [{"kind": "health_facility", "objectId": str(facility.id)}]
    payload = await create(roleCodes=["CLAIM_CONTRIBUTOR", "RECEPTIONIST"], grants=grants, password=PASSWORD)
    assert payload["errors"] == []
    user = payload["user"]
    assert user["roles"] == [{"code": "CLAIM_CONTRIBUTOR"}, {"code": "RECEPTIONIST"}]
    assert user["grants"] == grants
    assert (user["lastName"], user["language"], user["active"], user["version"]) == ("Mushi", "en", True, 1)
    assert user["mustChangePassword"]
    assert (await sign_in("asha"))["errors"] == []


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"username": "ab"}, {"code": "USERNAME_INVALID", "path": ["username"]}),
        ({"username": "asha mushi"}, {"code": "USERNAME_INVALID", "path": ["username"]}),
        ({"lastName": "  "}, {"code": "REQUIRED", "path": ["lastName"]}),
        ({"otherNames": "x" * 101}, {"code": "TOO_LONG", "path": ["otherNames"]}),
        ({"password": "too short"}, {"code": "PASSWORD_TOO_SHORT", "path": ["password"]}),
        ({"language": "de"}, {"code": "UNKNOWN_CODE", "path": ["language"]}),
        ({"roleCodes": ["CLERK", "KING"]}, {"code": "UNKNOWN_CODE", "path": ["roleCodes", "1"]}),
    ],
)
async def test_what_is_wrong_with_a_new_account_is_told_at_its_place(
    create: Ask, fields: dict[str, Any], error: dict[str, Any]
) -> None:
    assert await create(**fields) == {"user": None, "errors": [error]}


@pytest.mark.parametrize(
    "grant",
    [
        {"kind": "national", "objectId": str(uuid4())},
        {"kind": "location"},
        {"kind": "location", "objectId": str(uuid4())},
        {"kind": "planet", "objectId": str(uuid4())},
    ],
)
async def test_a_grant_that_means_nothing_is_refused(create: Ask, grant: dict[str, str]) -> None:
    refused = await create(grants=[{"kind": "national"}, grant])
    assert refused == {"user": None, "errors": [{"code": "GRANT_OPENS_NOTHING", "path": ["grants", "1"]}]}


async def test_a_user_name_is_taken_whatever_the_capitals(session: AsyncSession, create: Ask) -> None:
    await make_account(session, "asha")
    await session.commit()
    assert await create(username="ASHA") == {"user": None, "errors": [{"code": "TAKEN", "path": ["username"]}]}


async def test_absent_keeps_null_clears_and_lists_replace(session: AsyncSession, update: Ask) -> None:
    region = await make_region(session)
    account = await make_account(session, roles=["CLERK", "MANAGER"])
    account.phone, account.email = "0754", "asha@example.org"
    await session.commit()
    payload = await update(account, expectedVersion=2, email=None, roleCodes=["MANAGER", "ACCOUNTANT"], grants=[])
    assert payload["errors"] == []
    user = payload["user"]
    assert (user["phone"], user["email"], user["version"]) == ("0754", None, 3)
    assert user["roles"] == [{"code": "ACCOUNTANT"}, {"code": "MANAGER"}]
    assert user["grants"] == []
    refused = await update(account, expectedVersion=3, grants=[{"kind": "location", "objectId": str(region.id)}])
    assert refused["errors"] == [{"code": "GRANT_OPENS_NOTHING", "path": ["grants", "0"]}]


async def test_a_change_based_on_an_older_version_is_stale(session: AsyncSession, update: Ask) -> None:
    account = await make_account(session)
    await session.commit()
    assert (await update(account, phone="0754"))["errors"] == []
    stale = await update(account, phone="0755")
    assert stale["errors"] == [{"code": "STALE", "path": ["expectedVersion"]}]
    assert stale["user"]["phone"] == "0754"


async def test_an_administrator_gives_another_password_which_is_to_be_changed(
    session: AsyncSession, update: Ask, sign_in: Ask, refresh: Ask
) -> None:
    account = await make_account(session)
    await session.commit()
    phone = await sign_in()
    for _ in range(6):
        await sign_in("asha", "wrong")
    assert (await update(account, password="another password"))["errors"] == []
    assert (await refresh(phone))["errors"] == [{"code": "SESSION_ENDED", "path": ["refreshToken"]}]
    assert (await sign_in("asha", "another password"))["errors"] == []
    await session.refresh(account)
    assert account.must_change_password


async def test_a_deactivated_account_can_come_back(session: AsyncSession, update: Ask, sign_in: Ask) -> None:
    account = await make_account(session)
    await session.commit()
    assert (await update(account, active=False))["user"]["active"] is False
    assert (await sign_in())["errors"][0]["code"] == "SIGN_IN_FAILED"
    assert (await update(account, expectedVersion=2, active=True))["user"]["active"] is True
    assert (await sign_in())["errors"] == []


async def test_nobody_deactivates_himself(session: AsyncSession, api: Api, sign_in: Ask, holder: Holder) -> None:
    account = await make_account(session, roles=["SYSTEM_ADMINISTRATOR"])
    await session.commit()
    answer = await api(
        "mutation($input: DeactivateUserInput!) { deactivateUser(input: $input) { errors { code } } }",
        {"input": {"id": account.id, "expectedVersion": 1}},
        actor=await holder(await sign_in()),
    )
    assert answer.data["deactivateUser"]["errors"] == [{"code": "OWN_ACCOUNT"}]


async def test_who_does_not_work_in_the_whole_country_manages_no_accounts(
    session: AsyncSession, api: Api, actor: Actors
) -> None:
    account = await make_account(session)
    await session.commit()
    bounded = actor("SYSTEM_ADMINISTRATOR", district=[uuid4()])
    for query, sent in ((CREATE, ASHA), (UPDATE, {"id": account.id, "expectedVersion": 1, "phone": "0754"})):
        refused = await api(query, {"input": sent}, actor=bounded)
        assert refused.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_accounts_are_managed_with_the_right_only(api: Api, actor: Actors) -> None:
    refused = await api(CREATE, {"input": ASHA}, actor=actor("CLERK"))
    assert refused.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_users_are_found_by_name(session: AsyncSession, api: Api, administrator: Actor) -> None:
    for name in ("asha", "juma", "neema"):
        await make_account(session, name)
    await session.commit()
    query = '{ users(search: "jum") { nodes { username } } user(username: "NEEMA") { username } }'
    found = await api(query, actor=administrator)
    assert found.data == {"users": {"nodes": [{"username": "juma"}]}, "user": {"username": "neema"}}


async def test_each_user_has_its_own_roles_and_rights(session: AsyncSession, api: Api, administrator: Actor) -> None:
    await make_account(session, "asha", roles=["SYSTEM_ADMINISTRATOR"])
    await make_account(session, "juma", roles=["SCHEME_ADMINISTRATOR"])
    await session.commit()
    users = (await api("{ users { nodes { roles { code rights } rights } } }", actor=administrator)).data["users"][
        "nodes"
    ]
    for user, code in zip(users, ("SYSTEM_ADMINISTRATOR", "SCHEME_ADMINISTRATOR"), strict=True):
        [role] = user["roles"]
        assert role["code"] == code
        assert role["rights"] == user["rights"] == sorted(set(user["rights"]))
    assert "people.user.create" in users[0]["rights"]
    assert "people.user.create" not in users[1]["rights"]


async def test_creating_an_account_tells_everything_at_once(session: AsyncSession) -> None:
    with pytest.raises(UserErrors) as refused:
        await services.create_account(session, "x", last_name="", other_names="", password="x", roles=["KING"])
    assert [error.code.code for error in refused.value.errors] == [
        "USERNAME_INVALID", "REQUIRED", "REQUIRED", "PASSWORD_TOO_SHORT", "PASSWORD_COMMON", "UNKNOWN_CODE",
    ]  # fmt: skip


async def test_the_same_name_twice_is_taken_for_callers_without_graphql_too(session: AsyncSession) -> None:
    await make_account(session, "asha")
    with pytest.raises(UserError, match="TAKEN"):
        await make_account(session, "Asha")


async def test_the_password_is_stored_as_an_argon2id_hash(session: AsyncSession) -> None:
    await make_account(session)
    stored = await session.scalar(select(Account.password_hash))
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
