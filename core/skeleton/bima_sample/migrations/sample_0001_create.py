"""The table of entries."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "sample_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and keep the history of its rows."""
    op.create_table(
        "sample_entry",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sample_entry"),
        sa.UniqueConstraint("code", name="uq_sample_entry_code"),
    )
    keep_history("sample_entry")


def downgrade() -> None:
    """Drop it; `bima module remove` does."""
    op.drop_table("sample_entry")
