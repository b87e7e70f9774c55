"""The lines of claims and what the checks found."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import Amount, Row, state
from modules.claim.models.claims import LONGEST_TEXT, of_claim
from modules.claim.rules import RejectionReason

Quantity = Numeric(18, 2)


class LineStatus(StrEnum):
    """Whether a line of a claim is accepted.

    PASSED: it passed the checks and the review. REJECTED: it was refused; its reason says why.
    """

    PASSED = "PASSED"
    REJECTED = "REJECTED"


class ClaimLine(Row):
    """An item or a service of a claim, items first, in the facility's order. Prices are per unit.

    `price_adjusted` is what the price list, or the product, makes of the price asked: the list's is noted at entry, and
    submission settles it. `quantity_approved` is what a limit or the reviewer leaves of the quantity.
    """

    __tablename__ = "claim_line"
    __scope__ = of_claim

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    line_no: Mapped[int]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_item.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_service.id"))
    quantity_provided: Mapped[Decimal] = mapped_column(Quantity)
    quantity_approved: Mapped[Decimal | None] = mapped_column(Quantity)
    price_asked: Mapped[Amount]
    price_adjusted: Mapped[Amount | None]
    price_approved: Mapped[Amount | None]
    status: Mapped[LineStatus] = mapped_column(state(LineStatus), default=LineStatus.PASSED)
    rejection_reason: Mapped[RejectionReason | None] = mapped_column(state(RejectionReason))
    explanation: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    justification: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))

    __table_args__ = (
        CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="one_element"),
        CheckConstraint("quantity_provided > 0 AND quantity_approved >= 0", name="quantity"),
        CheckConstraint("price_asked >= 0 AND price_approved >= 0", name="price"),
        UniqueConstraint("claim_id", "line_no"),
        Index(None, "item_id"),
        Index(None, "service_id"),
    )

    @property
    def element_id(self) -> UUID:
        """The item or the service."""
        element = self.item_id or self.service_id
        assert element is not None
        return element

    @property
    def quantity(self) -> Decimal:
        """The approved, else the provided quantity."""
        return self.quantity_provided if self.quantity_approved is None else self.quantity_approved


class ClaimPart(Row):
    """What a bundle on a line was made of: an item or another service, as the facility entered it.

    `quantity_defined` is what the register's bundle held of it on the day of entry; none: the bundle does not hold it.
    """

    __tablename__ = "claim_part"
    __scope__ = of_claim

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    line_id: Mapped[UUID] = mapped_column(ForeignKey("claim_line.id", ondelete="CASCADE"))
    part_no: Mapped[int]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_item.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_service.id"))
    quantity_defined: Mapped[Decimal | None] = mapped_column(Quantity)
    quantity_provided: Mapped[Decimal] = mapped_column(Quantity)
    price_asked: Mapped[Amount]

    __table_args__ = (
        CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="one_element"),
        CheckConstraint("quantity_provided > 0", name="quantity"),
        CheckConstraint("price_asked >= 0", name="price"),
        UniqueConstraint("line_id", "part_no"),
        Index(None, "claim_id"),
        Index(None, "item_id"),
        Index(None, "service_id"),
    )

    @property
    def element_id(self) -> UUID:
        """The item or the service."""
        element = self.item_id or self.service_id
        assert element is not None
        return element


class Finding(Row):
    """What a check found on a claim or on one of its lines. `parameters` fill its message (see `rules.messages`).

    One that does not `rejects` is only shown: a possible duplicate, a quantity cut to what a limit leaves.
    """

    __tablename__ = "claim_finding"
    __scope__ = of_claim

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("claim_line.id"))
    position: Mapped[int]
    code: Mapped[RejectionReason] = mapped_column(state(RejectionReason))
    parameters: Mapped[Mapping[str, Any]] = mapped_column(JSONB)
    rejects: Mapped[bool]

    __table_args__ = (Index(None, "claim_id", "position"), Index(None, "line_id"))
