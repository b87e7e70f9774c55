"""Where a payer's money stands."""

import sqlalchemy as sa
from alembic import op

revision = "contribution_0002"
down_revision = "contribution_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the state; what was recorded before was paid."""
    op.add_column(
        "contribution_funding", sa.Column("status", sa.String(24), nullable=False, server_default=sa.text("'PAID'"))
    )
    op.alter_column("contribution_funding", "status", server_default=None)


def downgrade() -> None:
    """Forget it."""
    op.drop_column("contribution_funding", "status")
