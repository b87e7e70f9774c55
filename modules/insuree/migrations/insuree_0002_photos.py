"""Photos of insured people."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "insuree_0002"
down_revision = "insuree_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and the day of the photo that is shown."""
    op.add_column("insuree_insuree", sa.Column("photo_on", sa.Date))
    op.create_table(
        "insuree_photo",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("taken_on", sa.Date, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("replaced_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_insuree_photo"),
        sa.ForeignKeyConstraint(["insuree_id"], ["insuree_insuree.id"], name="fk_insuree_photo_insuree_id"),
        sa.ForeignKeyConstraint(["file_id"], ["core_file.id"], name="fk_insuree_photo_file_id"),
        sa.UniqueConstraint("file_id", name="uq_insuree_photo_file_id"),
    )
    shown = sa.text("replaced_at IS NULL")
    op.create_index("uq_insuree_photo_shown", "insuree_photo", ["insuree_id"], unique=True, postgresql_where=shown)
    op.create_index("ix_insuree_photo_insuree_id_created_at", "insuree_photo", ["insuree_id", "created_at"])
    keep_history("insuree_photo")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("insuree_photo")
    op.drop_column("insuree_insuree", "photo_on")
