"""What products pay of claims, in tables beside the claims. Only this module writes them."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core import Amount, Row, state
from core.money import ZERO
from modules.medical.rules import ServiceCategory
from modules.product.rules import LimitationType, PriceOrigin


class ClaimValue(Row):
    """What the products pay of a claim that was processed; `remunerated` once every line's amount is known."""

    __tablename__ = "valuation_claim"

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"), unique=True)
    valuated: Mapped[Amount]
    remunerated: Mapped[Amount | None]


class LineValue(Row):
    """The policy that pays for an accepted line of a claim, on which terms, and what became of its price.

    Amounts are totals of the line: quantity x unit = deducted + insuree_share + exceeded_category + exceeded_ceiling +
    price_valuated (decision 30). Like the usage they are noted at submission, and hold once the claim is processed:
    until then nobody is shown them. `remunerated` is what the facility gets; of a relative price it is unknown until a
    batch run sets the index. A line that was refused since has none.
    """

    __tablename__ = "valuation_line"

    claim_line_id: Mapped[UUID] = mapped_column(ForeignKey("claim_line.id", ondelete="CASCADE"), unique=True)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy_policy.id"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    price_origin: Mapped[PriceOrigin] = mapped_column(state(PriceOrigin))
    limitation_type: Mapped[LimitationType] = mapped_column(state(LimitationType))
    limitation_value: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    price_valuated: Mapped[Amount | None]
    deducted: Mapped[Amount | None]
    insuree_share: Mapped[Amount | None]
    exceeded_category: Mapped[Amount | None]
    exceeded_ceiling: Mapped[Amount | None]
    remunerated: Mapped[Amount | None]

    __table_args__ = (Index(None, "claim_id"), Index(None, "policy_id"), Index(None, "product_id", "claim_id"))


class PolicyUsage(Row):
    """What one claim takes from one policy's deductible and ceiling: noted at submission, replaced by processing.

    Amounts of the visit's side, in- or out-patient, stand beside the general ones; the other side has none.
    """

    __tablename__ = "valuation_usage"

    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy_policy.id"))
    insuree_id: Mapped[UUID] = mapped_column(ForeignKey("insuree_insuree.id"))
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim_claim.id"))
    deducted: Mapped[Amount]
    remunerated: Mapped[Amount]
    deducted_in_patient: Mapped[Amount | None]
    deducted_out_patient: Mapped[Amount | None]
    remunerated_in_patient: Mapped[Amount | None]
    remunerated_out_patient: Mapped[Amount | None]
    category: Mapped[ServiceCategory | None] = mapped_column(state(ServiceCategory))
    in_category: Mapped[Amount] = mapped_column(default=ZERO)

    __table_args__ = (
        UniqueConstraint("policy_id", "insuree_id", "claim_id"),
        Index(None, "claim_id"),
        Index(None, "insuree_id"),
    )
