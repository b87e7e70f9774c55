"""The tables of contributions: money paid for policies, who pays for others, and what payers fund."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, exists, text
from sqlalchemy.orm import Mapped, aliased, mapped_column

from core import EVERYBODY, Amount, VersionedRow, Viewer, Where, clock, state
from modules.contribution.rules import FundingStatus
from modules.location.scopes import by_place, in_places
from modules.product.models import Product


class Payer(VersionedRow):
    """Who pays for others: a co-operative, a donor, a government. National without a location."""

    __tablename__ = "contribution_payer"
    __scope__ = EVERYBODY
    __writers__ = by_place()

    type_code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_location.id"))
    address: Mapped[str | None] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(50))
    fax: Mapped[str | None] = mapped_column(String(50))
    email: Mapped[str | None] = mapped_column(String(100))
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "name", "id"),
        Index(None, "location_id"),
        Index(
            "ix_contribution_payer_name_trgm", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}
        ),
    )


class Contribution(VersionedRow):
    """Money paid for a policy, never deleted but voided with a reason (decision 20).

    `product_id` and `officer_id` are those of the policy when it was recorded: the receipt is unique among a product's
    contributions that are not voided, and commissions are paid by both. `enforced`: it activated its policy with less
    money than was due. `confirmed_at`: when somebody, or the gateway, saw that the money had arrived.
    """

    __tablename__ = "contribution_contribution"
    __scope__ = in_places()
    __found_by__ = ("policy_id", "officer_id", "receipt")

    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy_policy.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("insuree_officer.id"))
    payer_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution_payer.id"))
    amount: Mapped[Amount]
    receipt: Mapped[str] = mapped_column(String(50))
    paid_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    payment_type_code: Mapped[str] = mapped_column(String(20))
    is_photo_fee: Mapped[bool] = mapped_column(default=False)
    enforced: Mapped[bool] = mapped_column(default=False)
    confirmed_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(String(200))
    district_id: Mapped[UUID]
    village_id: Mapped[UUID]

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided"),
        Index(
            "uq_contribution_contribution_receipt",
            "product_id",
            "receipt",
            unique=True,
            postgresql_where=text("voided_at IS NULL"),
        ),
        Index(
            "ix_contribution_contribution_receipt_trgm",
            "receipt",
            postgresql_using="gin",
            postgresql_ops={"receipt": "gin_trgm_ops"},
        ),
        Index(None, "policy_id", "paid_on"),
        Index(None, "payer_id", "paid_on"),
        Index(None, "officer_id", "paid_on"),
        Index(None, "district_id", "paid_on", "id"),
        Index(None, "village_id", "paid_on", "id"),
        Index(None, "paid_on", "id"),
    )


def _of_changeable_product(row: Any, viewer: Viewer) -> Where:
    """Who may change the product that is funded."""
    product = aliased(Product)
    yield exists().where(product.id == row.product_id, *Product.__writers__(product, viewer))


class Funding(VersionedRow):
    """Money that a payer gives for a product as a whole, not for one family's policy."""

    __tablename__ = "contribution_funding"
    __scope__ = EVERYBODY
    __writers__ = _of_changeable_product

    payer_id: Mapped[UUID] = mapped_column(ForeignKey("contribution_payer.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    amount: Mapped[Amount]
    receipt: Mapped[str] = mapped_column(String(50))
    paid_on: Mapped[date]
    status: Mapped[FundingStatus] = mapped_column(state(FundingStatus), default=FundingStatus.PENDING)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        UniqueConstraint("product_id", "receipt"),
        Index(None, "payer_id", "paid_on"),
        Index(None, "paid_on", "id"),
    )
