"""The tables of products: the product, its terms in versions, and what belongs to the terms.

A policy rests on terms, not on a product: terms that policies use are never changed, new ones follow them (decision 7).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, and_, any_, func, select, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core import EVERYBODY, Amount, Base, Rate, Row, VersionedRow, Where, state
from core.money import ZERO
from modules.location.rules import CareType
from modules.location.scopes import by_place
from modules.medical.rules import ServiceCategory, VisitType
from modules.product.rules import (  # fmt: skip
    CeilingExclusion,
    CeilingInterpretation,
    CeilingType,
    IndexPeriod,
    LimitationType,
    PriceOrigin,
)


class Product(VersionedRow):
    """What a family can enrol in. Sold in its region or district, everywhere without a location, between its dates."""

    __tablename__ = "product_product"
    __scope__ = EVERYBODY
    __writers__ = by_place()

    code: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(100))
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location_location.id"))
    date_from: Mapped[date | None]
    date_to: Mapped[date | None]
    conversion_product_id: Mapped[UUID | None] = mapped_column(ForeignKey("product_product.id"))
    account_code_premiums: Mapped[str | None] = mapped_column(String(25))
    account_code_remuneration: Mapped[str | None] = mapped_column(String(25))
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("date_to >= date_from", name="date_from_to"),
        CheckConstraint("conversion_product_id <> id", name="conversion"),
        Index("uq_product_product_code", "code", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(None, "location_id"),
        Index(None, "conversion_product_id"),
        Index(None, "name", "id"),
    )


class Terms(Row):
    """What a product costs and covers from one day to another; without a last day these are its newest terms.

    Exactly one row of a product is `present`: the terms in force today, or the first ones while none are. Periods are
    months. Amounts of 0 are not set; members and installments without a number are unlimited (decision 28).
    """

    __tablename__ = "product_terms"
    __scope__ = EVERYBODY

    product_id: Mapped[UUID] = mapped_column(ForeignKey("product_product.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    present: Mapped[bool] = mapped_column(default=False)

    insurance_period: Mapped[int]
    administration_period: Mapped[int] = mapped_column(default=0)
    max_installments: Mapped[int | None]
    lump_sum: Mapped[Amount] = mapped_column(default=ZERO)
    threshold: Mapped[int] = mapped_column(default=0)
    max_members: Mapped[int | None]
    premium_adult: Mapped[Amount] = mapped_column(default=ZERO)
    premium_child: Mapped[Amount] = mapped_column(default=ZERO)
    registration_lump_sum: Mapped[Amount] = mapped_column(default=ZERO)
    registration_fee: Mapped[Amount] = mapped_column(default=ZERO)
    general_assembly_lump_sum: Mapped[Amount] = mapped_column(default=ZERO)
    general_assembly_fee: Mapped[Amount] = mapped_column(default=ZERO)
    grace_period_enrolment: Mapped[int] = mapped_column(default=0)
    grace_period_renewal: Mapped[int] = mapped_column(default=0)
    grace_period_payment: Mapped[int | None]
    enrolment_discount_percent: Mapped[Rate] = mapped_column(default=ZERO)
    enrolment_discount_period: Mapped[int] = mapped_column(default=0)
    renewal_discount_percent: Mapped[Rate] = mapped_column(default=ZERO)
    renewal_discount_period: Mapped[int] = mapped_column(default=0)

    ceiling_type: Mapped[CeilingType | None] = mapped_column(state(CeilingType))
    ceiling_interpretation: Mapped[CeilingInterpretation] = mapped_column(
        state(CeilingInterpretation), default=CeilingInterpretation.CLAIM_TYPE
    )
    deductible: Mapped[Amount] = mapped_column(default=ZERO)
    deductible_in_patient: Mapped[Amount] = mapped_column(default=ZERO)
    deductible_out_patient: Mapped[Amount] = mapped_column(default=ZERO)
    ceiling: Mapped[Amount] = mapped_column(default=ZERO)
    ceiling_in_patient: Mapped[Amount] = mapped_column(default=ZERO)
    ceiling_out_patient: Mapped[Amount] = mapped_column(default=ZERO)
    policy_ceiling_extra_member: Mapped[Amount] = mapped_column(default=ZERO)
    policy_ceiling_extra_member_in_patient: Mapped[Amount] = mapped_column(default=ZERO)
    policy_ceiling_extra_member_out_patient: Mapped[Amount] = mapped_column(default=ZERO)
    policy_ceiling_maximum: Mapped[Amount] = mapped_column(default=ZERO)
    policy_ceiling_maximum_in_patient: Mapped[Amount] = mapped_column(default=ZERO)
    policy_ceiling_maximum_out_patient: Mapped[Amount] = mapped_column(default=ZERO)

    index_period: Mapped[IndexPeriod | None] = mapped_column(state(IndexPeriod))
    index_period_in_patient: Mapped[IndexPeriod | None] = mapped_column(state(IndexPeriod))
    index_period_out_patient: Mapped[IndexPeriod | None] = mapped_column(state(IndexPeriod))

    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="valid_from_to"),
        ExcludeConstraint(
            ("product_id", "="),
            (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="ex_product_terms_validity",
            using="gist",
        ),
        Index(None, "product_id", "valid_from"),
        Index("uq_product_terms_present", "product_id", unique=True, postgresql_where=text("present")),
    )


class OfTerms(Row):
    """What belongs to a product's terms and goes with them."""

    __abstract__ = True
    __scope__ = EVERYBODY

    @declared_attr
    @classmethod
    def terms_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("product_terms.id", ondelete="CASCADE"))


class Cycle(OfTerms):
    """A date of every year on which the product's policies start."""

    __tablename__ = "product_cycle"

    month: Mapped[int]
    day: Mapped[int]
    __table_args__ = (Index("uq_product_cycle_date", "terms_id", "month", "day", unique=True),)


class CategoryLimit(OfTerms):
    """How often care of a category is covered in a policy's period, and for how much per claim."""

    __tablename__ = "product_category_limit"

    category: Mapped[ServiceCategory] = mapped_column(state(ServiceCategory))
    max_number: Mapped[int | None]
    max_amount: Mapped[Amount] = mapped_column(default=ZERO)
    __table_args__ = (Index("uq_product_category_limit_category", "terms_id", "category", unique=True),)


class Distribution(OfTerms):
    """The share of the allocated premium that an index of relative prices spends in a month, quarter or year, in per
    cent (claims spec 2.17). Without any the index of a care side spends all of it in each period."""

    __tablename__ = "product_distribution"

    care_type: Mapped[CareType] = mapped_column(state(CareType))
    period: Mapped[IndexPeriod] = mapped_column(state(IndexPeriod))
    number: Mapped[int]
    percent: Mapped[Rate]
    __table_args__ = (
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        Index("uq_product_distribution_period", "terms_id", "care_type", "period", "number", unique=True),
    )


class Subsidy(OfTerms):
    """The share of the value that a payer bears for families of a membership category, in per cent (decision 23)."""

    __tablename__ = "product_subsidy"

    category_code: Mapped[str] = mapped_column(String(20))
    percent: Mapped[Rate]
    family_part_activates: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("uq_product_subsidy_category", "terms_id", "category_code", unique=True),)


class Cover(OfTerms):
    """An item or a service that the product covers. Waiting periods are months; a number of null is unlimited."""

    __tablename__ = "product_cover"

    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_item.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("medical_service.id"))
    price_origin: Mapped[PriceOrigin] = mapped_column(state(PriceOrigin), default=PriceOrigin.PRICE_LIST)
    limit_number_adult: Mapped[int | None]
    limit_number_child: Mapped[int | None]
    waiting_period_adult: Mapped[int] = mapped_column(default=0)
    waiting_period_child: Mapped[int] = mapped_column(default=0)
    ceiling_exclusion_adult: Mapped[CeilingExclusion | None] = mapped_column(state(CeilingExclusion))
    ceiling_exclusion_child: Mapped[CeilingExclusion | None] = mapped_column(state(CeilingExclusion))
    __table_args__ = (
        CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="one_element"),
        Index("uq_product_cover_item", "terms_id", "item_id", unique=True),
        Index("uq_product_cover_service", "terms_id", "service_id", unique=True),
        Index(None, "item_id"),
        Index(None, "service_id"),
    )


class CoverLimit(Row):
    """What the insuree bears in visits of one type. A type without a limit is covered in full.

    Adult and child are the percentage that the product pays (CO_INSURANCE), or the amount per unit up to which it pays
    (FIXED; 0 is no limit).
    """

    __tablename__ = "product_cover_limit"
    __scope__ = EVERYBODY

    cover_id: Mapped[UUID] = mapped_column(ForeignKey("product_cover.id", ondelete="CASCADE"))
    visit_type: Mapped[VisitType] = mapped_column(state(VisitType))
    limitation_type: Mapped[LimitationType] = mapped_column(state(LimitationType))
    adult: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    child: Mapped[Decimal] = mapped_column(Numeric(18, 2))
    __table_args__ = (Index("uq_product_cover_limit_visit", "cover_id", "visit_type", unique=True),)


class Capitation(OfTerms):
    """How much of the premium pays facilities per head, and by which criteria, in per cent (claims spec 2.18)."""

    __tablename__ = "product_capitation"

    share: Mapped[Rate]
    weight_population: Mapped[Rate] = mapped_column(default=ZERO)
    weight_families: Mapped[Rate] = mapped_column(default=ZERO)
    weight_insured_population: Mapped[Rate] = mapped_column(default=ZERO)
    weight_insured_families: Mapped[Rate] = mapped_column(default=ZERO)
    weight_visits: Mapped[Rate] = mapped_column(default=ZERO)
    weight_adjusted_amount: Mapped[Rate] = mapped_column(default=ZERO)
    __table_args__ = (Index("uq_product_capitation_terms", "terms_id", unique=True),)


class CapitationLevel(Row):
    """Facilities paid per head: those of a level, of one sub-level or of all."""

    __tablename__ = "product_capitation_level"
    __scope__ = EVERYBODY

    capitation_id: Mapped[UUID] = mapped_column(ForeignKey("product_capitation.id", ondelete="CASCADE"))
    level_code: Mapped[str] = mapped_column(String(20))
    sub_level_code: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (
        Index(
            "uq_product_capitation_level", "capitation_id", "level_code", "sub_level_code",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip


WEIGHTS = tuple(column.name for column in Capitation.__table__.columns if column.name.startswith("weight_"))
"""The columns of a capitation that hold the weights of its criteria."""

OWN = {"id", "product_id", "valid_from", "valid_to", "present", "created_at", "updated_at"}
TERMS = tuple(column.name for column in Terms.__table__.columns if column.name not in OWN)
"""The columns of terms that a user sets."""

_product, _terms = Product.__table__, Terms.__table__


class PresentProduct(Base):
    """A product with its present terms in one row, as the API shows it. Read only; nothing is stored under its name."""

    __table__ = (
        select(_product, _terms.c.id.label("terms_id"), *(_terms.c[name] for name in TERMS))
        .join(_terms, and_(_terms.c.product_id == _product.c.id, _terms.c.present))
        .subquery("product_present")
    )
    __mapper_args__ = {"primary_key": [__table__.c.id]}  # noqa: RUF012
    __scope__ = EVERYBODY

    @staticmethod
    def __history__(product: Any, entry: Any) -> Where:
        """What was changed of the product, and of any of its terms."""
        terms = _terms.alias()
        of_terms = select(terms.c.id).where(terms.c.product_id == product.id)
        # One array, so that the index of the history is used.
        yield entry.row_id == any_(func.array(of_terms.union_all(select(product.id)).scalar_subquery()))
        yield entry.table_name.in_([Product.__tablename__, Terms.__tablename__])

    id: Mapped[UUID]
    code: Mapped[str]
    location_id: Mapped[UUID | None]
    date_from: Mapped[date | None]
    date_to: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    terms_id: Mapped[UUID]
    threshold: Mapped[int]
    max_members: Mapped[int | None]
