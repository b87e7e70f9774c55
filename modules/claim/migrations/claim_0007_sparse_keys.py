"""Keys that few claims have are indexed where they are set: the others change their states without touching them."""

import sqlalchemy as sa
from alembic import op

revision = "claim_0007"
down_revision = "claim_0006"
branch_labels = None
depends_on = None

SPARSE = ("referred_from_id", "referred_to_id", "restores_id")


def upgrade() -> None:
    """Leave out the claims without them."""
    for column in SPARSE:
        _make_index(column, where=sa.text(f"{column} IS NOT NULL"))


def downgrade() -> None:
    """Take them in again."""
    for column in SPARSE:
        _make_index(column)


def _make_index(column: str, where: sa.TextClause | None = None) -> None:
    name = f"ix_claim_claim_{column}"
    op.drop_index(name, "claim_claim")
    op.create_index(name, "claim_claim", [column], postgresql_where=where)
