"""Second factors, and roles that require one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from core.actors import actors_depend_on
from core.history import keep_history

revision = "people_0003"
down_revision = "people_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and the mark of roles."""
    op.add_column(
        "people_role", sa.Column("requires_second_factor", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.create_table(
        "people_second_factor",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("people_account.id"), nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.Integer, nullable=False),
        sa.Column("recovery_hashes", ARRAY(sa.LargeBinary), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_second_factor"),
        sa.UniqueConstraint("account_id", name="uq_people_second_factor_account_id"),
    )
    keep_history("people_second_factor", secret=("secret", "last_step", "recovery_hashes"))
    actors_depend_on("people_role", when="UPDATE OF requires_second_factor")
    actors_depend_on("people_second_factor", when="UPDATE OF confirmed_at OR DELETE", account="account_id")


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP TRIGGER core_actors ON people_role")
    op.drop_table("people_second_factor")
    op.drop_column("people_role", "requires_second_factor")
