"""Searching contributions by their receipts, in a country of millions."""

from alembic import op

revision = "contribution_0003"
down_revision = "contribution_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index that finds a part of a text."""
    op.create_index(
        "ix_contribution_contribution_receipt_trgm", "contribution_contribution", ["receipt"],
        postgresql_using="gin", postgresql_ops={"receipt": "gin_trgm_ops"},
    )  # fmt: skip


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_contribution_contribution_receipt_trgm", "contribution_contribution")
