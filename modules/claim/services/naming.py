"""What an input names by an id, or by the code or number that people use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import or_, select

from core import NOT_FOUND, REQUIRED, UNKNOWN_CODE, Actor, Context, Problems, UserError, noting
from modules.claim import errors
from modules.insuree.models import Insuree
from modules.location.models import HealthFacility
from modules.medical.models import Register

R = TypeVar("R", bound=Register)


@dataclass(frozen=True)
class Name:
    """A register's entry that an input names. `key` tells the names of an input apart; paths are those of the fields.

    Without paths of its own, a name `items.0.item` stands in `items.0.itemId` or `items.0.itemCode`.
    """

    key: str
    id: UUID | None = None
    code: str | None = None
    id_path: str = ""
    code_path: str = ""

    @property
    def path(self) -> str:
        """The field that it stands in, or the first of those that it could.

        Raises:
            UserError: NAME_ONE, REQUIRED.
        """
        id_path, code_path = self.id_path or f"{self.key}Id", self.code_path or f"{self.key}Code"
        if self.id is not None and self.code is not None:
            raise UserError(errors.NAME_ONE, id_path)
        if self.id is None and self.code is None:
            raise UserError(REQUIRED, id_path)
        return id_path if self.id is not None else code_path


async def facility_named(ctx: Context, id: UUID | None, code: str | None) -> HealthFacility:
    """A facility whose claims the actor may enter.

    Raises:
        UserError: NAME_ONE, REQUIRED; NOT_FOUND when the actor works neither there nor in its district.
    """
    path = Name("healthFacility", id, code).path
    facility = await ctx.session.scalar(
        select(HealthFacility).where(HealthFacility.id == id if id is not None else HealthFacility.code == code)
    )
    if facility is None or not serves(ctx.actor, facility):
        raise UserError(NOT_FOUND, path)
    return facility


def serves(actor: Actor, facility: HealthFacility) -> bool:
    """Whether the actor works at the facility or in its district."""
    return (
        actor.unbounded
        or facility.id in actor.scopes.get("facility", ())
        or facility.location_id in actor.scopes.get("district", ())
    )


async def patient_named(ctx: Context, id: UUID | None, number: str | None) -> Insuree:
    """A registered person, wherever he or she lives; not pseudonymised before the transaction ends.

    Raises:
        UserError: NAME_ONE, REQUIRED, NOT_FOUND.
    """
    path = Name("insuree", id, number, code_path="insuranceNumber").path
    named = Insuree.id == id if id is not None else Insuree.insurance_number == number
    registered = select(Insuree).where(named, Insuree.ended_at.is_(None))
    patient = await ctx.session.scalar(registered.with_for_update(of=Insuree, read=True, key_share=True))
    if patient is None:
        raise UserError(NOT_FOUND, path)
    return patient


async def register_entries(ctx: Context, kind: type[R], names: Sequence[Name], problems: Problems) -> dict[str, R]:
    """The entries of a register that are named, by the names' keys, in one statement; what is wrong is noted.

    Deleted entries may be named too: whether one held on the day of care is checked at submission.
    """
    ids = {name.id for name in names if name.id is not None}
    codes = {name.code for name in names if name.code is not None}
    by_key: dict[UUID | str, R] = {}
    if ids or codes:
        # Of entries with one code the current one comes last, and so wins.
        match = select(kind).where(or_(kind.id.in_(ids), kind.code.in_(codes))).order_by(kind.ended_at.nulls_last())
        for row in await ctx.session.scalars(match):
            by_key |= {row.id: row, row.code: row}
    found = {}
    for name in names:
        with noting(problems):
            found[name.key] = _entry(kind, name, by_key)
    return found


def _entry(kind: type[R], name: Name, entries: Mapping[UUID | str, R]) -> R:
    path = name.path
    entry = entries.get(name.code or "") if name.id is None else entries.get(name.id)
    if entry is None and name.id is None:
        raise UserError(UNKNOWN_CODE, path, value=name.code)
    if entry is None:
        raise UserError(NOT_FOUND, path)
    return entry
