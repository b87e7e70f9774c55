"""A role that does not own the tables can serve: redaction is a function, and nobody else calls what writes history."""

from alembic import op

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None

DIGEST = """sha256(convert_to(jsonb_build_array(
    h.id, extract(epoch FROM h.at), h.table_name, h.row_id, h.action, h.actor_id, h.request_id, h.changes
)::text, 'UTF8'))"""

# It runs with its owner's rights: whoever may call it takes values out with a trace, and cannot put any in.
REDACT = f"""
CREATE FUNCTION core_redact(redacted_table text, redacted_row uuid, taken text[], why text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH chosen AS (
        SELECT h.id, {DIGEST} AS digest, (
            SELECT jsonb_object_agg(key, CASE WHEN key = ANY(taken) THEN '{{"redacted": true}}' ELSE value END)
            FROM jsonb_each(h.changes)
        ) AS left_over
        FROM core_history h
        WHERE h.table_name = redacted_table AND h.table_name <> 'core_history_redaction'
            AND h.row_id = redacted_row AND h.changes ?| taken
        FOR UPDATE
    ), changed AS (
        UPDATE core_history AS h SET changes = left_over FROM chosen
        WHERE h.id = chosen.id AND h.changes <> left_over
        RETURNING h.id, chosen.digest, {DIGEST} AS digest_left
    )
    INSERT INTO core_history_redaction (id, created_at, updated_at, history_id, digest, digest_left, reason)
    SELECT gen_random_uuid(), now(), now(), id, digest, digest_left, why FROM changed
    ON CONFLICT (history_id) DO UPDATE SET digest_left = excluded.digest_left, updated_at = now()
$$
"""
# Whoever may make a trigger of them, if only on a table of his own, writes what he likes into the history.
CALLABLE = """
    SELECT oid::regprocedure FROM pg_proc
    WHERE proname LIKE 'core\\_history\\_of\\_%' AND pronamespace = current_schema()::regnamespace
"""


def upgrade() -> None:
    op.execute(REDACT)
    op.execute("REVOKE ALL ON FUNCTION core_redact FROM PUBLIC")
    for (function,) in op.get_bind().exec_driver_sql(CALLABLE.replace("%", "%%")).all():
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")


def downgrade() -> None:
    raise NotImplementedError("every module stands on these tables: drop the database instead")
