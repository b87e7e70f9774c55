"""Taking away who people are: in the tables as the modules say, in the history, and in the files."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from core import Context, Problems, VersionedRow, check_version, clock, every
from core.files import release_files
from core.hooks import implementations
from core.sealing import redact
from modules.insuree.hooks import Held
from modules.insuree.models import Insuree
from modules.privacy.inputs import PseudonymisePersonInput
from modules.privacy.services.finding import checked_reason, find_person


async def pseudonymise_person(ctx: Context, input: PseudonymisePersonInput) -> Insuree:
    """Take away who a person is. Once is enough: again it changes nothing.

    Raises:
        UserError: NOT_FOUND, STALE, REQUIRED, TOO_LONG.
        UserErrors: what `people_needed` answers, such as PERSON_COVERED.
    """
    reason = checked_reason(input.reason)
    person = await find_person(ctx, input.id, "id", lock=True)
    check_version(person, input.expected_version)
    problems = Problems()
    needed = await every(ctx.host, "people_needed", ctx=ctx, insuree_ids=[person.id])
    for code in {code.code: code for of in needed for code in of.values()}.values():  # several modules may say the same
        problems.add(code, "id")
    problems.stop()
    if person.pseudonymised_at is None:
        await pseudonymise(ctx, [person.id], reason)
        await ctx.session.refresh(person)
    return person


async def pseudonymise(ctx: Context, insuree_ids: Sequence[UUID], reason: str) -> None:
    """Take away who these people are, whom nobody needs, and who are locked."""
    helds = [
        held
        for implementation in implementations(ctx.host, "personal_data")
        for held in implementation.call(insuree_ids=insuree_ids)
    ]
    # All are found first: what one module takes away another may find its rows by.
    found = [(held, await _ids(ctx, held)) for held in helds]
    files: list[UUID] = []
    for held, ids in found:
        files += await _erase(ctx, held, ids, reason)
    done = update(Insuree).where(Insuree.id.in_(insuree_ids)).values(pseudonymised_at=clock.now())
    await ctx.session.execute(done.execution_options(synchronize_session=False))
    await release_files(ctx, files)


async def _ids(ctx: Context, held: Held) -> list[UUID]:
    return list(await ctx.session.scalars(select(held.model.__table__.c.id).where(held.where)))


async def _erase(ctx: Context, held: Held, ids: Sequence[UUID], reason: str) -> list[UUID]:
    """Change or delete rows, then their history, which has just learnt what they were; answers their files."""
    if not ids or not (held.erased or held.dropped):
        return []
    table: Any = held.model.__table__
    files: list[UUID] = []
    chosen = table.c.id.in_(ids)
    if held.dropped:
        if held.file:
            files = [id for id in await ctx.session.scalars(select(table.c[held.file]).where(chosen)) if id]
        await ctx.session.execute(delete(table).where(chosen))
    else:
        counted = {"version": table.c.version + 1} if issubclass(held.model, VersionedRow) else {}
        values = {**held.erased, **counted, "updated_at": clock.now()}
        await ctx.session.execute(update(table).where(chosen).values(values))
    for id in ids:
        await redact(ctx, table.name, id, _forgotten(held), reason)
    return files


def _forgotten(held: Held) -> list[str]:
    """What the history forgets: the columns that were erased; of rows that are gone, all but what they pointed at."""
    if not held.dropped:
        return list(held.erased)
    return [column.name for column in held.model.__table__.c if not (column.primary_key or column.foreign_keys)]
