"""Products, their terms in versions, and what belongs to the terms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from core.history import keep_history

revision = "product_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "product_product",
    "product_terms",
    "product_cycle",
    "product_category_limit",
    "product_subsidy",
    "product_cover",
    "product_cover_limit",
    "product_capitation",
    "product_capitation_level",
)


def upgrade() -> None:
    """Create the module's tables."""
    _product()
    _terms()
    _conditions()
    _covers()
    _capitation()
    keep_history(*TABLES)


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _product() -> None:
    op.create_table(
        "product_product",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("location_id", sa.Uuid),
        sa.Column("date_from", sa.Date),
        sa.Column("date_to", sa.Date),
        sa.Column("conversion_product_id", sa.Uuid),
        sa.Column("account_code_premiums", sa.String(25)),
        sa.Column("account_code_remuneration", sa.String(25)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("conversion_product_id <> id", name="ck_product_product_conversion"),
        sa.CheckConstraint("date_to >= date_from", name="ck_product_product_date_from_to"),
        sa.ForeignKeyConstraint(
            ["conversion_product_id"], ["product_product.id"], name="fk_product_product_conversion_product_id"
        ),
        sa.ForeignKeyConstraint(["location_id"], ["location_location.id"], name="fk_product_product_location_id"),
        sa.PrimaryKeyConstraint("id", name="pk_product_product"),
    )
    _index("product_product", "conversion_product_id")
    _index("product_product", "location_id")
    _index("product_product", "name", "id")
    _unique("product_product", "uq_product_product_code", "code", where="ended_at IS NULL")


def _terms() -> None:
    op.create_table(
        "product_terms",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("insurance_period", sa.Integer, nullable=False),
        sa.Column("administration_period", sa.Integer, nullable=False),
        sa.Column("max_installments", sa.Integer),
        sa.Column("lump_sum", sa.Numeric(18, 2), nullable=False),
        sa.Column("threshold", sa.Integer, nullable=False),
        sa.Column("max_members", sa.Integer),
        sa.Column("premium_adult", sa.Numeric(18, 2), nullable=False),
        sa.Column("premium_child", sa.Numeric(18, 2), nullable=False),
        sa.Column("registration_lump_sum", sa.Numeric(18, 2), nullable=False),
        sa.Column("registration_fee", sa.Numeric(18, 2), nullable=False),
        sa.Column("general_assembly_lump_sum", sa.Numeric(18, 2), nullable=False),
        sa.Column("general_assembly_fee", sa.Numeric(18, 2), nullable=False),
        sa.Column("grace_period_enrolment", sa.Integer, nullable=False),
        sa.Column("grace_period_renewal", sa.Integer, nullable=False),
        sa.Column("grace_period_payment", sa.Integer),
        sa.Column("enrolment_discount_percent", sa.Numeric(18, 4), nullable=False),
        sa.Column("enrolment_discount_period", sa.Integer, nullable=False),
        sa.Column("renewal_discount_percent", sa.Numeric(18, 4), nullable=False),
        sa.Column("renewal_discount_period", sa.Integer, nullable=False),
        sa.Column("ceiling_type", sa.String(24)),
        sa.Column("ceiling_interpretation", sa.String(24), nullable=False),
        sa.Column("deductible", sa.Numeric(18, 2), nullable=False),
        sa.Column("deductible_in_patient", sa.Numeric(18, 2), nullable=False),
        sa.Column("deductible_out_patient", sa.Numeric(18, 2), nullable=False),
        sa.Column("ceiling", sa.Numeric(18, 2), nullable=False),
        sa.Column("ceiling_in_patient", sa.Numeric(18, 2), nullable=False),
        sa.Column("ceiling_out_patient", sa.Numeric(18, 2), nullable=False),
        sa.Column("policy_ceiling_extra_member", sa.Numeric(18, 2), nullable=False),
        sa.Column("policy_ceiling_extra_member_in_patient", sa.Numeric(18, 2), nullable=False),
        sa.Column("policy_ceiling_extra_member_out_patient", sa.Numeric(18, 2), nullable=False),
        sa.Column("policy_ceiling_maximum", sa.Numeric(18, 2), nullable=False),
        sa.Column("policy_ceiling_maximum_in_patient", sa.Numeric(18, 2), nullable=False),
        sa.Column("policy_ceiling_maximum_out_patient", sa.Numeric(18, 2), nullable=False),
        sa.Column("index_period", sa.String(24)),
        sa.Column("index_period_in_patient", sa.String(24)),
        sa.Column("index_period_out_patient", sa.String(24)),
        *_times(),
        ExcludeConstraint(
            (sa.column("product_id"), "="),
            (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"),
            using="gist",
            name="ex_product_terms_validity",
        ),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_product_terms_valid_from_to"),
        sa.ForeignKeyConstraint(["product_id"], ["product_product.id"], name="fk_product_terms_product_id"),
        sa.PrimaryKeyConstraint("id", name="pk_product_terms"),
    )
    _index("product_terms", "product_id", "valid_from")
    _unique("product_terms", "uq_product_terms_present", "product_id", where="present")


def _conditions() -> None:
    op.create_table(
        "product_cycle",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("day", sa.Integer, nullable=False),
        sa.Column("terms_id", sa.Uuid, nullable=False),
        *_times(),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["product_terms.id"], name="fk_product_cycle_terms_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_product_cycle"),
    )
    _unique("product_cycle", "uq_product_cycle_date", "terms_id", "month", "day")
    op.create_table(
        "product_category_limit",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("category", sa.String(24), nullable=False),
        sa.Column("max_number", sa.Integer),
        sa.Column("max_amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("terms_id", sa.Uuid, nullable=False),
        *_times(),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["product_terms.id"], name="fk_product_category_limit_terms_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_product_category_limit"),
    )
    _unique("product_category_limit", "uq_product_category_limit_category", "terms_id", "category")
    op.create_table(
        "product_subsidy",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("category_code", sa.String(20), nullable=False),
        sa.Column("percent", sa.Numeric(18, 4), nullable=False),
        sa.Column("family_part_activates", sa.Boolean, nullable=False),
        sa.Column("terms_id", sa.Uuid, nullable=False),
        *_times(),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["product_terms.id"], name="fk_product_subsidy_terms_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_product_subsidy"),
    )
    _unique("product_subsidy", "uq_product_subsidy_category", "terms_id", "category_code")


def _covers() -> None:
    op.create_table(
        "product_cover",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid),
        sa.Column("service_id", sa.Uuid),
        sa.Column("price_origin", sa.String(24), nullable=False),
        sa.Column("limit_number_adult", sa.Integer),
        sa.Column("limit_number_child", sa.Integer),
        sa.Column("waiting_period_adult", sa.Integer, nullable=False),
        sa.Column("waiting_period_child", sa.Integer, nullable=False),
        sa.Column("ceiling_exclusion_adult", sa.String(24)),
        sa.Column("ceiling_exclusion_child", sa.String(24)),
        sa.Column("terms_id", sa.Uuid, nullable=False),
        *_times(),
        sa.CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="ck_product_cover_one_element"),
        sa.ForeignKeyConstraint(["item_id"], ["medical_item.id"], name="fk_product_cover_item_id"),
        sa.ForeignKeyConstraint(["service_id"], ["medical_service.id"], name="fk_product_cover_service_id"),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["product_terms.id"], name="fk_product_cover_terms_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_product_cover"),
    )
    _index("product_cover", "item_id")
    _index("product_cover", "service_id")
    _unique("product_cover", "uq_product_cover_item", "terms_id", "item_id")
    _unique("product_cover", "uq_product_cover_service", "terms_id", "service_id")
    op.create_table(
        "product_cover_limit",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("cover_id", sa.Uuid, nullable=False),
        sa.Column("visit_type", sa.String(24), nullable=False),
        sa.Column("limitation_type", sa.String(24), nullable=False),
        sa.Column("adult", sa.Numeric(18, 2), nullable=False),
        sa.Column("child", sa.Numeric(18, 2), nullable=False),
        *_times(),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["product_cover.id"], name="fk_product_cover_limit_cover_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_product_cover_limit"),
    )
    _unique("product_cover_limit", "uq_product_cover_limit_visit", "cover_id", "visit_type")


def _capitation() -> None:
    op.create_table(
        "product_capitation",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("share", sa.Numeric(18, 4), nullable=False),
        sa.Column("weight_population", sa.Numeric(18, 4), nullable=False),
        sa.Column("weight_families", sa.Numeric(18, 4), nullable=False),
        sa.Column("weight_insured_population", sa.Numeric(18, 4), nullable=False),
        sa.Column("weight_insured_families", sa.Numeric(18, 4), nullable=False),
        sa.Column("weight_visits", sa.Numeric(18, 4), nullable=False),
        sa.Column("weight_adjusted_amount", sa.Numeric(18, 4), nullable=False),
        sa.Column("terms_id", sa.Uuid, nullable=False),
        *_times(),
        sa.ForeignKeyConstraint(
            ["terms_id"], ["product_terms.id"], name="fk_product_capitation_terms_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_product_capitation"),
    )
    _unique("product_capitation", "uq_product_capitation_terms", "terms_id")
    op.create_table(
        "product_capitation_level",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("capitation_id", sa.Uuid, nullable=False),
        sa.Column("level_code", sa.String(20), nullable=False),
        sa.Column("sub_level_code", sa.String(20)),
        *_times(),
        sa.ForeignKeyConstraint(
            ["capitation_id"],
            ["product_capitation.id"],
            name="fk_product_capitation_level_capitation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_product_capitation_level"),
    )
    op.create_index(
        "uq_product_capitation_level",
        "product_capitation_level",
        ["capitation_id", "level_code", "sub_level_code"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _times() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return sa.Column("created_at", moment, nullable=False), sa.Column("updated_at", moment, nullable=False)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def _unique(table: str, name: str, *columns: str, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, [*columns], unique=True, postgresql_where=condition)
