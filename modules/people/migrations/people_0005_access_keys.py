"""Accounts of other systems, and their access keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from core.actors import actors_depend_on
from core.history import keep_history

revision = "people_0005"
down_revision = "people_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark the accounts, and create the table of keys."""
    op.add_column("people_account", sa.Column("machine", sa.Boolean, nullable=False, server_default=sa.false()))
    without = "NOT machine OR (password_hash IS NULL AND NOT must_change_password)"
    op.create_check_constraint(op.f("ck_people_account_machine"), "people_account", without)
    op.create_table(
        "people_access_key",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("people_account.id"), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("public_id", sa.String(12), nullable=False),
        sa.Column("key_hash", sa.LargeBinary, nullable=False),
        sa.Column("rights", ARRAY(sa.String(100))),
        sa.Column("requests_per_minute", sa.Integer),
        sa.Column("expires_on", sa.Date),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("created_by_id", sa.Uuid),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_access_key"),
        sa.UniqueConstraint("public_id", name="uq_people_access_key_public_id"),
    )
    made = ["created_at", "id"]
    op.create_index("ix_people_access_key_account_id_created_at_id", "people_access_key", ["account_id", *made])
    op.create_index("ix_people_access_key_created_at_id", "people_access_key", made)
    keep_history("people_access_key", secret=("key_hash", "last_used_at"))
    # Being used makes nobody forget.
    judged = "account_id, key_hash, rights, requests_per_minute, expires_on, revoked_at"
    actors_depend_on("people_access_key", when=f"UPDATE OF {judged} OR DELETE", account="account_id")


def downgrade() -> None:
    """Drop the table and the mark. Accounts of other systems stay, without a key or a password."""
    op.drop_table("people_access_key")
    op.drop_constraint("ck_people_account_machine", "people_account")
    op.drop_column("people_account", "machine")
