from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from core import hook
from core.host import Host
from core.testing import Change, actor


@pytest.fixture
def change(change: Change) -> Any:
    """Sends a mutation, as a scheme administrator unless told otherwise."""
    return partial(change, who=actor("SCHEME_ADMINISTRATOR"))


class InUse:
    """A module on whose word products and terms are in use."""

    def __init__(self) -> None:
        self.products: set[UUID] = set()
        self.terms: set[UUID] = set()

    @hook
    async def product_in_use(self, product_id: UUID) -> bool | None:
        return product_id in self.products or None

    @hook
    async def terms_in_use(self, terms_id: UUID) -> bool | None:
        return terms_id in self.terms or None


@pytest.fixture
def in_use(host: Host) -> Iterator[InUse]:
    """What other modules say is in use."""
    plugin = InUse()
    host.plugins.register(plugin)
    yield plugin
    host.plugins.unregister(plugin)
