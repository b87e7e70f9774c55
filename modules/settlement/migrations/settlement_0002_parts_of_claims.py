"""A run settles of a claim the lines of one product; what other products pay of it is settled by their own runs."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "settlement_0002"
down_revision = "settlement_0001"
branch_labels = None
depends_on = None

TABLE = "settlement_run_claim"
CURRENT = f"uq_{TABLE}_current"
NOT_ENDED = sa.text("ended_at IS NULL")

PRODUCTS = """
    SELECT value.claim_id, value.product_id, min(line.line_no) AS line_no
    FROM valuation_line AS value JOIN claim_line AS line ON line.id = value.claim_line_id
    WHERE line.status = 'PASSED' GROUP BY value.claim_id, value.product_id
"""
NAME_THE_FIRST = f"""
    UPDATE {TABLE} AS settled SET product_id = first.product_id
    FROM (SELECT DISTINCT ON (claim_id) * FROM ({PRODUCTS}) AS product ORDER BY claim_id, line_no) AS first
    WHERE first.claim_id = settled.claim_id
"""
# Runs settled all of a claim so far, with its first line's product: nothing is left of it to be paid by another run.
ADD_THE_OTHERS = f"""
    INSERT INTO {TABLE} (
        id, run_id, statement_id, claim_id, product_id, valuated, remunerated, ended_at, created_at, updated_at
    )
    SELECT gen_random_uuid(), settled.run_id, settled.statement_id, settled.claim_id, other.product_id, 0, 0,
        settled.ended_at, settled.created_at, settled.updated_at
    FROM {TABLE} AS settled JOIN ({PRODUCTS}) AS other ON other.claim_id = settled.claim_id
    WHERE other.product_id <> settled.product_id
"""
ADD_UP = f"""
    UPDATE {TABLE} AS kept SET valuated = whole.valuated, remunerated = whole.remunerated
    FROM (
        SELECT run_id, claim_id, sum(valuated) AS valuated, sum(remunerated) AS remunerated, min(id::text)::uuid AS id
        FROM {TABLE} GROUP BY run_id, claim_id HAVING count(*) > 1
    ) AS whole
    WHERE kept.id = whole.id
"""
DROP_THE_OTHERS = f"""
    DELETE FROM {TABLE} AS part USING {TABLE} AS kept
    WHERE kept.run_id = part.run_id AND kept.claim_id = part.claim_id AND kept.id::text < part.id::text
"""


def upgrade() -> None:
    """Say of each settled claim which product it is."""
    op.add_column(TABLE, sa.Column("product_id", sa.Uuid))
    keep_history(TABLE)
    op.drop_index(CURRENT, TABLE)
    op.execute(NAME_THE_FIRST)
    op.execute(ADD_THE_OTHERS)
    op.alter_column(TABLE, "product_id", nullable=False)
    op.create_foreign_key(f"fk_{TABLE}_product_id", TABLE, "product_product", ["product_id"], ["id"])
    op.create_index(CURRENT, TABLE, ["claim_id", "product_id"], unique=True, postgresql_where=NOT_ENDED)
    op.create_index(f"ix_{TABLE}_product_id", TABLE, ["product_id"])


def downgrade() -> None:
    """Put the parts of each run together again; it is refused while two runs settle one claim."""
    op.execute(ADD_UP)
    op.execute(DROP_THE_OTHERS)
    op.drop_index(CURRENT, TABLE)
    op.create_index(CURRENT, TABLE, ["claim_id"], unique=True, postgresql_where=NOT_ENDED)
    op.drop_column(TABLE, "product_id")
