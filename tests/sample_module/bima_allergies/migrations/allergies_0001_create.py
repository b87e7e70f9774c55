"""The table of allergies."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "allergies_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "allergies_allergy",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False),
        sa.Column("substance", sa.String(100), nullable=False),
        sa.Column("noticed_on", sa.Date, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_allergies_allergy"),
        sa.ForeignKeyConstraint(["insuree_id"], ["insuree_insuree.id"], name="fk_allergies_allergy_insuree_id"),
        sa.UniqueConstraint("insuree_id", "substance", name="uq_allergies_allergy_insuree_id_substance"),
    )
    keep_history("allergies_allergy")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("allergies_allergy")
