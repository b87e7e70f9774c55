"""Administrators manage roles."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from core import Actor
from core.host import Host
from core.testing import Api

Actors = Callable[..., Actor]

CREATE = """mutation($input: CreateRoleInput!) { createRole(input: $input) {
    role { id code rights system } errors { code path } } }"""
UPDATE = """mutation($input: UpdateRoleInput!) { updateRole(input: $input) {
    role { name rights version } errors { code path } } }"""


async def test_a_role_is_created_with_known_rights_only(api: Api, actor: Actors) -> None:
    administrator = actor("SYSTEM_ADMINISTRATOR")
    sent = {"code": "AUDITOR", "name": "Auditor", "rights": ["people.user.read", "people.role.read"]}
    created = (await api(CREATE, {"input": sent}, actor=administrator)).data["createRole"]
    assert created["errors"] == []
    role = created["role"]
    assert (role["code"], role["rights"], role["system"]) == (
        "AUDITOR",
        ["people.role.read", "people.user.read"],
        False,
    )
    sent = {"code": "KING", "name": "King", "rights": ["people.user.read", "everything"]}
    refused = (await api(CREATE, {"input": sent}, actor=administrator)).data["createRole"]
    assert refused == {"role": None, "errors": [{"code": "UNKNOWN_CODE", "path": ["rights", "1"]}]}


async def test_two_roles_cannot_have_one_code(api: Api, actor: Actors) -> None:
    sent = {"code": "CLERK", "name": "Another clerk"}
    refused = (await api(CREATE, {"input": sent}, actor=actor("SYSTEM_ADMINISTRATOR"))).data["createRole"]
    assert refused == {"role": None, "errors": [{"code": "TAKEN", "path": ["code"]}]}


async def test_all_declared_rights_are_listed_by_name(api: Api, actor: Actors, host: Host) -> None:
    rights = (await api("{ rights { name title } }", actor=actor("SYSTEM_ADMINISTRATOR"))).data["rights"]
    assert rights == sorted(
        ({"name": right.name, "title": right.title} for right in host.rights), key=lambda right: right["name"]
    )
    assert (await api("{ rights { name } }", actor=actor("CLERK"))).errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_change_of_a_role_replaces_its_rights_and_counts_as_one(api: Api, actor: Actors) -> None:
    administrator = actor("SYSTEM_ADMINISTRATOR")
    sent: dict[str, Any] = {"code": "AUDITOR", "name": "Auditor", "rights": ["people.user.read", "people.role.read"]}
    role = (await api(CREATE, {"input": sent}, actor=administrator)).data["createRole"]["role"]
    sent = {
        "id": role["id"],
        "expectedVersion": 1,
        "name": "Inspector",
        "rights": ["people.user.read", "people.user.update"],
    }
    changed = (await api(UPDATE, {"input": sent}, actor=administrator)).data["updateRole"]
    assert changed["errors"] == []
    assert changed["role"] == {"name": "Inspector", "rights": ["people.user.read", "people.user.update"], "version": 2}


async def test_who_does_not_work_in_the_whole_country_manages_no_roles(api: Api, actor: Actors) -> None:
    bounded = actor("SYSTEM_ADMINISTRATOR", district=[uuid4()])
    refused = await api(CREATE, {"input": {"code": "AUDITOR", "name": "Auditor"}}, actor=bounded)
    assert refused.errors[0]["extensions"]["code"] == "FORBIDDEN"
