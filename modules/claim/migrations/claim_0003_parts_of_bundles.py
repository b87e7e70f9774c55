"""What bundles on claims were made of."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "claim_0003"
down_revision = "claim_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "claim_part",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("line_id", sa.Uuid, nullable=False),
        sa.Column("part_no", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Uuid),
        sa.Column("service_id", sa.Uuid),
        sa.Column("quantity_defined", sa.Numeric(18, 2)),
        sa.Column("quantity_provided", sa.Numeric(18, 2), nullable=False),
        sa.Column("price_asked", sa.Numeric(18, 2), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="ck_claim_part_one_element"),
        sa.CheckConstraint("quantity_provided > 0", name="ck_claim_part_quantity"),
        sa.CheckConstraint("price_asked >= 0", name="ck_claim_part_price"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_claim_part_claim_id"),
        sa.ForeignKeyConstraint(["line_id"], ["claim_line.id"], name="fk_claim_part_line_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["item_id"], ["medical_item.id"], name="fk_claim_part_item_id"),
        sa.ForeignKeyConstraint(["service_id"], ["medical_service.id"], name="fk_claim_part_service_id"),
        sa.PrimaryKeyConstraint("id", name="pk_claim_part"),
        sa.UniqueConstraint("line_id", "part_no", name="uq_claim_part_line_id_part_no"),
    )
    for column in ("claim_id", "item_id", "service_id"):
        op.create_index(f"ix_claim_part_{column}", "claim_part", [column])
    keep_history("claim_part")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("claim_part")
