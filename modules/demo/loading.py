"""Loading the demo, step by step: registers, scheme, accounts, families, claims."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import psycopg
from anyio import to_thread
from sqlalchemy import select

from core import Context
from core.cli import Stopped
from core.imports import Progress, Register, load
from modules.demo import accounts, care, households, scheme
from modules.demo.country import villages
from modules.demo.country.copying import fill
from modules.demo.country.loading import batches
from modules.demo.country.scale import SCALES, Scale
from modules.demo.files import REGISTERS, register_lines
from modules.insuree.models import Family
from modules.location.models import Location

Work = Callable[[Context, Progress], Awaitable[str]]
Step = tuple[str, Work]


async def is_empty(ctx: Context) -> bool:
    """Whether nobody has put anything into the database yet."""
    return await ctx.session.scalar(select(Location.id).limit(1)) is None


async def load_scheme(ctx: Context) -> None:
    """What a scheme needs before it sells: registers, price lists, products, accounts and officers."""
    await _run(ctx, [*_registers(), *SCHEME])


async def load_all(ctx: Context) -> bool:
    """The scheme and, when there are no families yet, invented ones with policies and claims: then True."""
    invented = await ctx.session.scalar(select(Family.id).limit(1)) is None
    await _run(ctx, [*_registers(), *SCHEME, *([("Families and claims", _people)] if invented else [])])
    return invented


async def load_scale(ctx: Context, name: str) -> bool:
    """The scheme and a district, a region or a whole country of people; False if there are families already.

    Raises:
        Stopped: the database's account may not do it.
    """
    if await ctx.session.scalar(select(Family.id).limit(1)) is not None:
        return False
    await load_people(ctx, next(scale for scale in SCALES if scale.name == name))
    return True


async def load_people(ctx: Context, scale: Scale) -> None:
    """The scheme and the people of a scale, into a database without families.

    Raises:
        Stopped: the database's account may not do it.
    """
    steps: Sequence[Step] = (
        *_registers(),
        *SCHEME,
        ("Facilities of the country", partial(_counted, partial(villages.add_facilities, scale=scale))),
        ("Officers of the villages", partial(_counted, partial(villages.add_officers, scale=scale))),
    )
    await _run(ctx, steps)
    places = await villages.places(ctx, scale)
    # The people come by a connection of their own, which must find the places.
    await ctx.session.commit()
    with _bar() as add:
        families, told = add("Families, policies and claims")
        indexes, made = add("Indexes")
        try:
            await to_thread.run_sync(fill, ctx.host.database_url, batches(places, families), indexes)
        except psycopg.errors.InsufficientPrivilege as error:
            raise Stopped("This takes a superuser of the database: it copies without looking at every row.") from error
        told("done")
        made("done")


def _registers() -> Iterator[Step]:
    for register, name in REGISTERS:
        yield register.title.capitalize(), partial(_register, register, name)


async def _register(register: Register, name: str, ctx: Context, progress: Progress) -> str:
    loaded = (await load(ctx, register, register_lines(register, name), progress=progress)).loaded
    return f"{loaded.created} new, {loaded.updated} changed, {loaded.unchanged} as before"


async def _counted(add: Callable[[Context], Awaitable[int]], ctx: Context, progress: Progress) -> str:
    return f"{await add(ctx)} new"


async def _people(ctx: Context, progress: Progress) -> str:
    people = await households.add_households(ctx, progress)
    claims = await care.add_claims(ctx, people, progress)
    return f"{len(people)} people and {claims} claims new"


SCHEME: Sequence[Step] = (
    ("Price lists", partial(_counted, scheme.add_price_lists)),
    ("Products", partial(_counted, scheme.add_products)),
    ("Accounts", partial(_counted, accounts.add_accounts)),
    ("Enrolment officers", partial(_counted, accounts.add_officers)),
)


async def _run(ctx: Context, steps: Sequence[Step]) -> None:
    with _bar() as add:
        for title, work in steps:
            progress, done = add(title)
            done(await work(ctx, progress))


@contextmanager
def _bar() -> Iterator[Callable[[str], tuple[Progress, Callable[[str], None]]]]:
    """A line of progress for each step, on standard error; adds a line when called with its title."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description:<38}"), BarColumn(8), TextColumn("{task.fields[told]}"))
    with Bar(*columns, console=Console(stderr=True)) as bar:

        def add(title: str) -> tuple[Progress, Callable[[str], None]]:
            task = bar.add_task(title, total=None, told="")

            def progress(stored: int, of: int) -> None:
                bar.update(task, completed=stored, total=of)

            def done(told: str) -> None:
                bar.update(task, completed=1, total=1, told=told)

            return progress, done

        yield add
