"""Samples: some claims are reviewed for all."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "claim_0006"
down_revision = "claim_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "claim_sample",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("ratio", sa.Numeric(18, 4)),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name="ck_claim_sample_percent"),
        sa.PrimaryKeyConstraint("id", name="pk_claim_sample"),
    )
    op.create_index("ix_claim_sample_created_at_id", "claim_sample", ["created_at", "id"])
    table = "claim_sampled_claim"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("sample_id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("drawn", sa.Boolean, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_times(),
        sa.ForeignKeyConstraint(["sample_id"], ["claim_sample.id"], name=f"fk_{table}_sample_id"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name=f"fk_{table}_claim_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("sample_id", "claim_id", name=f"uq_{table}_sample_id_claim_id"),
    )
    open_ones = sa.text("ended_at IS NULL")
    op.create_index(f"uq_{table}_current", table, ["claim_id"], unique=True, postgresql_where=open_ones)
    op.create_index(f"ix_{table}_claim_id", table, ["claim_id"])
    keep_history("claim_sample", table)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("claim_sampled_claim")
    op.drop_table("claim_sample")


def _times() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return sa.Column("created_at", moment, nullable=False), sa.Column("updated_at", moment, nullable=False)
