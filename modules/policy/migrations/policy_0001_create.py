"""Policies, the members they were priced for, cover, and who asked about it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from core.history import keep_history

revision = "policy_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the module's tables."""
    _policies()
    _priced_members()
    _covers()
    _verifications()
    keep_history("policy_policy", "policy_priced_member", "policy_cover")


def downgrade() -> None:
    """Drop them."""
    for table in ("verification", "cover", "priced_member", "policy"):
        op.drop_table(f"policy_{table}")


def _policies() -> None:
    op.create_table(
        "policy_policy",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("terms_id", sa.Uuid, nullable=False),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("previous_policy_id", sa.Uuid),
        sa.Column("category_code", sa.String(20)),
        sa.Column("stage", sa.String(24), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("suspended_by", sa.String(24)),
        sa.Column("value", sa.Numeric(18, 2), nullable=False),
        sa.Column("family_share", sa.Numeric(18, 2), nullable=False),
        sa.Column("payer_share", sa.Numeric(18, 2), nullable=False),
        sa.Column("due", sa.Numeric(18, 2), nullable=False),
        sa.Column("bought_value", sa.Numeric(18, 2), nullable=False),
        sa.Column("bought_due", sa.Numeric(18, 2), nullable=False),
        sa.Column("enrolled_on", sa.Date, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("effective_on", sa.Date),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("pay_by", sa.Date),
        sa.Column("enforced_on", sa.Date),
        sa.Column("resumed_on", sa.Date),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_policy"),
        _key("policy_policy", "family_id", "insuree_family"),
        _key("policy_policy", "product_id", "product_product"),
        _key("policy_policy", "terms_id", "product_terms"),
        _key("policy_policy", "officer_id", "insuree_officer"),
        _key("policy_policy", "previous_policy_id", "policy_policy"),
        sa.CheckConstraint("starts_on <= expires_on", name="ck_policy_policy_period"),
        sa.CheckConstraint("family_share + payer_share = value", name="ck_policy_policy_shares"),
        sa.CheckConstraint("(status = 'SUSPENDED') = (suspended_by IS NOT NULL)", name="ck_policy_policy_suspension"),
        sa.CheckConstraint("status <> 'ACTIVE' OR effective_on IS NOT NULL", name="ck_policy_policy_effective"),
        ExcludeConstraint(
            ("family_id", "="),
            ("product_id", "="),
            (sa.text("daterange(starts_on, expires_on, '[]')"), "&&"),
            where=sa.text("ended_at IS NULL"),
            using="gist",
            name="ex_policy_policy_period",
        ),
    )
    _index("policy_policy", "family_id", "starts_on", "id")
    _index("policy_policy", "product_id", "enrolled_on")
    _index("policy_policy", "terms_id")
    _index("policy_policy", "officer_id", "enrolled_on")
    _index("policy_policy", "previous_policy_id")
    _index("policy_policy", "district_id", "enrolled_on", "id")
    _index("policy_policy", "village_id", "enrolled_on", "id")
    _index("policy_policy", "enrolled_on", "id")
    _index("policy_policy", "expires_on", where="status <> 'EXPIRED'")
    _index("policy_policy", "pay_by", where="status = 'IDLE'")


def _priced_members() -> None:
    op.create_table(
        "policy_priced_member",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("policy_id", sa.Uuid, nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        sa.Column("relation", sa.String(24), nullable=False),
        sa.Column("birth_date", sa.Date, nullable=False),
        sa.Column("added_on", sa.Date),
        sa.Column("owed", sa.Numeric(18, 2)),
        sa.Column("left_on", sa.Date),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_policy_priced_member"),
        _key("policy_priced_member", "policy_id", "policy_policy"),
        _key("policy_priced_member", "insuree_id", "insuree_insuree"),
    )
    op.create_index(
        "uq_policy_priced_member_place",
        "policy_priced_member",
        ["policy_id", "insuree_id"],
        unique=True,
        postgresql_where=sa.text("left_on IS NULL"),
    )
    _index("policy_priced_member", "insuree_id")


def _covers() -> None:
    op.create_table(
        "policy_cover",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("policy_id", sa.Uuid, nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("ended_by", sa.String(24)),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_policy_cover"),
        _key("policy_cover", "policy_id", "policy_policy"),
        _key("policy_cover", "insuree_id", "insuree_insuree"),
        sa.CheckConstraint("starts_on <= ends_on", name="ck_policy_cover_days"),
        ExcludeConstraint(
            ("policy_id", "="),
            ("insuree_id", "="),
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            using="gist",
            name="ex_policy_cover_days",
        ),
    )
    _index("policy_cover", "policy_id")
    _index("policy_cover", "insuree_id", "ends_on")


def _verifications() -> None:
    op.create_table(
        "policy_verification",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("insurance_number", sa.String(50), nullable=False),
        sa.Column("insuree_id", sa.Uuid),
        sa.Column("covered", sa.Boolean, nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_policy_verification"),
        _key("policy_verification", "insuree_id", "insuree_insuree"),
    )
    _index("policy_verification", "account_id", "created_at")
    _index("policy_verification", "insuree_id", "created_at")


def _times() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return sa.Column("created_at", moment, nullable=False), sa.Column("updated_at", moment, nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns], postgresql_where=condition)
