"""The policy that a voucher buys, and the claim that uses it."""

import sqlalchemy as sa
from alembic import op

revision = "cheque_sante_0002"
down_revision = "cheque_sante_0001"
branch_labels = None
depends_on = None

COLUMNS = {"policy_id": "policy_policy", "claim_id": "claim_claim"}


def upgrade() -> None:
    """Add the columns."""
    for column, table in COLUMNS.items():
        op.add_column("cheque_sante_voucher", sa.Column(column, sa.Uuid, nullable=True))
        op.create_foreign_key(f"fk_cheque_sante_voucher_{column}", "cheque_sante_voucher", table, [column], ["id"])
        op.create_index(f"ix_cheque_sante_voucher_{column}", "cheque_sante_voucher", [column])


def downgrade() -> None:
    """Drop them."""
    for column in COLUMNS:
        op.drop_column("cheque_sante_voucher", column)
