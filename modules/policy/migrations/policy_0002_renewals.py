"""Prompts for renewal, and whose photo is due by then."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "policy_0002"
down_revision = "policy_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _renewals()
    _photos()
    keep_history("policy_renewal")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("policy_renewal_photo")
    op.drop_table("policy_renewal")


def _renewals() -> None:
    op.create_table(
        "policy_renewal",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("policy_id", sa.Uuid, nullable=False),
        sa.Column("head_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("renewal_on", sa.Date, nullable=False),
        sa.Column("prompted_on", sa.Date, nullable=False),
        sa.Column("phone", sa.String(50)),
        sa.Column("warnings", sa.ARRAY(sa.String(24)), nullable=False),
        sa.Column("answer", sa.String(24), nullable=False),
        sa.Column("answered_on", sa.Date),
        sa.Column("answered_by", sa.Uuid),
        sa.Column("renewed_policy_id", sa.Uuid),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policy_renewal"),
        _key("policy_renewal", "policy_id", "policy_policy"),
        _key("policy_renewal", "head_id", "insuree_insuree"),
        _key("policy_renewal", "product_id", "product_product"),
        _key("policy_renewal", "officer_id", "insuree_officer"),
        _key("policy_renewal", "renewed_policy_id", "policy_policy"),
        sa.CheckConstraint("(answer = 'NONE') = (answered_on IS NULL)", name="ck_policy_renewal_answered"),
        sa.CheckConstraint("(answer = 'ACCEPTED') = (renewed_policy_id IS NOT NULL)", name="ck_policy_renewal_renewed"),
    )
    is_open = sa.text("answer = 'NONE'")
    op.create_index("uq_policy_renewal_open", "policy_renewal", ["policy_id"], unique=True, postgresql_where=is_open)
    _index("policy_renewal", "policy_id")
    _index("policy_renewal", "head_id")
    _index("policy_renewal", "product_id")
    _index("policy_renewal", "officer_id", "renewal_on", "id")
    _index("policy_renewal", "renewed_policy_id")
    _index("policy_renewal", "renewal_on", "id")
    _index("policy_renewal", "district_id", "renewal_on", "id")
    _index("policy_renewal", "village_id", "renewal_on", "id")


def _photos() -> None:
    op.create_table(
        "policy_renewal_photo",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("renewal_id", sa.Uuid, nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_policy_renewal_photo"),
        sa.ForeignKeyConstraint(
            ["renewal_id"], ["policy_renewal.id"], name="fk_policy_renewal_photo_renewal_id", ondelete="CASCADE"
        ),
        _key("policy_renewal_photo", "insuree_id", "insuree_insuree"),
        sa.UniqueConstraint("renewal_id", "insuree_id", name="uq_policy_renewal_photo_renewal_id_insuree_id"),
    )
    _index("policy_renewal_photo", "insuree_id")


def _times() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return sa.Column("created_at", moment, nullable=False), sa.Column("updated_at", moment, nullable=False)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])
