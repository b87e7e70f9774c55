"""What can be done with families and the people in them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from core import (
    REQUIRED,
    STALE,
    Code,
    Context,
    Problems,
    UserError,
    check_codes,
    check_columns,
    clock,
    codes_in,
    every,
    find,
    given,
    insert,
    new_id,
    noting,
    tidy,
)
from modules.insuree import errors, inputs, people
from modules.insuree.inputs import Leaving
from modules.insuree.models import Family, Insuree
from modules.insuree.personal import pseudonym as pseudonym
from modules.insuree.personal import unsaid as unsaid
from modules.insuree.personal import year_only as year_only
from modules.insuree.photos import photo_due as photo_due
from modules.location.models import Location
from modules.location.rules import LocationLevel
from modules.location.services import place

LOOKUPS = {
    "family_type_code": "family_type",
    "membership_category_code": "membership_category",
    "confirmation_type_code": "confirmation_type",
}


async def create_family(ctx: Context, input: inputs.CreateFamilyInput) -> Family:
    """Enrol a family with its head and members, in a number of statements that does not grow with the family.

    Raises:
        UserErrors: HEAD_MISSING, TWO_HEADS, IN_ANOTHER_FAMILY, NOT_FOUND, WRONG_LEVEL, UNKNOWN_CODE, and whatever
            `people.check` and `people.save` find wrong with the people.
    """
    problems = Problems()
    family = Family(id=input.id or new_id())
    values = tidy(given(input, "head", "head_id", "members"))
    village = await _check(ctx, family, values, problems)
    chosen = await _chosen_head(ctx, input, problems)
    newcomers = [people.newcomer(input.head, "head.", is_head=True)] if input.head else []
    newcomers += [people.newcomer(member, f"members.{at}.") for at, member in enumerate(input.members or ())]
    await people.check(ctx, newcomers, problems)
    problems.stop()

    _apply(family, values, village)
    family.head_id = chosen.id if chosen else newcomers[0].id
    await insert(ctx, [family])
    if chosen is not None:
        _join(chosen, family, relation_code=None)
        chosen.is_head = True
    # In one order: two families with some of the same numbers must not wait for each other in a circle.
    members = [people.member_of(family, person) for person in newcomers]
    members.sort(key=lambda member: member.insurance_number)
    await people.save(ctx, newcomers, members)
    return family


async def update_family(ctx: Context, input: inputs.UpdateFamilyInput) -> Family:
    """Change a family. When it lives in another village, its members go along.

    Raises:
        UserErrors: NOT_FOUND, STALE, WRONG_LEVEL, UNKNOWN_CODE, and what the fields lack.
    """
    family = await find(ctx, Family, input.id, "id", version=input.expected_version, lock=True)
    problems = Problems()
    values = tidy(given(input))
    village = await _check(ctx, family, values, problems)
    problems.stop()

    moved = village is not None and village.id != family.village_id
    category = family.membership_category_code
    _apply(family, values, village)
    await ctx.session.flush()
    if moved:
        home = {"district_id": family.district_id, "village_id": family.village_id}
        await ctx.session.execute(update(Insuree).where(*_belongs(family)).values(home))
        await every(ctx.host, "family_moved", ctx=ctx, family=family)
    if family.membership_category_code != category:
        await every(ctx.host, "family_corrected", ctx=ctx, family_id=family.id)
    return family


async def delete_family(ctx: Context, input: inputs.DeleteFamilyInput) -> Family:
    """End a family: its members stay registered without one, or end with it (enrolment spec 2.3 rule 8).

    Raises:
        UserError: NOT_FOUND, STALE, and what other modules have against it.
    """
    family = await find(ctx, Family, input.id, "id", version=input.expected_version, lock=True)
    family.ended_at = clock.now()
    await ctx.session.flush()
    left: dict[str, Any] = {"family_id": None, "is_head": False, "relation_code": None}
    changes = left if input.members is Leaving.DETACH else {"ended_at": family.ended_at}
    members = update(Insuree).where(*_belongs(family))
    await ctx.session.execute(members.values(**changes, version=Insuree.version + 1))
    await every(ctx.host, "family_ended", ctx=ctx, family=family)
    return family


async def change_family_head(ctx: Context, input: inputs.ChangeFamilyHeadInput) -> Family:
    """Make another member the head (enrolment spec 2.3 rule 7). The other members keep their relations.

    Raises:
        UserErrors: NOT_FOUND, STALE, NOT_A_MEMBER, UNKNOWN_CODE.
    """
    family = await find(ctx, Family, input.id, "id", version=input.expected_version, lock=True)
    head = await find(ctx, Insuree, input.head_id, "headId", lock=True)
    problems = Problems()
    if head.family_id != family.id:
        problems.add(errors.NOT_A_MEMBER, "headId", name=_name(head))
    await _check_relation(ctx, input.previous_head_relation_code, "previousHeadRelationCode", problems)
    problems.stop()

    if not head.is_head:
        # Before the new head, because the table allows a family one head at a time.
        former = update(Insuree).where(*_belongs(family), Insuree.is_head)
        relation = {"relation_code": input.previous_head_relation_code}
        await ctx.session.execute(former.values(is_head=False, version=Insuree.version + 1, **relation))
        head.is_head, head.relation_code, family.head_id = True, None, head.id
        await ctx.session.flush()
        await every(ctx.host, "family_corrected", ctx=ctx, family_id=family.id)
    return family


async def add_insuree(ctx: Context, input: inputs.AddInsureeInput) -> Insuree:
    """Register a person as a member of a family.

    Raises:
        UserErrors: NOT_FOUND, and whatever `people.check` and `people.save` find wrong with the person.
    """
    family = await find(ctx, Family, input.family_id, "familyId", lock=True)
    problems = Problems()
    person = people.newcomer(input)
    await people.check(ctx, [person], problems)
    problems.stop()

    insuree = people.member_of(family, person)
    await people.save(ctx, [person], [insuree])
    await every(ctx.host, "member_added", ctx=ctx, insuree=insuree)
    return insuree


async def update_insuree(ctx: Context, input: inputs.UpdateInsureeInput) -> Insuree:
    """Change a person. Inactive and dead need a reason for that status, and a date (enrolment spec 2.3 rule 3).

    Raises:
        UserErrors: NOT_FOUND, STALE, STATUS_REASON_MISMATCH, and whatever `people.check` and `people.save` find.
    """
    insuree = await _member(ctx, input.id, input.expected_version)
    problems = Problems()
    person = people.Person(insuree.id, tidy(given(input)))
    await people.check(ctx, [person], problems)
    await people.check_status(ctx, insuree, person, problems)
    if insuree.family_id is not None and not insuree.is_head and person.values.get("relation_code", "") is None:
        problems.add(REQUIRED, "relationCode")
    problems.stop()

    before = (insuree.status, insuree.status_on)
    priced = (insuree.birth_date, insuree.relation_code)
    for name, value in person.values.items():
        setattr(insuree, name, value)
    people.name(insuree)
    await people.save(ctx, [person])
    if (insuree.status, insuree.status_on) != before:
        await every(ctx.host, "member_status_changed", ctx=ctx, insuree=insuree)
    if insuree.family_id is not None and (insuree.birth_date, insuree.relation_code) != priced:
        await every(ctx.host, "family_corrected", ctx=ctx, family_id=insuree.family_id)
    return insuree


async def remove_insuree(ctx: Context, input: inputs.RemoveInsureeInput) -> Insuree:
    """Take a person, not the head, out of the family, or end the registration (enrolment spec 2.3 rule 5).

    Raises:
        UserError: NOT_FOUND, STALE, IS_HEAD.
    """
    insuree = await _not_head(ctx, input.id, input.expected_version)
    family_id = insuree.family_id
    if input.leaving is Leaving.DETACH:
        insuree.family_id = insuree.relation_code = None
    else:
        insuree.ended_at = clock.now()
    await ctx.session.flush()
    await _tell_left(ctx, insuree, family_id)
    return insuree


async def move_insuree(ctx: Context, input: inputs.MoveInsureeInput) -> Insuree:
    """Let a person who heads no family join another one (enrolment spec 2.3 rule 6).

    Raises:
        UserErrors: NOT_FOUND, STALE, IS_HEAD, UNKNOWN_CODE.
    """
    insuree = await _not_head(ctx, input.id, input.expected_version, input.family_id)
    family = await find(ctx, Family, input.family_id, "familyId", lock=True)
    problems = Problems()
    await _check_relation(ctx, input.relation_code, "relationCode", problems)
    problems.stop()

    former = insuree.family_id
    if former != family.id:
        _join(insuree, family, input.relation_code)
        await ctx.session.flush()
        await _tell_left(ctx, insuree, former)
        await every(ctx.host, "member_added", ctx=ctx, insuree=insuree)
    return insuree


async def _check(ctx: Context, family: Family, values: dict[str, Any], problems: Problems) -> Location | None:
    """Note what is wrong with a family's fields; answers the village when the values name a good one."""
    check_columns(Family, values, problems)
    codes = list(codes_in(values, LOOKUPS))
    kept = None if "confirmation_type_code" in values else family.confirmation_type_code
    if kept is not None and values.get("confirmation_number", kept) is None:
        codes.append(Code("confirmation_type", kept, "confirmationTypeCode"))
    known = await check_codes(ctx, codes, problems)
    for code, rules in known.items():
        number = values.get("confirmation_number", family.confirmation_number)
        if code.kind == "confirmation_type" and rules.get("numberRequired") and number is None:
            problems.add(REQUIRED, "confirmationNumber")
    if values.get("location_id") is not None:
        with noting(problems):
            return await place(ctx, values["location_id"], "locationId", level=LocationLevel.VILLAGE)
    return None


async def _chosen_head(ctx: Context, input: inputs.CreateFamilyInput, problems: Problems) -> Insuree | None:
    if input.head_id is None and input.head is None:
        problems.add(errors.HEAD_MISSING, "head")
    if input.head_id is None:
        return None
    if input.head is not None:
        problems.add(errors.TWO_HEADS, "headId")
    with noting(problems):
        head = await find(ctx, Insuree, input.head_id, "headId", lock=True)
        if head.family_id is not None:
            problems.add(errors.IN_ANOTHER_FAMILY, "headId", name=_name(head))
        return head
    return None


async def _member(ctx: Context, id: UUID, version: int, *family_ids: UUID) -> Insuree:
    """A person to change, locked after the person's family and the others named.

    Whoever prices a family's policies holds the family, so that its members stay as they are meanwhile.
    """
    own = select(Insuree.family_id).where(Insuree.id == id).scalar_subquery()
    families = select(Family.id).where(or_(Family.id == own, Family.id.in_(family_ids))).order_by(Family.id)
    locked = set(await ctx.session.scalars(families.with_for_update(key_share=True)))
    insuree = await find(ctx, Insuree, id, "id", version=version, lock=True)
    if insuree.family_id is not None and insuree.family_id not in locked:
        raise UserError(STALE, "expectedVersion", current=insuree)
    return insuree


async def _not_head(ctx: Context, id: UUID, version: int, *family_ids: UUID) -> Insuree:
    insuree = await _member(ctx, id, version, *family_ids)
    if insuree.is_head:
        raise UserError(errors.IS_HEAD, "id", name=_name(insuree))
    return insuree


async def _check_relation(ctx: Context, code: str | None, path: str, problems: Problems) -> None:
    if code is not None:
        await check_codes(ctx, [Code("relation", code, path)], problems)


async def _tell_left(ctx: Context, insuree: Insuree, family_id: UUID | None) -> None:
    if family_id is not None:
        await every(ctx.host, "member_left", ctx=ctx, insuree=insuree, family_id=family_id)


def _apply(family: Family, values: dict[str, Any], village: Location | None) -> None:
    for name, value in values.items():
        setattr(family, name, value)
    if village is not None and village.district_id is not None:
        family.district_id = village.district_id


def _join(insuree: Insuree, family: Family, relation_code: str | None) -> None:
    insuree.family_id, insuree.relation_code = family.id, relation_code
    insuree.district_id, insuree.village_id = family.district_id, family.village_id


def _belongs(family: Family) -> tuple[ColumnElement[bool], ...]:
    return Insuree.family_id == family.id, Insuree.ended_at.is_(None)


def _name(insuree: Insuree) -> str:
    return f"{insuree.other_names} {insuree.last_name}"
