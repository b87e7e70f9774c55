"""Who sees and changes what, tried out: every type, every way of reaching it and every kind of account.

Generated from the schema, so that nothing new can be forgotten. A module's `testing.py` has `populate(corner)`, which
makes the module's rows in one corner of the country; a type without rows fails the test and says so.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from core.host import Host
from core.matrix.calls import Calls
from core.matrix.corners import Corner, World, make_world
from core.matrix.reads import Reads
from core.matrix.routes import try_routes
from core.matrix.singles import try_singles

__all__ = ["Corner", "World", "check_scope"]


async def check_scope(host: Host, session: AsyncSession) -> World:
    """Try the whole schema of a host on its database, which is filled for it.

    Raises:
        AssertionError: everything that was seen or changed from outside, hidden from inside, or could not be tried.
    """
    world = await make_world(host, session)
    await Reads(world).try_all()
    await try_singles(world)
    await try_routes(world)
    await Calls(world).try_all()
    assert not world.problems, "\n".join(world.problems)
    return world
