"""A block remembers each of its rows, so that one that changed or is missing can be named; older blocks do not."""

import sqlalchemy as sa
from alembic import op

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("core_history_block", sa.Column("row_marks", sa.LargeBinary))


def downgrade() -> None:
    raise NotImplementedError("every module stands on these tables: drop the database instead")
