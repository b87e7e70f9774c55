"""Which modules the database was migrated with, and since when one is off; orders wait in the queue of their module."""

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_module",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("off_since", sa.DateTime(timezone=True)),
    )
    op.execute("UPDATE procrastinate_jobs SET queue_name = split_part(task_name, '.', 1) WHERE queue_name = 'bima'")


def downgrade() -> None:
    op.execute("UPDATE procrastinate_jobs SET queue_name = 'bima'")
    op.drop_table("core_module")
