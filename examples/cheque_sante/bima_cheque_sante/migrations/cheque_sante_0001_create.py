"""The table of vouchers."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "cheque_sante_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "cheque_sante_voucher",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        sa.Column("price", sa.Numeric(18, 2), nullable=False),
        sa.Column("sold_on", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("health_facility_id", sa.Uuid, nullable=True),
        sa.Column("used_on", sa.Date, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cheque_sante_voucher"),
        sa.ForeignKeyConstraint(["insuree_id"], ["insuree_insuree.id"], name="fk_cheque_sante_voucher_insuree_id"),
        sa.ForeignKeyConstraint(
            ["health_facility_id"],
            ["location_health_facility.id"],
            name="fk_cheque_sante_voucher_health_facility_id",
        ),
        sa.UniqueConstraint("number", name="uq_cheque_sante_voucher_number"),
        sa.CheckConstraint("(used_on IS NULL) = (health_facility_id IS NULL)", name="ck_cheque_sante_voucher_used"),
    )
    op.create_index("ix_cheque_sante_voucher_insuree_id", "cheque_sante_voucher", ["insuree_id"])
    keep_history("cheque_sante_voucher")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("cheque_sante_voucher")
