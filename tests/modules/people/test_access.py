"""Who holds an access token is asked anew with every request."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from core import PUBLIC, Actor, Unauthenticated, clock
from core.host import Host
from core.settings import Settings
from core.testing import Api, counted
from modules.location.testing import make_district, make_facility, make_region, make_village, make_ward
from modules.people.services.access import SignedIn, authenticate
from modules.people.testing import EVERYWHERE, make_account

Holder = Callable[..., Awaitable[SignedIn]]
After = Callable[..., datetime]
Actors = Callable[..., Actor]
Ask = Callable[..., Awaitable[dict[str, Any]]]

UPDATE_USER = """mutation($input: UpdateUserInput!) { updateUser(input: $input) {
    user { version } errors { code path } } }"""


async def test_an_access_token_is_good_for_a_quarter_of_an_hour(
    session: AsyncSession, sign_in: Ask, holder: Holder, after: After
) -> None:
    await make_account(session)
    await session.commit()
    with clock.at(after()):
        phone = await sign_in()
    assert phone["expiresAt"] == "2026-03-02T12:15:00+00:00"
    with clock.at(after(minutes=14, seconds=59)):
        assert await holder(phone)
    with clock.at(after(minutes=15)), pytest.raises(Unauthenticated, match="time is over"):
        await holder(phone)


async def test_tokens_of_others_are_left_to_others(host: Host, session: AsyncSession) -> None:
    for token in ("", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."):
        assert await authenticate(host, session, token) is None


async def test_a_token_signed_with_another_secret_is_not_ours(session: AsyncSession, sign_in: Ask, host: Host) -> None:
    await make_account(session)
    await session.commit()
    phone = await sign_in()
    other = Host(Settings(modules=("people", "location"), secret=SecretStr("another secret, long enough as well")))
    assert await authenticate(other, session, phone["accessToken"]) is None


async def test_one_statement_tells_who_holds_a_token(
    session: AsyncSession, sign_in: Ask, holder: Holder, host: Host
) -> None:
    await make_account(session, roles=["CLERK", "SYSTEM_ADMINISTRATOR"])
    await session.commit()
    phone = await sign_in()
    with counted(host) as statements:
        who = await holder(phone)
    assert len(statements) == 1
    assert who.unbounded
    assert "people.user.create" in who.rights


async def test_rights_are_those_of_the_accounts_own_roles(session: AsyncSession, sign_in: Ask, holder: Holder) -> None:
    await make_account(session, "asha", roles=["SCHEME_ADMINISTRATOR"])
    await make_account(session, "juma", roles=["SYSTEM_ADMINISTRATOR"])
    await session.commit()
    ashas = (await holder(await sign_in("asha"))).rights
    jumas = (await holder(await sign_in("juma"))).rights
    assert "location.facility.create" in ashas
    assert "people.user.create" not in ashas
    assert "people.user.create" in jumas


async def test_an_account_without_grants_sees_nothing(session: AsyncSession, sign_in: Ask, holder: Holder) -> None:
    await make_account(session, roles=["CLERK"], grants=())
    await session.commit()
    who = await holder(await sign_in())
    assert not who.unbounded
    assert who.scopes == {}


async def test_grants_mean_what_the_modules_say(session: AsyncSession, sign_in: Ask, holder: Holder) -> None:
    region = await make_region(session)
    district = await make_district(session, region)
    village = await make_village(session, await make_ward(session))
    facility = await make_facility(session)
    grants = [("location", region.id), ("location", village.id), ("health_facility", facility.id)]
    await make_account(session, roles=["CLERK"], grants=grants)
    await session.commit()
    who = await holder(await sign_in())
    assert not who.unbounded
    assert who.scopes == {"district": (district.id,), "village": (village.id,), "facility": (facility.id,)}


async def test_a_national_grant_opens_the_whole_country(session: AsyncSession, sign_in: Ask, holder: Holder) -> None:
    district = await make_district(session)
    await make_account(session, grants=[*EVERYWHERE, ("location", district.id)])
    await session.commit()
    assert (await holder(await sign_in())).unbounded


async def test_deactivation_acts_at_once_and_on_every_device(
    session: AsyncSession,
    api: Api,
    actor: Actors,
    sign_in: Ask,
    refresh: Ask,
    holder: Holder,
) -> None:
    account = await make_account(session)
    await session.commit()
    phone = await sign_in()
    assert await holder(phone)
    deactivate = "mutation($input: DeactivateUserInput!) { deactivateUser(input: $input) { user { active } } }"
    sent = {"id": account.id, "expectedVersion": 1}
    answer = await api(deactivate, {"input": sent}, actor=actor("SYSTEM_ADMINISTRATOR"))
    assert answer.data["deactivateUser"]["user"] == {"active": False}
    with pytest.raises(Unauthenticated):
        await holder(phone)
    assert (await refresh(phone))["errors"] == [{"code": "SESSION_ENDED", "path": ["refreshToken"]}]


async def test_other_roles_act_at_once(
    session: AsyncSession,
    api: Api,
    actor: Actors,
    sign_in: Ask,
    refresh: Ask,
    holder: Holder,
) -> None:
    account = await make_account(session, roles=["SYSTEM_ADMINISTRATOR"])
    await session.commit()
    phone = await sign_in()
    sent = {"id": account.id, "expectedVersion": 1, "roleCodes": ["CLERK"]}
    answer = await api(UPDATE_USER, {"input": sent}, actor=actor("SYSTEM_ADMINISTRATOR"))
    assert answer.data["updateUser"] == {"user": {"version": 2}, "errors": []}
    with pytest.raises(Unauthenticated):
        await holder(phone)
    assert "people.user.create" not in (await holder(await refresh(phone))).rights


async def test_a_right_taken_from_a_role_is_gone_with_the_next_request(
    session: AsyncSession,
    api: Api,
    actor: Actors,
    sign_in: Ask,
    holder: Holder,
) -> None:
    await make_account(session, roles=["SYSTEM_ADMINISTRATOR"])
    await session.commit()
    phone = await sign_in()
    administrator = actor("SYSTEM_ADMINISTRATOR")
    role = (await api('{ role(code: "SYSTEM_ADMINISTRATOR") { id version } }', actor=administrator)).data["role"]
    change = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) { role { rights } errors { code } } }"
    sent = {"id": role["id"], "expectedVersion": role["version"], "rights": ["people.user.read"]}
    answer = await api(change, {"input": sent}, actor=administrator)
    assert answer.data["updateRole"] == {"role": {"rights": ["people.user.read"]}, "errors": []}
    assert (await holder(phone)).rights == {"people.user.read"}


async def test_other_grants_act_at_once(
    session: AsyncSession,
    api: Api,
    actor: Actors,
    sign_in: Ask,
    holder: Holder,
) -> None:
    district = await make_district(session)
    account = await make_account(session)
    await session.commit()
    phone = await sign_in()
    grants = [{"kind": "location", "objectId": district.id}]
    sent = {"id": account.id, "expectedVersion": 1, "grants": grants}
    await api(UPDATE_USER, {"input": sent}, actor=actor("SYSTEM_ADMINISTRATOR"))
    assert (await holder(phone)).scopes == {"district": (district.id,)}


async def test_who_must_change_the_password_may_do_nothing_before(
    session: AsyncSession, api: Api, sign_in: Ask, holder: Holder
) -> None:
    await make_account(session, roles=["SYSTEM_ADMINISTRATOR"], must_change_password=True)
    await session.commit()
    who = await holder(await sign_in())
    assert who.rights == frozenset()
    assert not who.unbounded
    asked = await api("{ me { username mustChangePassword } }", actor=who)
    assert asked.data["me"] == {"username": "asha", "mustChangePassword": True}


async def test_strangers_may_sign_in_refresh_and_read_what_concerns_nobody(host: Host) -> None:
    fields = [name for name, field in host.schema.root_fields.items() if field.right is PUBLIC]
    assert [field for field in fields if field.startswith("Mutation.")] == [
        "Mutation.signIn", "Mutation.refreshSession", "Mutation.requestPasswordReset", "Mutation.resetPassword",
    ]  # fmt: skip
    assert {field for field in fields if field.startswith("Query.")} <= {
        "Query.modules", "Query.errorCodes", "Query.lookups",
    }  # fmt: skip


async def test_strangers_learn_nothing_of_accounts(session: AsyncSession, api: Api) -> None:
    account = await make_account(session)
    await session.commit()
    for field in ("me { username }", "users { totalCount }", "devices { totalCount }", "roles { totalCount }"):
        assert (await api(f"{{ {field} }}")).errors[0]["extensions"]["code"] == "UNAUTHENTICATED"
    answer = await api("query($id: ID!) { node(id: $id) { id } }", {"id": account.id})
    assert not (answer.data or {}).get("node")


async def test_accounts_are_no_public_register(session: AsyncSession, api: Api, actor: Actors) -> None:
    account = await make_account(session)
    await session.commit()
    query = "query($id: ID!) { node(id: $id) { ... on User { username } } }"
    assert (await api(query, {"id": account.id}, actor=actor("CLERK"))).data == {"node": None}
    administrator = actor("SYSTEM_ADMINISTRATOR")
    assert (await api(query, {"id": account.id}, actor=administrator)).data == {"node": {"username": "asha"}}
    bounded = actor("SYSTEM_ADMINISTRATOR", district=[uuid4()])
    assert (await api("{ users { totalCount } }", actor=bounded)).data["users"]["totalCount"] == 0
