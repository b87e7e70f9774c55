"""How the tests of this folder ask for changes, and listen to what other modules are told."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from core import Actor, Context, hook
from core.host import Host
from core.testing import Change, actor
from modules.insuree.models import Family, Insuree

FIELDS = {
    "family": "id version memberCount head { id } members { nodes { id isHead relation { code } } } endedAt",
    "insuree": "id version isHead family { id } relation { code } status statusReason { code } statusOn endedAt",
    "enrolmentOfficer": "id version code validFrom validTo substitute { id } villages { nodes { id } }",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here loads the modules of `families.toml`."""
    for item in items:
        if "modules/insuree" in item.path.as_posix():
            item.add_marker(pytest.mark.profile("tests/modules/insuree/families.toml"))


@pytest.fixture
def change(change: Change) -> Any:
    """Sends a mutation with its input, as a clerk of the whole country unless told otherwise; answers its payload.

    The payload's errors come as (code, path); its object under the name `object`.
    """

    async def send(mutation: str, input: dict[str, Any], *, who: Actor | None = None) -> dict[str, Any]:
        name = _object_of(mutation)
        by = who or actor("CLERK", "SCHEME_ADMINISTRATOR")
        payload = await change(mutation, f"{name} {{ {FIELDS[name]} }}", who=by, **input)
        return {"object": payload[name], "errors": payload.told, "statements": payload.statements}

    return send


def _object_of(mutation: str) -> str:
    if "Family" in mutation:
        return "family"
    return "insuree" if "Insuree" in mutation else "enrolmentOfficer"


class Listener:
    """Another module that hears what happens to families and people."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, UUID]] = []

    @hook
    async def member_added(self, ctx: Context, insuree: Insuree) -> None:
        self.heard.append(("member_added", insuree.id))

    @hook
    async def member_left(self, ctx: Context, insuree: Insuree, family_id: UUID) -> None:
        self.heard.append(("member_left", family_id))

    @hook
    async def member_status_changed(self, ctx: Context, insuree: Insuree) -> None:
        self.heard.append((f"member_status_changed {insuree.status}", insuree.id))

    @hook
    async def family_corrected(self, ctx: Context, family_id: UUID) -> None:
        self.heard.append(("family_corrected", family_id))

    @hook
    async def family_moved(self, ctx: Context, family: Family) -> None:
        self.heard.append(("family_moved", family.id))

    @hook
    async def family_ended(self, ctx: Context, family: Family) -> None:
        self.heard.append(("family_ended", family.id))


@pytest.fixture
def listener(host: Host) -> Iterator[Listener]:
    """A module that listens for the time of the test."""
    listener = Listener()
    host.plugins.register(listener)
    yield listener
    host.plugins.unregister(listener)
