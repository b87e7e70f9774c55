"""Searching claims by their codes, in a country of millions."""

from alembic import op

revision = "claim_0005"
down_revision = "claim_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index that finds a part of a text."""
    op.create_index(
        "ix_claim_claim_code_trgm", "claim_claim", ["code"],
        postgresql_using="gin", postgresql_ops={"code": "gin_trgm_ops"},
    )  # fmt: skip


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_claim_claim_code_trgm", "claim_claim")
