"""History, lookups, idempotency and the job queue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from core.history import create_history, keep_history
from core.jobs import schema_sql

revision = "core_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "core_history",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("table_name", sa.String(63), nullable=False),
        sa.Column("row_id", sa.Uuid, nullable=False),
        sa.Column("action", sa.String(1), nullable=False),
        sa.Column("actor_id", sa.Uuid),
        sa.Column("request_id", sa.String(100)),
        sa.Column("changes", JSONB, nullable=False),
        sa.Index(None, "row_id", "id"),
    )
    create_history()
    op.create_table(
        "core_lookup",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("names", JSONB, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("sort_order", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("kind", "code"),
    )
    keep_history("core_lookup")
    op.create_table(
        "core_idempotency",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("client_mutation_id", sa.String(100), primary_key=True),
        sa.Column("mutation", sa.String(100), nullable=False),
        sa.Column("input_hash", sa.LargeBinary, nullable=False),
        sa.Column("object_id", sa.Uuid),
        sa.Column("answer", sa.Text),
        sa.Column("selection_hash", sa.LargeBinary),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    # Many statements at once, which only the driver itself takes; its placeholders are percent signs.
    op.get_bind().exec_driver_sql(schema_sql().replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("every module stands on these tables: drop the database instead")
