"""Batch runs, what they are computed from, and what facilities are paid."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "settlement_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "settlement_batch_run",
    "settlement_product_index",
    "settlement_facility_statement",
    "settlement_run_claim",
    "settlement_run_line",
    "settlement_capitation_share",
    "settlement_adjustment",
    "settlement_payment",
)
CHANGING = (
    "settlement_batch_run",
    "settlement_facility_statement",
    "settlement_run_claim",
    "settlement_adjustment",
    "settlement_payment",
)
"""The other tables hold what a run was computed from and decided: written once with it, never changed."""

MONEY = sa.Numeric(18, 2)
RATE = sa.Numeric(18, 4)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the module's tables."""
    _runs()
    _indices()
    _statements()
    _claims()
    _shares()
    _adjustments()
    _payments()
    keep_history(*CHANGING)


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _runs() -> None:
    table = "settlement_batch_run"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("location_id", sa.Uuid),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("month", sa.Integer, nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("run_by", sa.Uuid),
        sa.Column("confirmed_by", sa.Uuid),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("undone_by", sa.Uuid),
        sa.Column("undone_at", MOMENT),
        *_kept(version=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _key(table, "location_id", "location_location"),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=f"ck_{table}_month"),
        sa.CheckConstraint("confirmed_by <> run_by", name=f"ck_{table}_two_accounts"),
    )
    op.create_index(
        f"uq_{table}_month",
        table,
        ["location_id", "year", "month"],
        unique=True,
        postgresql_where=sa.text("status <> 'UNDONE'"),
        postgresql_nulls_not_distinct=True,
    )
    _index(table, "year", "month", "id")


def _indices() -> None:
    table = "settlement_product_index"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("care_type", sa.String(24), nullable=False),
        sa.Column("period", sa.String(24), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("allocated_premium", MONEY, nullable=False),
        sa.Column("distribution_percent", RATE, nullable=False),
        sa.Column("denominator", MONEY, nullable=False),
        sa.Column("value", RATE, nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _key(table, "run_id", "settlement_batch_run"),
        _key(table, "product_id", "product_product"),
        _unique(table, "run_id", "product_id", "care_type"),
    )
    _index(table, "product_id")


def _statements() -> None:
    table = "settlement_facility_statement"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("health_facility_id", sa.Uuid, nullable=False),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("claim_count", sa.Integer, nullable=False),
        sa.Column("claimed", MONEY, nullable=False),
        sa.Column("approved", MONEY, nullable=False),
        sa.Column("valuated", MONEY, nullable=False),
        sa.Column("remunerated", MONEY, nullable=False),
        sa.Column("capitation", MONEY, nullable=False),
        sa.Column("adjustments", MONEY, nullable=False),
        sa.Column("amount_to_pay", MONEY, nullable=False),
        sa.Column("paid", MONEY, nullable=False),
        sa.Column("paid_on", sa.Date),
        sa.Column("ended_at", MOMENT),
        *_kept(version=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _key(table, "run_id", "settlement_batch_run"),
        _key(table, "health_facility_id", "location_health_facility"),
        sa.CheckConstraint("amount_to_pay = remunerated + capitation + adjustments", name=f"ck_{table}_adds_up"),
        sa.CheckConstraint("paid BETWEEN 0 AND amount_to_pay", name=f"ck_{table}_paid"),
        sa.CheckConstraint("paid_on IS NULL OR paid = amount_to_pay", name=f"ck_{table}_paid_on"),
        _unique(table, "run_id", "health_facility_id"),
    )
    op.create_index(f"ix_{table}_facility", table, ["health_facility_id", "created_at", "id"])
    op.create_index(f"ix_{table}_district", table, ["district_id", "created_at", "id"])
    _index(table, "created_at", "id")


def _claims() -> None:
    table = "settlement_run_claim"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("statement_id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("valuated", MONEY, nullable=False),
        sa.Column("remunerated", MONEY, nullable=False),
        sa.Column("ended_at", MOMENT),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _key(table, "run_id", "settlement_batch_run"),
        _key(table, "statement_id", "settlement_facility_statement"),
        _key(table, "claim_id", "claim_claim"),
    )
    op.create_index(
        f"uq_{table}_current", table, ["claim_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    _index(table, "claim_id")
    _index(table, "run_id")
    _index(table, "statement_id", "id")

    table = "settlement_run_line"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("claim_line_id", sa.Uuid, nullable=False),
        sa.Column("remunerated", MONEY, nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _key(table, "run_id", "settlement_batch_run"),
        _key(table, "claim_line_id", "claim_line"),
        _unique(table, "run_id", "claim_line_id"),
    )
    _index(table, "claim_line_id")


def _shares() -> None:
    table = "settlement_capitation_share"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("statement_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("criterion", sa.String(24), nullable=False),
        sa.Column("units", sa.Numeric(18, 4), nullable=False),
        sa.Column("unit_price", sa.Numeric(24, 6), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _key(table, "statement_id", "settlement_facility_statement"),
        _key(table, "product_id", "product_product"),
        sa.UniqueConstraint("statement_id", "product_id", "criterion", name=f"uq_{table}_criterion"),
    )
    _index(table, "product_id")


def _adjustments() -> None:
    table = "settlement_adjustment"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("run_id", sa.Uuid, nullable=False),
        sa.Column("health_facility_id", sa.Uuid, nullable=False),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("recorded_by", sa.Uuid),
        sa.Column("statement_id", sa.Uuid),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _key(table, "claim_id", "claim_claim"),
        _key(table, "run_id", "settlement_batch_run"),
        _key(table, "health_facility_id", "location_health_facility"),
        _key(table, "statement_id", "settlement_facility_statement"),
        sa.CheckConstraint("amount <> 0", name=f"ck_{table}_amount"),
    )
    _index(table, "claim_id")
    _index(table, "run_id")
    _index(table, "health_facility_id")
    _index(table, "statement_id", "created_at")
    op.create_index(f"ix_{table}_waiting", table, ["created_at"], postgresql_where=sa.text("statement_id IS NULL"))


def _payments() -> None:
    table = "settlement_payment"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("statement_id", sa.Uuid, nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("reference", sa.String(50), nullable=False),
        sa.Column("recorded_by", sa.Uuid),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _key(table, "statement_id", "settlement_facility_statement"),
        sa.CheckConstraint("amount > 0", name=f"ck_{table}_amount"),
        _unique(table, "reference"),
    )
    _index(table, "statement_id", "paid_on")


def _kept(version: bool = False) -> tuple[sa.Column[object], ...]:
    kept: list[sa.Column[object]] = [sa.Column(name, MOMENT, nullable=False) for name in ("created_at", "updated_at")]
    return (*kept, sa.Column("version", sa.Integer, nullable=False)) if version else tuple(kept)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])
