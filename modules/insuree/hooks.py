"""What other modules can add to enrolment, and what they are told. All but the first in the change's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement

from core import Base, Context, ErrorCode, hookspec
from modules.insuree.models import Family, Insuree


@hookspec(firstresult=True)
def check_insurance_number(number: str) -> ErrorCode | None:
    """What a country finds wrong with an insurance number beyond length, check digit and pattern.

    The message may use `{number}`. Whether somebody else has it is checked in any case.
    """


@hookspec
async def account_exists(ctx: Context, account_id: UUID) -> bool | None:
    """Whether there is the account that an enrolment officer is to sign in with. The first answer counts."""


@hookspec
async def people_saved(ctx: Context, insuree_ids: Sequence[UUID]) -> None:
    """These people were registered, or changed: a whole family at once, a member, somebody's name or document.

    They are written and not committed: order a job with `defer` for what leaves the process, such as a look-up.
    """


@hookspec
async def member_added(ctx: Context, insuree: Insuree) -> None:
    """A person joined a family that was there already: newly registered, or from elsewhere."""


@hookspec
async def member_left(ctx: Context, insuree: Insuree, family_id: UUID) -> None:
    """A person left the family: detached, moved to another one, or the registration ended. Not when a family ends."""


@hookspec
async def member_status_changed(ctx: Context, insuree: Insuree) -> None:
    """A person became active, inactive or dead, from `status_on`."""


@hookspec
async def family_corrected(ctx: Context, family_id: UUID) -> None:
    """What prices may rest on is otherwise now: a member's birth date or relation, the head, the membership category.

    Who belongs to the family is not: `member_added`, `member_left` and `member_status_changed` tell of that.
    """


@hookspec
async def family_moved(ctx: Context, family: Family) -> None:
    """The family lives in another village: correct the columns you copied from it."""


@hookspec
async def family_ended(ctx: Context, family: Family) -> None:
    """The family was deleted: end what belongs to it, or raise a user error to keep it."""


@dataclass(frozen=True)
class Held:
    """Rows of a table that are about certain people, and what of them tells who these are.

    `where`: which rows. `erased`: by column, what takes its place when the people are pseudonymised: None, another
    value, or an SQL expression of the row. `file`: the column with the id of a file that is about the person, such as a
    photo. Of a `dropped` table nothing stays: its rows are deleted, and their history forgets what they held.
    """

    model: type[Base]
    where: ColumnElement[bool]
    erased: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None
    dropped: bool = False


@hookspec
def personal_data(insuree_ids: Sequence[UUID]) -> Sequence[Held]:  # type: ignore[empty-body]
    """Which rows of yours are about these people. What is exported, and what is pseudonymised, follows from it.

    A table that points at `insuree_insuree`, directly or through others, belongs here; `modules.insuree.testing.unsaid`
    finds those that were forgotten, and where personal data are kept the log tells of them at the start.
    """


@hookspec
async def people_needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode] | None:
    """Whom of these you still need by name, and why: they are not pseudonymised yet."""
