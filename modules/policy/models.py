"""The tables of policies: the policy, whom it was priced for, who is covered on which days, what is to be renewed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    exists,
    func,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import EVERYBODY, Amount, Base, Row, VersionedRow, Viewer, Where, noted_outside, one_of, state
from modules.insuree.models import EnrolmentOfficer, of_own_villages
from modules.location.scopes import in_places
from modules.policy.rules import CoverEnd, PolicyStage, PolicyStatus, Relation, RenewalAnswer, RenewalWarning

_in_places = in_places()


class SuspendedBy(StrEnum):
    """Who stopped a policy: a user, who must also resume it, or a missed payment, which money makes good.

    USER: somebody stopped it. OVERDUE: it was not paid in time.
    """

    USER = "USER"
    OVERDUE = "OVERDUE"


class Policy(VersionedRow):
    """A family's enrolment in a product for a period.

    `value` is what it costs in the terms' currency, the sum of `family_share` and `payer_share`; `due` is the part of
    it that must be paid before cover begins. `bought_value` and `bought_due` are those without members who joined after
    the policy became effective: what the cover of the others was bought with (decision 19). `pay_by` is the last
    payment date. After a suspension by a user no cover opens before `resumed_on`. A deleted policy has `ended_at`.
    """

    __tablename__ = "policy_policy"
    __noted__ = noted_outside(of_own_villages)
    __found_by__ = ("family_id", "officer_id", "previous_policy_id")

    @staticmethod
    def __scope__(row: Any, viewer: Viewer) -> Where:
        """The policies of the viewer's places; deleted ones are nobody's."""
        yield row.ended_at.is_(None)
        yield from _in_places(row, viewer)

    family_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_family.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    terms_id: Mapped[UUID] = mapped_column(ForeignKey("product_terms.id"))
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_officer.id"))
    previous_policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("policy_policy.id"))
    category_code: Mapped[str | None] = mapped_column(String(20))
    stage: Mapped[PolicyStage] = mapped_column(state(PolicyStage))
    status: Mapped[PolicyStatus] = mapped_column(state(PolicyStatus), default=PolicyStatus.IDLE)
    suspended_by: Mapped[SuspendedBy | None] = mapped_column(state(SuspendedBy))
    value: Mapped[Amount]
    family_share: Mapped[Amount]
    payer_share: Mapped[Amount]
    due: Mapped[Amount]
    bought_value: Mapped[Amount]
    bought_due: Mapped[Amount]
    enrolled_on: Mapped[date]
    starts_on: Mapped[date]
    effective_on: Mapped[date | None]
    expires_on: Mapped[date]
    pay_by: Mapped[date | None]
    enforced_on: Mapped[date | None]
    resumed_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    district_id: Mapped[UUID]
    village_id: Mapped[UUID]

    __table_args__ = (
        CheckConstraint("starts_on <= expires_on", name="period"),
        CheckConstraint("family_share + payer_share = value", name="shares"),
        CheckConstraint("(status = 'SUSPENDED') = (suspended_by IS NOT NULL)", name="suspension"),
        CheckConstraint("status <> 'ACTIVE' OR effective_on IS NOT NULL", name="effective"),
        ExcludeConstraint(
            ("family_id", "="),
            ("product_id", "="),
            (text("daterange(starts_on, expires_on, '[]')"), "&&"),
            where=text("ended_at IS NULL"),
            using="gist",
            name="ex_policy_policy_period",
        ),
        Index(None, "family_id", "starts_on", "id"),
        Index(None, "product_id", "enrolled_on"),
        Index(None, "terms_id"),
        Index(None, "officer_id", "enrolled_on"),
        Index(None, "previous_policy_id"),
        Index(None, "district_id", "enrolled_on", "id"),
        Index(None, "village_id", "enrolled_on", "id"),
        Index(None, "enrolled_on", "id"),
        Index(None, "status", "enrolled_on", "id"),
        Index(None, "expires_on", postgresql_where=text("status <> 'EXPIRED'")),
        Index(None, "pay_by", postgresql_where=text("status = 'IDLE'")),
    )


def _of_policy(row: Any, viewer: Viewer) -> Where:
    """What belongs to a policy is seen by whoever sees the policy."""
    policy = aliased(Policy)
    yield exists().where(policy.id == row.policy_id, *Policy.__scope__(policy, viewer))


class PricedMember(Row):
    """A member who was priced, and so has a place on the policy; members beyond the product's maximum have none.

    `relation` and `birth_date` are those the price was computed with. Members priced from the start have no `added_on`.
    Later ones have the day they were added and what must have been paid for their cover, null if the value did not
    change (decision 19). A place given up has `left_on`.
    """

    __tablename__ = "policy_priced_member"
    __scope__ = _of_policy

    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy_policy.id"))
    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    relation: Mapped[Relation] = mapped_column(state(Relation))
    birth_date: Mapped[date]
    added_on: Mapped[date | None]
    owed: Mapped[Amount | None]
    left_on: Mapped[date | None]

    __table_args__ = (
        Index(
            "uq_policy_priced_member_place",
            "policy_id",
            "insuree_id",
            unique=True,
            postgresql_where=text("left_on IS NULL"),
        ),
        Index(None, "insuree_id"),
    )


class Cover(Row):
    """The days a person is covered by a policy, first and last included (decision 22).

    Cover that ended before the policy's expiry says why in `ended_by`.
    """

    __tablename__ = "policy_cover"
    __scope__ = _of_policy

    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy_policy.id"))
    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_by: Mapped[CoverEnd | None] = mapped_column(state(CoverEnd))

    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="days"),
        ExcludeConstraint(
            ("policy_id", "="),
            ("insuree_id", "="),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            using="gist",
            name="ex_policy_cover_days",
        ),
        # Read from the index alone: with the rest the planner takes that of the constraint for as cheap, and GiST reads
        # hundreds of pages for each policy.
        Index(None, "policy_id", postgresql_include=["insuree_id", "starts_on", "ends_on"]),
        Index(None, "insuree_id", "ends_on"),
    )


class Verification(Row):
    """Somebody asked what the holder of an insurance number is covered for: kept for the audit and to limit the asking.

    `insuree_id` is null for a number that nobody has.
    """

    __tablename__ = "policy_verification"

    account_id: Mapped[UUID | None]
    insurance_number: Mapped[str] = mapped_column(String(50))
    insuree_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_insuree.id"))
    covered: Mapped[bool]

    __table_args__ = (Index(None, "account_id", "created_at"), Index(None, "insuree_id", "created_at"))


def _of_officer_or_places(row: Any, viewer: Viewer) -> Where:
    """An officer sees what is prompted to him or her or to those he or she stands in for, everybody else by place."""
    if viewer.unbounded:
        return
    account = viewer.value("account", Uuid)
    officer, me = aliased(EnrolmentOfficer), aliased(EnrolmentOfficer)
    mine = select(me.id).where(me.account_id == account)
    others = select(officer.id).where(officer.substitute_id.in_(mine))
    own = func.array(union_all(mine, others).scalar_subquery(), type_=ARRAY(Uuid))
    prompted = one_of(row.officer_id, own)
    placed = [
        viewer.among(name, column, unless=mine.exists())
        for name, column in (("district", row.district_id), ("village", row.village_id))
        if viewer.has(name)
    ]
    yield or_(prompted, *placed)


class Renewal(VersionedRow):
    """A family is to be asked whether it renews a policy: in which product and by which officer, from `renewal_on`.

    `phone` is the officer's and `head_id` the family's head on `prompted_on`. A policy has at most one open prompt.
    One that was ACCEPTED has the policy that followed.
    """

    __tablename__ = "policy_renewal"
    __scope__ = _of_officer_or_places
    __found_by__ = ("policy_id", "head_id", "village_id", "officer_id", "renewed_policy_id")

    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy_policy.id"))
    head_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_officer.id"))
    renewal_on: Mapped[date]
    prompted_on: Mapped[date]
    phone: Mapped[str | None] = mapped_column(String(50))
    warnings: Mapped[list[RenewalWarning]] = mapped_column(ARRAY(state(RenewalWarning)))
    answer: Mapped[RenewalAnswer] = mapped_column(state(RenewalAnswer), default=RenewalAnswer.NONE)
    answered_on: Mapped[date | None]
    answered_by: Mapped[UUID | None]
    renewed_policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("policy_policy.id"))
    district_id: Mapped[UUID]
    village_id: Mapped[UUID]

    __table_args__ = (
        CheckConstraint("(answer = 'NONE') = (answered_on IS NULL)", name="answered"),
        CheckConstraint("(answer = 'ACCEPTED') = (renewed_policy_id IS NOT NULL)", name="renewed"),
        Index("uq_policy_renewal_open", "policy_id", unique=True, postgresql_where=text("answer = 'NONE'")),
        Index(None, "policy_id"),
        Index(None, "head_id"),
        Index(None, "product_id"),
        Index(None, "officer_id", "renewal_on", "id"),
        Index(None, "renewed_policy_id"),
        Index(None, "renewal_on", "id"),
        Index(None, "district_id", "renewal_on", "id"),
        Index(None, "village_id", "renewal_on", "id"),
    )


class RenewalPhoto(Row):
    """A member of the family whose photo is due when the policy is renewed."""

    __tablename__ = "policy_renewal_photo"

    renewal_id: Mapped[UUID] = mapped_column(ForeignKey("policy_renewal.id", ondelete="CASCADE"))
    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))

    __table_args__ = (UniqueConstraint("renewal_id", "insuree_id"), Index(None, "insuree_id"))


_renewal = Renewal.__table__
_warning = (
    func.unnest(_renewal.c.warnings)
    .table_valued(Column("code", state(RenewalWarning), nullable=False), name="warning")
    .render_derived()
)


class GivenWarning(Base):
    """One of a prompt's warnings in a row of its own, as the API shows it. Read only; nothing is stored under its name.

    `id` is the prompt's.
    """

    __table__ = (
        select(_renewal.c.id, _renewal.c.product_id, _renewal.c.officer_id, _renewal.c.renewal_on, _warning.c.code)
        .join_from(_renewal, _warning, true())
        .subquery("policy_renewal_warning")
    )
    __mapper_args__ = {"primary_key": [__table__.c.id, __table__.c.code]}  # noqa: RUF012
    __scope__ = EVERYBODY  # it is reached through its prompt, which has a scope of its own

    id: Mapped[UUID]
    product_id: Mapped[UUID]
    officer_id: Mapped[UUID | None]
    renewal_on: Mapped[date]
    code: Mapped[RenewalWarning]
