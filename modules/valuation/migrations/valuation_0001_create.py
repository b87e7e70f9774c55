"""What products pay of claims and their lines, and what claims take from policies."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "valuation_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the module's tables."""
    _claims()
    _lines()
    _usage()
    keep_history("valuation_claim", "valuation_line", "valuation_usage")


def downgrade() -> None:
    """Drop them."""
    for table in ("valuation_usage", "valuation_line", "valuation_claim"):
        op.drop_table(table)


def _claims() -> None:
    op.create_table(
        "valuation_claim",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("valuated", sa.Numeric(18, 2), nullable=False),
        sa.Column("remunerated", sa.Numeric(18, 2)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_valuation_claim"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_valuation_claim_claim_id"),
        sa.UniqueConstraint("claim_id", name="uq_valuation_claim_claim_id"),
    )


def _lines() -> None:
    op.create_table(
        "valuation_line",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_line_id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("policy_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("price_origin", sa.String(24), nullable=False),
        sa.Column("limitation_type", sa.String(24), nullable=False),
        sa.Column("limitation_value", sa.Numeric(18, 2), nullable=False),
        sa.Column("price_valuated", sa.Numeric(18, 2)),
        sa.Column("deducted", sa.Numeric(18, 2)),
        sa.Column("insuree_share", sa.Numeric(18, 2)),
        sa.Column("exceeded_category", sa.Numeric(18, 2)),
        sa.Column("exceeded_ceiling", sa.Numeric(18, 2)),
        sa.Column("remunerated", sa.Numeric(18, 2)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_valuation_line"),
        sa.ForeignKeyConstraint(["claim_line_id"], ["claim_line.id"], name="fk_valuation_line_claim_line_id"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_valuation_line_claim_id"),
        sa.ForeignKeyConstraint(["policy_id"], ["policy_policy.id"], name="fk_valuation_line_policy_id"),
        sa.ForeignKeyConstraint(["product_id"], ["product_product.id"], name="fk_valuation_line_product_id"),
        sa.UniqueConstraint("claim_line_id", name="uq_valuation_line_claim_line_id"),
    )
    op.create_index("ix_valuation_line_claim_id", "valuation_line", ["claim_id"])
    op.create_index("ix_valuation_line_policy_id", "valuation_line", ["policy_id"])
    op.create_index("ix_valuation_line_product_id_claim_id", "valuation_line", ["product_id", "claim_id"])


def _usage() -> None:
    op.create_table(
        "valuation_usage",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("policy_id", sa.Uuid, nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("deducted", sa.Numeric(18, 2), nullable=False),
        sa.Column("remunerated", sa.Numeric(18, 2), nullable=False),
        sa.Column("deducted_in_patient", sa.Numeric(18, 2)),
        sa.Column("deducted_out_patient", sa.Numeric(18, 2)),
        sa.Column("remunerated_in_patient", sa.Numeric(18, 2)),
        sa.Column("remunerated_out_patient", sa.Numeric(18, 2)),
        sa.Column("category", sa.String(24)),
        sa.Column("in_category", sa.Numeric(18, 2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_valuation_usage"),
        sa.ForeignKeyConstraint(["policy_id"], ["policy_policy.id"], name="fk_valuation_usage_policy_id"),
        sa.ForeignKeyConstraint(["insuree_id"], ["insuree_insuree.id"], name="fk_valuation_usage_insuree_id"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_valuation_usage_claim_id"),
        sa.UniqueConstraint(
            "policy_id", "insuree_id", "claim_id", name="uq_valuation_usage_policy_id_insuree_id_claim_id"
        ),
    )
    op.create_index("ix_valuation_usage_claim_id", "valuation_usage", ["claim_id"])
    op.create_index("ix_valuation_usage_insuree_id", "valuation_usage", ["insuree_id"])
