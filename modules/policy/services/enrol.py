"""New policies: a family's first one, and those that follow another."""

from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, and_, or_, select

from core import DATE_IN_FUTURE, NOT_FOUND, Context, Prepared, Problems, UserError, bound, clock, find, insert, new_id
from modules.insuree.models import EnrolmentOfficer, Family
from modules.policy import errors, rights, rules
from modules.policy.inputs import EnrolPolicyInput, RenewPolicyInput
from modules.policy.models import Policy, PricedMember
from modules.policy.rules import LONGEST_CHAIN, PolicyStage, PolicyStatus
from modules.policy.services import prompts
from modules.policy.services.pricing import Offer, Priced, members_of, offer_on, price
from modules.policy.services.states import reevaluate
from modules.policy.settings import Settings


async def enrol(ctx: Context, input: EnrolPolicyInput) -> Policy:
    """Enrol a family in a product; value, dates, status and members covered are computed (decision 14).

    Raises:
        UserErrors: NOT_FOUND, DATE_IN_FUTURE, BACKDATED, PRODUCT_NOT_SOLD, PRODUCT_NOT_HERE, FAMILY_EMPTY,
            OFFICER_NOT_VALID, ALREADY_ENROLLED, PRICE_CHANGED when it is not what the client expects, and what other
            modules refuse.
    """
    enrolled_on = input.enrolled_on or clock.today()
    check_enrolled_on(ctx, enrolled_on)
    family = await find(ctx, Family, input.family_id, "familyId", lock=True)
    offer = await offer_on(ctx, input.product_id, enrolled_on, family)
    if offer is None:
        raise UserError(NOT_FOUND, "productId")
    members = await members_of(ctx, family.id)
    priced = price(ctx, offer, members, PolicyStage.NEW, enrolled_on, family=family)
    return await make(ctx, input, family, priced)


async def renew(ctx: Context, input: RenewPolicyInput) -> Policy:
    """Let a policy follow another one of the same family, in the same product or the one that it was converted to.

    That answers the prompt for it, if there is an open one.

    Raises:
        UserErrors: NOT_FOUND, and what `follow` raises.
    """
    previous = await find(ctx, Policy, input.previous_policy_id, "previousPolicyId")
    family = await find(ctx, Family, previous.family_id, "previousPolicyId", lock=True)
    # What was done with it while the family was locked by somebody else counts.
    previous = await find(ctx, Policy, input.previous_policy_id, "previousPolicyId", lock=True)
    policy = await follow(ctx, input, previous, family)
    await prompts.accept(ctx, previous, policy)
    return policy


async def follow(
    ctx: Context, input: RenewPolicyInput, previous: Policy, family: Family, path: str = "previousPolicyId"
) -> Policy:
    """Make the policy that follows another one. The caller has locked the family; `path` is where the input names it.

    Raises:
        UserErrors: NEVER_EFFECTIVE when the other one never covered anybody, ALREADY_RENEWED, and what `enrol` raises.
    """
    enrolled_on = input.enrolled_on or clock.today()
    check_enrolled_on(ctx, enrolled_on)
    if previous.effective_on is None:
        raise UserError(errors.NEVER_EFFECTIVE, path)
    offer = await renewal_offer(ctx, previous, enrolled_on, family, input.product_id)
    if offer is None:
        raise UserError(NOT_FOUND, "productId")
    members = await members_of(ctx, family.id)
    priced = price(ctx, offer, members, PolicyStage.RENEWAL, enrolled_on, family=family, previous=previous)
    return await make(ctx, input, family, priced, previous, path)


async def renewal_offer(
    ctx: Context, previous: Policy, enrolled_on: date, family: Family, product_id: UUID | None = None
) -> Offer | None:
    """The product a policy is renewed in: the one named, else its own or, if that is not sold, what it converts to."""
    day = max(enrolled_on, previous.expires_on + timedelta(days=1))
    offer = await offer_on(ctx, product_id or previous.product_id, enrolled_on, family)
    for _ in range(LONGEST_CHAIN):
        product = offer.product if offer else None
        if product_id or product is None or product.conversion_product_id is None or (product.date_to or day) >= day:
            break
        offer = await offer_on(ctx, product.conversion_product_id, enrolled_on, family)
    return offer


def check_enrolled_on(ctx: Context, enrolled_on: date) -> None:
    """Refuse a day of enrolment in the future, or further back than the actor may go (decision 18).

    Raises:
        UserError: DATE_IN_FUTURE, BACKDATED.
    """
    allowed = ctx.settings(Settings).backdating_days
    may_backdate = ctx.actor.may(rights.BACKDATE)
    problem = rules.backdating_problem(enrolled_on, clock.today(), allowed_days=allowed, may_backdate=may_backdate)
    if problem == rules.DATE_IN_FUTURE:
        raise UserError(DATE_IN_FUTURE, "enrolledOn", date=enrolled_on)
    if problem == rules.BACKDATED:
        raise UserError(errors.BACKDATED, "enrolledOn", date=enrolled_on, days=allowed)


async def make(
    ctx: Context,
    input: EnrolPolicyInput | RenewPolicyInput,
    family: Family,
    priced: Priced,
    previous: Policy | None = None,
    path: str = "",
) -> Policy:
    """Write a policy as it was priced. The caller has locked the family.

    Raises:
        UserErrors: what the checks refuse, PRICE_CHANGED, OFFICER_NOT_VALID, ALREADY_ENROLLED, ALREADY_RENEWED.
    """
    problems = Problems()
    _check_findings(problems, priced)
    _check_expectations(problems, input, priced)
    problems.stop()
    if input.officer_id is not None:
        await _check_officer(ctx, input.officer_id, priced.proposal.enrolled_on)
    await _check_others(ctx, family, priced, previous, path)
    policy = Policy(
        id=input.id or new_id(),
        officer_id=input.officer_id,
        previous_policy_id=previous.id if previous else None,
        **_terms_of(priced),
        family_id=family.id,
        district_id=family.district_id,
        village_id=family.village_id,
    )
    await insert(ctx, [policy])
    places = [
        PricedMember(policy_id=policy.id, insuree_id=member.id, relation=member.relation, birth_date=member.birth_date)
        for member in priced.price.covered
    ]
    await insert(ctx, places)
    if policy.due <= 0:
        await reevaluate(ctx, policy)
    return policy


def _terms_of(priced: Priced) -> dict[str, Any]:
    """What of a policy follows from its price."""
    proposal, shares = priced.proposal, priced.price.shares
    return {
        "product_id": proposal.product_id,
        "terms_id": priced.offer.terms_id,
        "category_code": proposal.category,
        "stage": proposal.stage,
        "status": PolicyStatus.IDLE,
        "value": priced.price.value,
        "family_share": shares.family,
        "payer_share": shares.payer,
        "due": shares.due,
        "bought_value": priced.price.value,
        "bought_due": shares.due,
        "enrolled_on": proposal.enrolled_on,
        "starts_on": proposal.starts_on,
        "expires_on": proposal.expires_on,
        "pay_by": rules.last_payment_date(
            proposal.terms, proposal.stage, proposal.enrolled_on, proposal.starts_on, proposal.previous_expiry
        ),
    }


def _check_findings(problems: Problems, priced: Priced) -> None:
    for finding in priced.findings:
        if finding.refuses:
            problems.add(finding.code, finding.path, **finding.parameters)


def _check_expectations(problems: Problems, input: EnrolPolicyInput | RenewPolicyInput, priced: Priced) -> None:
    for path, expected, actual in (
        ("expectedValue", input.expected_value, priced.price.value),
        ("expectedStartsOn", input.expected_starts_on, priced.proposal.starts_on),
        ("expectedExpiresOn", input.expected_expires_on, priced.proposal.expires_on),
    ):
        if expected is not None and expected != actual:
            problems.add(errors.PRICE_CHANGED, path, expected=expected, actual=actual)


async def _check_officer(ctx: Context, officer_id: UUID, day: date) -> None:
    officer = await find(ctx, EnrolmentOfficer, officer_id, "officerId")
    if day < officer.valid_from or day > (officer.valid_to or day):
        raise UserError(errors.OFFICER_NOT_VALID, "officerId", officer=officer.code, date=day)


async def _check_others(ctx: Context, family: Family, priced: Priced, previous: Policy | None, path: str) -> None:
    """One policy of a product at a time, and one renewal of a policy. The family's lock keeps others waiting."""
    proposal = priced.proposal
    others = await _others(renewing=previous is not None).rows(
        ctx,
        family=family.id,
        product=proposal.product_id,
        first=proposal.starts_on,
        last=proposal.expires_on,
        previous=previous.id if previous else None,
    )
    if not others:
        return
    previous_id, starts_on, expires_on = others[0]
    if previous is not None and previous_id == previous.id:
        raise UserError(errors.ALREADY_RENEWED, path)
    raise UserError(errors.ALREADY_ENROLLED, "productId", starts=starts_on, expires=expires_on)


@lru_cache(maxsize=2)
def _others(*, renewing: bool) -> Prepared:
    """A policy of the family that overlaps or, when another one is renewed, that follows it."""
    refusing = and_(
        Policy.product_id == bound("product", Uuid),
        Policy.starts_on <= bound("last", Date),
        Policy.expires_on >= bound("first", Date),
    )
    if renewing:
        refusing = or_(refusing, Policy.previous_policy_id == bound("previous", Uuid))
    return Prepared(
        "policy.others",
        select(Policy.previous_policy_id, Policy.starts_on, Policy.expires_on)
        .where(Policy.family_id == bound("family", Uuid), Policy.ended_at.is_(None), refusing)
        .limit(1),
    )
