"""What enrolment holds about a person, and what takes its place once it is no longer needed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, Text, cast, func, or_, select

from core import Context, ErrorCode
from core.hooks import implementations
from core.host import Host
from modules.insuree.errors import PERSON_REGISTERED
from modules.insuree.hooks import Held
from modules.insuree.models import Family, Insuree, InsureePhoto

NAME = "-"
"""Instead of a name."""
NAMING = ("insuree_id", "family_id", "head_id", "insurance_number")
"""Columns that say who a row is about, also where they are no keys."""


def pseudonym(insuree_id: Any) -> Any:
    """Instead of an insurance number: always the same for a person, nobody else's, and no number of a card."""
    return func.concat("X-", cast(insuree_id, Text))


def year_only(day: Any) -> Any:
    """The first of January of a day's year."""
    return cast(func.date_trunc("year", day), Date)


def held(insuree_ids: Sequence[UUID]) -> list[Held]:
    """The people, their photos and their families. An address goes with the head when the family has ended."""
    of_family = select(Insuree.family_id).where(Insuree.id.in_(insuree_ids))
    led = Family.head_id.in_(insuree_ids)
    gone = led & Family.ended_at.is_not(None)
    return [
        Held(
            Insuree,
            Insuree.id.in_(insuree_ids),
            {
                "insurance_number": pseudonym(Insuree.id),
                "last_name": NAME,
                "other_names": NAME,
                "sounds_like": None,
                "birth_date": year_only(Insuree.birth_date),
                "id_type_code": None,
                "id_number": None,
                "phone": None,
                "email": None,
                "photo_on": None,
            },
        ),
        Held(InsureePhoto, InsureePhoto.insuree_id.in_(insuree_ids), file="file_id", dropped=True),
        Held(Family, or_(Family.id.in_(of_family), led) & ~gone),
        Held(Family, gone, {"address": None, "confirmation_number": None}),
    ]


def unsaid(host: Host) -> set[str]:
    """The tables that point at people or families, by a key or by a column's name, of which no module says anything."""
    said = {
        held.model.__tablename__
        for implementation in implementations(host, "personal_data")
        for held in implementation.call(insuree_ids=[])
    }
    return {
        table.name
        for module in host.modules
        for table in host.tables_of(module.name)
        if table.name not in said and any(map(_points_at_people, table.columns))
    }


def _points_at_people(column: Column[Any]) -> bool:
    keys = {key.target_fullname for key in column.foreign_keys}
    return bool(keys & {"insuree_insuree.id", "insuree_family.id"}) or column.name in NAMING


async def needed(ctx: Context, insuree_ids: Sequence[UUID]) -> Mapping[UUID, ErrorCode]:
    """Whoever is registered: the registration is ended first."""
    registered = select(Insuree.id).where(Insuree.id.in_(insuree_ids), Insuree.ended_at.is_(None))
    return dict.fromkeys(await ctx.session.scalars(registered), PERSON_REGISTERED)
