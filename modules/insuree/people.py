"""What people must be to be registered: all problems at once, in as many statements for one as for a family."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from core import (
    DATE_IN_FUTURE,
    NOT_FOUND,
    REQUIRED,
    Code,
    Context,
    Prepared,
    Problems,
    UserError,
    among,
    camel_case,
    check_codes,
    check_columns,
    clock,
    codes_in,
    every,
    given,
    insert,
    new_id,
    tidy,
)
from modules.insuree import errors, inputs, rules
from modules.insuree.models import Family, Insuree, InsureeStatus
from modules.insuree.settings import Settings
from modules.location.models import HealthFacility, Location
from modules.location.rules import LocationLevel

LOOKUPS = {
    "gender_code": "gender",
    "relation_code": "relation",
    "marital_status_code": "marital_status",
    "id_type_code": "id_type",
    "profession_code": "profession",
    "education_code": "education",
}
NUMBER_INDEX = "uq_insuree_insuree_insurance_number"
VILLAGES = select(Location.id).where(Location.level == LocationLevel.VILLAGE)
FACILITIES = select(HealthFacility.id)


@dataclass(frozen=True)
class Person:
    """What an input says of a person: values by column, and where they stand in it, such as `members.0.`."""

    id: UUID
    values: dict[str, Any]
    at: str = ""

    @property
    def number(self) -> str | None:
        """The insurance number, if the input gives one."""
        return self.values.get("insurance_number")


def newcomer(input: inputs.InsureeInput, at: str = "", *, is_head: bool = False) -> Person:
    """A person to register. The head has no relation to a head."""
    values = tidy(given(input, "family_id"))
    if is_head:
        values["relation_code"] = None
    return Person(input.id or new_id(), {**values, "is_head": is_head}, at)


def member_of(family: Family, person: Person) -> Insuree:
    """The row of a newcomer to a family; where the family lives says whose the person is (decision 2)."""
    insuree = Insuree(
        id=person.id,
        family_id=family.id,
        district_id=family.district_id,
        village_id=family.village_id,
        recorded_at=clock.now(),
        **person.values,
    )
    name(insuree)
    return insuree


def name(insuree: Insuree) -> None:
    """Keep what a person's names sound like, whenever they were given."""
    insuree.sounds_like = rules.person_sounds_like(insuree.last_name, insuree.other_names)


async def check(ctx: Context, people: Sequence[Person], problems: Problems) -> None:
    """Note what is wrong with people that are to be registered or changed."""
    for person in people:
        check_columns(Insuree, person.values, problems, person.at)
        _check_rules(ctx, person, problems)
    codes = [code for person in people for code in codes_in(person.values, LOOKUPS, person.at)]
    await check_codes(ctx, codes, problems)
    await _check_taken(ctx, people, problems)
    await _check_there(ctx, people, "current_village_id", VILLAGES, problems)
    await _check_there(ctx, people, "first_service_point_id", FACILITIES, problems)


async def check_status(ctx: Context, insuree: Insuree, person: Person, problems: Problems) -> None:
    """Note what the status lacks that the person is to have; the active need neither reason nor date and keep none."""
    if not {"status", "status_reason_code", "status_on"} & person.values.keys():
        return
    status: InsureeStatus | None = person.values.get("status", insuree.status)
    reason: str | None = person.values.get("status_reason_code", insuree.status_reason_code)
    on: date | None = person.values.get("status_on", insuree.status_on)
    if status is InsureeStatus.ACTIVE:
        person.values.update(status_reason_code=None, status_on=None)
    if status is InsureeStatus.ACTIVE or status is None:
        return
    codes = [Code("status_reason", reason, "statusReasonCode")] if reason else []
    known = await check_codes(ctx, codes, problems)
    if len(known) < len(codes):
        return
    explained = known[codes[0]].get("status") if codes else None
    today = clock.today()
    wrong = rules.status_problem(status, is_active=False, reason_status=explained, status_on=on, today=today)
    if wrong is not None:
        told, path = errors.STATUS_CODES[wrong]
        problems.add(told, path, reason=reason, status=status, date=on)


async def save(ctx: Context, people: Sequence[Person], new: Sequence[Insuree] = ()) -> None:
    """Write what is pending and who is `new`, and tell the modules that want to know.

    Raises:
        UserError: INSURANCE_NUMBER_TAKEN, when another writer took one of the numbers since they were checked.
    """
    try:
        await ctx.session.flush()
        await insert(ctx, new)
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation) and error.orig.diag.constraint_name == NUMBER_INDEX:
            told = str(error.orig.diag.message_detail)
            taken = next(person for person in people if f"({person.number})" in told)
            raise _taken(taken) from error
        raise
    await every(ctx.host, "people_saved", ctx=ctx, insuree_ids=[person.id for person in people])


def number_problem(ctx: Context, number: str) -> UserError | None:
    """What is wrong with an insurance number by the scheme's rule or the country's hook (enrolment spec 2.2)."""
    rule = ctx.settings(Settings).number_rule
    problem = rules.number_problem(number, rule)
    code = errors.NUMBER_CODES[problem] if problem else ctx.host.plugins.hook.check_insurance_number(number=number)
    return UserError(code, "insuranceNumber", number=number, length=rule.length) if code else None


async def taken_problem(ctx: Context, number: str, insuree_id: UUID | None) -> UserError | None:
    """INSURANCE_NUMBER_TAKEN when somebody else who is registered now has the number, anywhere in the country."""
    holder = await ctx.session.scalar(
        select(Insuree.id).where(Insuree.insurance_number == number, Insuree.ended_at.is_(None))
    )
    if holder is None or holder == insuree_id:
        return None
    return UserError(errors.NUMBER_TAKEN, "insuranceNumber", number=number)


def _check_rules(ctx: Context, person: Person, problems: Problems) -> None:
    if person.number is not None:
        wrong = number_problem(ctx, person.number)
        if wrong is not None:
            problems.add(wrong.code, f"{person.at}insuranceNumber", **wrong.parameters)
    birth_date = person.values.get("birth_date")
    if birth_date is not None and rules.birth_date_problem(birth_date, clock.today()):
        problems.add(DATE_IN_FUTURE, f"{person.at}birthDate", date=birth_date)
    if person.values.get("is_head") is False and person.values["relation_code"] is None:
        problems.add(REQUIRED, f"{person.at}relationCode")


async def _check_taken(ctx: Context, people: Sequence[Person], problems: Problems) -> None:
    numbers = [person.number for person in people if person.number is not None]
    if not numbers:
        return
    holders = dict(await _holders().rows(ctx, numbers=numbers))
    for person in people:
        # Whoever comes first in the input holds the number against the rest of it.
        if person.number is not None and holders.setdefault(person.number, person.id) != person.id:
            problems.errors.append(_taken(person))


@lru_cache(maxsize=1)
def _holders() -> Prepared:
    """Who has some numbers now."""
    holders = select(Insuree.insurance_number, Insuree.id).where(among(Insuree.insurance_number, "numbers"))
    return Prepared("insuree.holders", holders.where(Insuree.ended_at.is_(None)))


async def _check_there(
    ctx: Context, people: Sequence[Person], name: str, known: Select[UUID], problems: Problems
) -> None:
    wanted = [(person, id) for person in people if (id := person.values.get(name)) is not None]
    if not wanted:
        return
    ids = known.where(known.selected_columns["id"].in_([id for _, id in wanted]))
    there = set(await ctx.session.scalars(ids))
    for person, id in wanted:
        if id not in there:
            problems.add(NOT_FOUND, person.at + camel_case(name))


def _taken(person: Person) -> UserError:
    return UserError(errors.NUMBER_TAKEN, f"{person.at}insuranceNumber", number=person.number)
