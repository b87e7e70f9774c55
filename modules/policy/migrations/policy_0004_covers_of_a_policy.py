"""The days that a policy covers, and whom, are read from an index alone, and not by way of the constraint's."""

from collections.abc import Sequence

from alembic import op

revision = "policy_0004"
down_revision = "policy_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the index hold all that is read of a policy's covers."""
    _make_index(["insuree_id", "starts_on", "ends_on"])


def downgrade() -> None:
    """Only find them by it."""
    _make_index([])


def _make_index(beside: Sequence[str]) -> None:
    op.drop_index("ix_policy_cover_policy_id", "policy_cover")
    op.create_index("ix_policy_cover_policy_id", "policy_cover", ["policy_id"], postgresql_include=list(beside))
