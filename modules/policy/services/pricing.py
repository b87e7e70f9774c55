"""What a product offers a family on a day: its terms, and what they make of the family's members."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, String, Uuid, and_, cast, func, literal, or_, select

from core import Context, LookupRow, Prepared, bound
from modules.insuree.models import Family, Insuree, InsureeStatus
from modules.location.models import Location
from modules.policy import errors, rules
from modules.policy.hooks import Finding, Proposal
from modules.policy.models import Policy
from modules.policy.rules import Member, PolicyStage, Price
from modules.policy.settings import Settings
from modules.product.models import Cycle, Product, Subsidy, Terms

PRICED = (
    "insurance_period", "administration_period", "lump_sum", "threshold", "max_members", "premium_adult",
    "premium_child", "registration_lump_sum", "registration_fee", "general_assembly_lump_sum", "general_assembly_fee",
    "grace_period_enrolment", "grace_period_renewal", "grace_period_payment", "enrolment_discount_percent",
    "enrolment_discount_period", "renewal_discount_percent", "renewal_discount_period",
)  # fmt: skip


class PlainFamily(NamedTuple):
    """A family as prices see it; the names are those of its columns."""

    id: UUID
    district_id: UUID
    membership_category_code: str | None


Household: TypeAlias = Family | PlainFamily


class OfferedProduct(NamedTuple):
    """A product as far as who buys it is concerned; the names are those of its columns."""

    id: UUID
    name: str
    date_from: date | None
    date_to: date | None
    conversion_product_id: UUID | None


@dataclass(frozen=True)
class Offer:
    """A product with the terms that hold on a day, and whether it is sold where the family lives."""

    product: OfferedProduct
    terms_id: UUID
    terms: rules.Terms
    here: bool


@dataclass(frozen=True)
class Priced:
    """A policy as it would be: the offer, what was proposed on it, the price, and what the checks found."""

    offer: Offer
    proposal: Proposal
    price: Price
    findings: tuple[Finding, ...]


async def offer_on(ctx: Context, product_id: UUID, day: date, family: Household | None = None) -> Offer | None:
    """A product with its terms of the day, in one statement; None without such a product or before its first terms."""
    if family is None:
        rows = await _on_sale(anywhere=True).rows(ctx, product=product_id, day=day)
    else:
        rows = await _on_sale(anywhere=False).rows(ctx, product=product_id, day=day, district=family.district_id)
    return _read(rows[0]) if rows else None


async def offer_of(ctx: Context, policy: Policy) -> Offer:
    """The product of a policy with the terms that the policy rests on."""
    [row] = await _by_terms().rows(ctx, terms=policy.terms_id)
    return _read(row)


async def members_of(ctx: Context, family_id: UUID) -> list[Member]:
    """A family's members who can be insured, as pricing sees them."""
    return [
        Member(id, birth_date, relation_of(is_head, data or {}), recorded_at)
        for id, birth_date, is_head, recorded_at, data in await _members().rows(ctx, family=family_id)
    ]


def relation_of(is_head: bool, data: Mapping[str, Any]) -> rules.Relation:
    """How pricing sees a member, from what the relation lookup says of the relation."""
    return rules.relation_of(is_head, data.get("pricedAs"), bool(data.get("isSpouse")))


def price(
    ctx: Context,
    offer: Offer,
    members: Sequence[Member],
    stage: PolicyStage,
    enrolled_on: date,
    *,
    family: Household | None = None,
    previous: Policy | None = None,
    category: str | None = None,
) -> Priced:
    """Price a policy about to be made, and let the checks look at it. `category` is that of people without a family."""
    previous_expiry = previous.expires_on if previous else None
    period = rules.period(offer.terms, stage, enrolled_on, previous_expiry)
    proposal = Proposal(
        product_id=offer.product.id,
        terms=offer.terms,
        members=tuple(members),
        stage=stage,
        enrolled_on=enrolled_on,
        starts_on=period.starts_on,
        expires_on=period.expires_on,
        previous_expiry=previous_expiry,
        category=family.membership_category_code if family else category,
        family_id=family.id if family else None,
    )
    priced = price_of(ctx, proposal)
    return Priced(offer, proposal, priced, tuple(_findings(ctx, offer, proposal, priced)))


async def reprice(
    ctx: Context, offer: Offer, policy: Policy, members: Sequence[Member], seated: Collection[UUID]
) -> Price:
    """What a policy costs with other members than it was made with; who has a place on it keeps it (decision 19)."""
    previous_expiry = None
    if policy.previous_policy_id is not None:
        previous = select(Policy.expires_on).where(Policy.id == policy.previous_policy_id)
        previous_expiry = await ctx.session.scalar(previous)
    proposal = Proposal(
        product_id=policy.product_id,
        terms=offer.terms,
        members=tuple(members),
        stage=policy.stage,
        enrolled_on=policy.enrolled_on,
        starts_on=policy.starts_on,
        expires_on=policy.expires_on,
        previous_expiry=previous_expiry,
        category=policy.category_code,
        seated=frozenset(seated),
        family_id=policy.family_id,
    )
    return price_of(ctx, proposal)


def price_of(ctx: Context, proposal: Proposal) -> Price:
    """The price of a proposal: another module's, if one has its own way, else the rules'."""
    own: Price | None = ctx.host.plugins.hook.price_policy(proposal=proposal)
    if own is not None:
        return own
    return rules.price(
        proposal.terms,
        proposal.members,
        proposal.stage,
        proposal.enrolled_on,
        proposal.starts_on,
        previous_expiry=proposal.previous_expiry,
        category=proposal.category,
        seated=proposal.seated,
        adult_age=ctx.settings(Settings).adult_age,
    )


def _findings(ctx: Context, offer: Offer, proposal: Proposal, price: Price) -> Iterator[Finding]:
    product = offer.product
    day = proposal.enrolled_on if proposal.stage is PolicyStage.NEW else proposal.starts_on
    if day < (product.date_from or day) or day > (product.date_to or day):
        yield Finding(errors.PRODUCT_NOT_SOLD, {"product": product.name, "date": day})
    if not offer.here:
        yield Finding(errors.PRODUCT_NOT_HERE, {"product": product.name})
    if not price.covered:
        yield Finding(errors.FAMILY_EMPTY, path="familyId")
    codes = {known.code: known for known in ctx.host.error_codes}
    for warning in price.warnings:
        yield Finding(codes[warning.code], dict(warning.parameters), refuses=False)
    for found in ctx.host.plugins.hook.check_policy(proposal=proposal, price=price):
        yield from found


@lru_cache(maxsize=1)
def _members() -> Prepared:
    """The living members of a family who are active, each with what the lookup says of the relation to the head."""
    return Prepared(
        "policy.members",
        select(Insuree.id, Insuree.birth_date, Insuree.is_head, Insuree.recorded_at, LookupRow.data)
        .outerjoin(LookupRow, and_(LookupRow.kind == "relation", LookupRow.code == Insuree.relation_code))
        .where(
            Insuree.family_id == bound("family", Uuid),
            Insuree.status == InsureeStatus.ACTIVE,
            Insuree.ended_at.is_(None),
        ),
    )


@lru_cache(maxsize=2)
def _on_sale(*, anywhere: bool) -> Prepared:
    """A product with its terms of a day, and whether it is sold in the district where a family lives."""
    day = bound("day", Date)
    return Prepared(
        "policy.offer",
        _offers(None if anywhere else bound("district", Uuid)).where(
            Product.id == bound("product", Uuid),
            Product.ended_at.is_(None),
            Terms.valid_from <= day,
            or_(Terms.valid_to.is_(None), Terms.valid_to >= day),
        ),
    )


@lru_cache(maxsize=1)
def _by_terms() -> Prepared:
    return Prepared("policy.terms", _offers(None).where(Terms.id == bound("terms", Uuid)))


def _offers(district: Any) -> Select[Any]:
    cycles = select(func.json_agg(func.json_build_array(Cycle.day, Cycle.month))).where(Cycle.terms_id == Terms.id)
    # Percentages travel as text: JSON numbers would come back as floats.
    subsidy = func.json_build_array(Subsidy.category_code, cast(Subsidy.percent, String), Subsidy.family_part_activates)
    subsidies = select(func.json_agg(subsidy)).where(Subsidy.terms_id == Terms.id)
    return select(
        *(getattr(Product, name) for name in OfferedProduct._fields),
        Terms.id.label("terms_id"),
        *(getattr(Terms, name) for name in PRICED),
        cycles.scalar_subquery().label("cycles"),
        subsidies.scalar_subquery().label("subsidies"),
        (literal(True) if district is None else _sold_in(district)).label("here"),
    ).join(Terms, Terms.product_id == Product.id)


def _sold_in(district: Any) -> ColumnElement[bool]:
    region = select(Location.region_id).where(Location.id == district).scalar_subquery()
    return or_(Product.location_id.is_(None), Product.location_id == district, Product.location_id == region)


def _read(row: Sequence[Any]) -> Offer:
    size = len(OfferedProduct._fields)
    product, (terms_id, *terms), (cycles, subsidies, here) = row[:size], row[size:-3], row[-3:]
    plain = rules.Terms(
        **dict(zip(PRICED, terms, strict=True)),
        cycles=tuple((day, month) for day, month in cycles or ()),
        subsidies=tuple(
            rules.Subsidy(category, Decimal(percent), family_part_activates)
            for category, percent, family_part_activates in subsidies or ()
        ),
    )
    return Offer(OfferedProduct(*product), terms_id, plain, here)
