"""Shares of the premium that relative prices may cost, by period of the year."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "product_0002"
down_revision = "product_0001"
branch_labels = None
depends_on = None

TABLE = "product_distribution"


def upgrade() -> None:
    """Create the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("care_type", sa.String(24), nullable=False),
        sa.Column("period", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("percent", sa.Numeric(18, 4), nullable=False),
        sa.Column("terms_id", sa.Uuid, nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="ck_product_distribution_percent"),
        sa.ForeignKeyConstraint(["terms_id"], ["product_terms.id"], name=f"fk_{TABLE}_terms_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
    )
    columns = ["terms_id", "care_type", "period", "number"]
    op.create_index("uq_product_distribution_period", TABLE, columns, unique=True)
    keep_history(TABLE)


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)
