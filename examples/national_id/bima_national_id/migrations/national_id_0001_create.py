"""The table of look-ups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.history import keep_history

revision = "national_id_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "national_id_check",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.String(25), nullable=False),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("differences", postgresql.ARRAY(sa.String(20)), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_national_id_check"),
        sa.ForeignKeyConstraint(["insuree_id"], ["insuree_insuree.id"], name="fk_national_id_check_insuree_id"),
        sa.UniqueConstraint("insuree_id", name="uq_national_id_check_insuree_id"),
    )
    keep_history("national_id_check")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("national_id_check")
