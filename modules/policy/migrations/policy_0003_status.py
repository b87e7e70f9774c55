"""Policies in a state, in a country of millions."""

from alembic import op

revision = "policy_0003"
down_revision = "policy_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index that the list of a state runs along."""
    op.create_index("ix_policy_policy_status_enrolled_on_id", "policy_policy", ["status", "enrolled_on", "id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_policy_policy_status_enrolled_on_id", "policy_policy")
