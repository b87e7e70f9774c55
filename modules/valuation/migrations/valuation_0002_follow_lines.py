"""What a line of a claim is worth goes with the line: a claim may be corrected while valuation is off."""

from alembic import op

revision = "valuation_0002"
down_revision = "valuation_0001"
branch_labels = None
depends_on = None

KEY = "fk_valuation_line_claim_line_id"


def upgrade() -> None:
    """Let the key cascade."""
    op.drop_constraint(KEY, "valuation_line")
    op.create_foreign_key(KEY, "valuation_line", "claim_line", ["claim_line_id"], ["id"], ondelete="CASCADE")


def downgrade() -> None:
    """Let it refuse again."""
    op.drop_constraint(KEY, "valuation_line")
    op.create_foreign_key(KEY, "valuation_line", "claim_line", ["claim_line_id"], ["id"])
