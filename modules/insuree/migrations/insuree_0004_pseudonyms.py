"""When a person was pseudonymised, and an index of those whose registration ended and who were not."""

import sqlalchemy as sa
from alembic import op

revision = "insuree_0004"
down_revision = "insuree_0003"
branch_labels = None
depends_on = None

INDEX = "ix_insuree_insuree_retained"


def upgrade() -> None:
    """Add the column."""
    op.add_column("insuree_insuree", sa.Column("pseudonymised_at", sa.DateTime(timezone=True)))
    retained = sa.text("ended_at IS NOT NULL AND pseudonymised_at IS NULL")
    op.create_index(INDEX, "insuree_insuree", ["id"], postgresql_where=retained)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(INDEX, "insuree_insuree")
    op.drop_column("insuree_insuree", "pseudonymised_at")
