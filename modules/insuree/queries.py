"""Root queries of families, insured people and enrolment officers."""

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import select

from core import SIGNED_IN, BadRequest, Context, Where, argument, one, page, query
from modules.insuree import duplicates, models, people, rights
from modules.insuree.types import EnrolmentOfficer, Family, InsuranceNumberCheck, Insuree


@page(Family, order=("-created_at", "-id"), right=rights.FAMILY_READ)
def families(family: type[models.Family]) -> Where:
    """Families you may see, newest first."""
    yield family.ended_at.is_(None)


@one(Family, right=rights.FAMILY_READ)
def family(family: type[models.Family], id: Annotated[UUID, argument("The family's id.")]) -> Where:
    """One family, a deleted one too."""
    yield family.id == id


@page(Insuree, order=("last_name", "other_names", "id"), right=rights.INSUREE_READ)
def insurees(insuree: type[models.Insuree]) -> Where:
    """Insured people you may see, by name."""
    yield insuree.ended_at.is_(None)


@one(Insuree, right=rights.INSUREE_READ)
def insuree(
    insuree: type[models.Insuree],
    id: Annotated[UUID | None, argument("The person's id.")] = None,
    insurance_number: Annotated[str | None, argument("The number on the card of somebody registered now.")] = None,
) -> Where:
    """One insured person, by id or insurance number."""
    if id is None and insurance_number is None:
        raise BadRequest("Give the person's id or insurance number.")
    if id is not None:
        yield insuree.id == id
    if insurance_number is not None:
        yield insuree.insurance_number == insurance_number
        yield insuree.ended_at.is_(None)


@query(right=rights.INSUREE_READ)
async def insurance_number_check(
    ctx: Context,
    insurance_number: Annotated[str, argument("The number to be given.")],
    insuree_id: Annotated[UUID | None, argument("Who is to have it, if registered already.")] = None,
) -> InsuranceNumberCheck:
    """Whether a number is well formed and nobody in the country has it."""
    number = insurance_number.strip()
    problem = people.number_problem(ctx, number) or await people.taken_problem(ctx, number, insuree_id)
    if problem is None:
        return InsuranceNumberCheck(valid=True)
    message = problem.code.message(ctx.language, problem.parameters)
    return InsuranceNumberCheck(valid=False, code=problem.code.code, message=message)


@query(right=rights.INSUREE_READ)
async def possible_duplicates(
    ctx: Context,
    last_name: Annotated[str, argument("The family name of somebody who is about to be registered.")],
    other_names: Annotated[str, argument("The other names.")],
    birth_date: Annotated[date, argument("The day of birth; the year is what counts.")],
    village_id: Annotated[UUID, argument("The village; its whole district is looked at.")],
) -> list[Insuree]:
    """People you may see who may be registered already: names that sound alike, same year of birth, same district.

    At most 20, those of the very village and the very day of birth first.
    """
    return await duplicates.find_alike(ctx, last_name, other_names, birth_date, village_id)  # type: ignore[return-value]


@page(EnrolmentOfficer, order=("last_name", "other_names", "id"), right=SIGNED_IN)
def enrolment_officers(
    officer: type[models.EnrolmentOfficer],
    village_id: Annotated[UUID | None, argument("Only those who enrol in this village.")] = None,
) -> Where:
    """Enrolment officers, by name."""
    if village_id is not None:
        of = models.OfficerVillage.__table__.alias()
        yield officer.id.in_(select(of.c.officer_id).where(of.c.village_id == village_id))


@one(EnrolmentOfficer, right=SIGNED_IN)
def enrolment_officer(
    officer: type[models.EnrolmentOfficer],
    id: Annotated[UUID | None, argument("The officer's id.")] = None,
    code: Annotated[str | None, argument("The officer's code.")] = None,
) -> Where:
    """One enrolment officer, by id or code."""
    if id is None and code is None:
        raise BadRequest("Give the officer's id or code.")
    if id is not None:
        yield officer.id == id
    if code is not None:
        yield officer.code == code
