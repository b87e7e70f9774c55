"""The host's life: modules start in order, stop in reverse, and once more."""

import pytest

from tests.core.conftest import Workshop

LIFE = """
@hook
async def started(host): host.settings.tables["log"]["steps"].append("{name} up")

@hook
async def stopped(host): host.settings.tables["log"]["steps"].append("{name} down")
"""


async def test_modules_start_in_order_and_stop_in_reverse(workshop: Workshop, database_url: str) -> None:
    steps: list[str] = []
    workshop.module("roof", LIFE.format(name="roof"), needs=("wall",))
    workshop.module("wall", LIFE.format(name="wall"))
    workshop.module("log")
    host = workshop.host("roof", "wall", database_url=database_url)
    host.settings.tables["log"] = {"steps": steps}
    await host.start()
    async with host.db.session() as session:
        assert session.is_active
    await host.stop()
    assert steps == ["wall up", "roof up", "roof down", "wall down"]


async def test_when_a_module_fails_to_start_those_before_it_are_stopped(workshop: Workshop, database_url: str) -> None:
    steps: list[str] = []
    workshop.module("wall", LIFE.format(name="wall"))
    workshop.module("roof", "@hook\nasync def started(host): raise RuntimeError('no nails')", needs=("wall",))
    host = workshop.host("roof", "wall", database_url=database_url)
    host.settings.tables["log"] = {"steps": steps}
    with pytest.raises(RuntimeError, match="no nails"):
        await host.start()
    assert steps == ["wall up", "wall down"]


async def test_a_start_that_failed_can_be_tried_again(workshop: Workshop, database_url: str) -> None:
    code = """
    tries = []

    @hook
    async def started():
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("not yet")
    """
    workshop.module("wall", code)
    host = workshop.host("wall", database_url=database_url)
    with pytest.raises(RuntimeError, match="not yet"):
        await host.start()
    await host.start()
    async with host.db.pool.connection() as connection:
        assert connection.info.dbname in database_url
    await host.stop()


async def test_a_stopped_host_can_be_started_again(workshop: Workshop, database_url: str) -> None:
    host = workshop.host(database_url=database_url)
    for _ in range(2):
        await host.start()
        async with host.db.session() as session:
            assert session.is_active
        await host.stop()
