"""The tables of policies: the policy, whom it was priced for, and who is covered on which days."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, exists, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import Amount, Row, VersionedRow, Viewer, Where, state
from modules.location.scopes import in_places
from modules.policy.rules import CoverEnd, PolicyStage, PolicyStatus, Relation

_in_places = in_places()


class SuspendedBy(StrEnum):
    """Who stopped a policy: a user, who must also resume it, or a missed payment, which money makes good."""

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
        Index(None, "policy_id"),
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
