"""The history is sealed in blocks; old answers of mutations are found by their age."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from core.history import keep_history

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None

# It runs with its owner's rights, like the triggers: whoever may only change rows notes that he read, and nothing else.
NOTE_READING = """
CREATE FUNCTION core_note_reading(read_table text, read_rows uuid[], actor uuid, request text, way jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    INSERT INTO core_history (at, table_name, row_id, action, actor_id, request_id, changes)
    SELECT now(), read_table, id, 'R', actor, request, way FROM unnest(read_rows) AS id
$$
"""


def upgrade() -> None:
    op.create_table(
        "core_history_block",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("after_id", sa.BigInteger, nullable=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("rows_digest", sa.LargeBinary, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "core_history_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("blocks", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("marked_id", sa.BigInteger, nullable=False),
        sa.Column("waits_for", JSONB, nullable=False),
    )
    op.execute("INSERT INTO core_history_head VALUES (1, 0, decode(repeat('00', 32), 'hex'), 0, '[]')")
    op.create_table(
        "core_history_redaction",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("history_id", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("digest_left", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("history_id", name="uq_core_history_redaction_history_id"),
    )
    keep_history("core_history_redaction")
    op.execute(NOTE_READING)
    for name in ("block", "head", "redaction"):
        op.execute(f"REVOKE ALL ON core_history_{name} FROM PUBLIC")
    op.execute("REVOKE ALL ON FUNCTION core_note_reading FROM PUBLIC")
    op.create_index("ix_core_history_actor_id_id", "core_history", ["actor_id", "id"])
    op.create_index("ix_core_history_at", "core_history", ["at"], postgresql_using="brin")
    op.create_index("ix_core_idempotency_created_at", "core_idempotency", ["created_at"])


def downgrade() -> None:
    raise NotImplementedError("every module stands on these tables: drop the database instead")
