"""The index by district holds the claims that are not deleted: lists ask for no others, and count from it alone."""

import sqlalchemy as sa
from alembic import op

revision = "claim_0008"
down_revision = "claim_0007"
branch_labels = None
depends_on = None

NAME = "ix_claim_claim_district_id_date_from_id"


def upgrade() -> None:
    """Leave out the deleted ones."""
    _make_index(where=sa.text("ended_at IS NULL"))


def downgrade() -> None:
    """Take them in again."""
    _make_index()


def _make_index(where: sa.TextClause | None = None) -> None:
    op.drop_index(NAME, "claim_claim")
    op.create_index(NAME, "claim_claim", ["district_id", "date_from", "id"], postgresql_where=where)
