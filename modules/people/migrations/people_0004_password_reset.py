"""Tokens that set another password."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "people_0004"
down_revision = "people_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "people_password_reset",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("people_account.id"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_password_reset"),
        sa.UniqueConstraint("account_id", name="uq_people_password_reset_account_id"),
    )
    keep_history("people_password_reset")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("people_password_reset")
