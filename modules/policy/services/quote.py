"""What a policy would cost and whom it would cover, for a family or for people not registered yet (decision 15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, select

from core import (
    DATE_IN_FUTURE,
    NOT_FOUND,
    Code,
    Context,
    PreparedFor,
    Problems,
    UserError,
    Viewer,
    bound,
    check_codes,
    clock,
    find,
    new_id,
)
from core.dates import add_months
from modules.insuree.models import Family
from modules.policy import errors
from modules.policy.inputs import QuotedMemberInput
from modules.policy.models import Policy
from modules.policy.rules import Member, PolicyStage
from modules.policy.services.pricing import PlainFamily, Priced, members_of, offer_on, price, relation_of
from modules.product.rules import LONGEST_PERIOD


@dataclass(frozen=True)
class Quote:
    """A price, and the places in the list that was sent of people not registered yet, by their passing ids."""

    priced: Priced
    indices: dict[UUID, int]


async def quote(
    ctx: Context,
    product_id: UUID,
    *,
    family_id: UUID | None = None,
    members: Sequence[QuotedMemberInput] | None = None,
    enrolled_on: date | None = None,
    stage: PolicyStage = PolicyStage.NEW,
    previous_policy_id: UUID | None = None,
    category: str | None = None,
) -> Quote:
    """Price a policy without making it. One that follows another is a renewal, whatever the stage given.

    `category` is the membership category of people not registered yet; a family has its own.

    Raises:
        UserErrors: QUOTE_FOR_WHOM unless exactly one of family and members is given, DATE_IN_FUTURE for a day more than
            a century ahead, NOT_FOUND, OTHER_FAMILY, UNKNOWN_CODE.
    """
    if (family_id is None) == (members is None):
        raise UserError(errors.QUOTE_FOR_WHOM, "familyId")
    day = enrolled_on or clock.today()
    if day > add_months(clock.today(), LONGEST_PERIOD):
        raise UserError(DATE_IN_FUTURE, "enrolledOn", date=day)
    family = None if family_id is None else await _family(ctx, family_id)
    previous = None
    if previous_policy_id is not None:
        previous = await find(ctx, Policy, previous_policy_id, "previousPolicyId")
        if previous.family_id != family_id:
            raise UserError(errors.OTHER_FAMILY, "previousPolicyId")
        stage = PolicyStage.RENEWAL
    offer = await offer_on(ctx, product_id, day, family)
    if offer is None:
        raise UserError(NOT_FOUND, "productId")
    people = await members_of(ctx, family.id) if family else await _members(ctx, members or (), category)
    priced = price(ctx, offer, people, stage, day, family=family, previous=previous, category=category)
    return Quote(priced, {} if family else {member.id: index for index, member in enumerate(people)})


async def _family(ctx: Context, id: UUID) -> PlainFamily:
    for row in await _visible_family.rows(ctx, id=id):
        return PlainFamily(*row)
    raise UserError(NOT_FOUND, "familyId")


async def _members(ctx: Context, members: Sequence[QuotedMemberInput], category: str | None) -> list[Member]:
    """People not registered yet, in the order sent, with ids that only this quote knows."""
    problems = Problems()
    codes = {
        index: Code("relation", member.relation_code, f"members.{index}.relationCode")
        for index, member in enumerate(members)
        if member.relation_code is not None
    }
    of_all = [Code("membership_category", category, "membershipCategoryCode")] if category is not None else []
    known = await check_codes(ctx, [*codes.values(), *of_all], problems)
    problems.stop()
    now = clock.now()
    return [
        Member(
            id=new_id(),
            birth_date=member.birth_date,
            relation=relation_of(member.is_head, known[codes[index]] if index in codes else {}),
            recorded_at=now + timedelta(microseconds=index),
        )
        for index, member in enumerate(members)
    ]


def _of_family(viewer: Viewer) -> Select[Any]:
    visible = Family.id == bound("id", Uuid), Family.ended_at.is_(None), *Family.__scope__(Family, viewer)
    return select(*(getattr(Family, name) for name in PlainFamily._fields)).where(*visible)


_visible_family = PreparedFor("policy.family", _of_family)
