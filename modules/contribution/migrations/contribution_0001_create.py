"""Payers, contributions, fundings, and the lookups they use."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history
from core.lookups import add_lookups, remove_lookups

revision = "contribution_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the module's tables."""
    _payers()
    _contributions()
    _fundings()
    keep_history("contribution_payer", "contribution_contribution", "contribution_funding")
    _lookups()


def downgrade() -> None:
    """Drop them."""
    for table in ("funding", "contribution", "payer"):
        op.drop_table(f"contribution_{table}")
    remove_lookups("payment_type", "payer_type")


def _payers() -> None:
    op.create_table(
        "contribution_payer",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("type_code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("location_id", sa.Uuid),
        sa.Column("address", sa.String(100)),
        sa.Column("phone", sa.String(50)),
        sa.Column("fax", sa.String(50)),
        sa.Column("email", sa.String(100)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_contribution_payer"),
        _key("contribution_payer", "location_id", "location_location"),
    )
    _index("contribution_payer", "name", "id")
    _index("contribution_payer", "location_id")
    op.create_index(
        "ix_contribution_payer_name_trgm",
        "contribution_payer",
        ["name"],
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )


def _contributions() -> None:
    op.create_table(
        "contribution_contribution",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("policy_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("payer_id", sa.Uuid),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("receipt", sa.String(50), nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payment_type_code", sa.String(20), nullable=False),
        sa.Column("is_photo_fee", sa.Boolean, nullable=False),
        sa.Column("enforced", sa.Boolean, nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("voided_at", sa.DateTime(timezone=True)),
        sa.Column("void_reason", sa.String(200)),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_contribution_contribution"),
        _key("contribution_contribution", "policy_id", "policy_policy"),
        _key("contribution_contribution", "product_id", "product_product"),
        _key("contribution_contribution", "officer_id", "insuree_officer"),
        _key("contribution_contribution", "payer_id", "contribution_payer"),
        sa.CheckConstraint("amount > 0", name="ck_contribution_contribution_amount"),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="ck_contribution_contribution_voided"),
    )
    op.create_index(
        "uq_contribution_contribution_receipt",
        "contribution_contribution",
        ["product_id", "receipt"],
        unique=True,
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    _index("contribution_contribution", "policy_id", "paid_on")
    _index("contribution_contribution", "payer_id", "paid_on")
    _index("contribution_contribution", "officer_id", "paid_on")
    _index("contribution_contribution", "district_id", "paid_on", "id")
    _index("contribution_contribution", "village_id", "paid_on", "id")
    _index("contribution_contribution", "paid_on", "id")


def _fundings() -> None:
    op.create_table(
        "contribution_funding",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("receipt", sa.String(50), nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_contribution_funding"),
        _key("contribution_funding", "payer_id", "contribution_payer"),
        _key("contribution_funding", "product_id", "product_product"),
        sa.CheckConstraint("amount > 0", name="ck_contribution_funding_amount"),
        sa.UniqueConstraint("product_id", "receipt", name="uq_contribution_funding_product_id_receipt"),
    )
    _index("contribution_funding", "payer_id", "paid_on")
    _index("contribution_funding", "paid_on", "id")


def _lookups() -> None:
    add_lookups(
        "payment_type",
        [
            ("B", {"en": "Bank transfer", "sw": "Benki", "fr": "Virement bancaire"}),
            ("C", {"en": "Cash", "sw": "Taslimu", "fr": "Espèces"}),
            ("M", {"en": "Mobile phone", "sw": "Simu ya mkononi", "fr": "Téléphone mobile"}),
            ("F", {"en": "Funding", "sw": "Ufadhili", "fr": "Financement"}),
        ],
    )
    add_lookups(
        "payer_type",
        [
            ("C", {"en": "Co-operative", "sw": "Ushirika", "fr": "Coopérative"}),
            ("D", {"en": "Donor", "sw": "Mfadhili", "fr": "Donateur"}),
            ("G", {"en": "Government", "sw": "Serikali", "fr": "Gouvernement"}),
            ("L", {"en": "Local authority", "sw": "Mamlaka ya serikali za mitaa", "fr": "Collectivité locale"}),
            ("O", {"en": "Other", "sw": "Nyingine", "fr": "Autre"}),
            ("P", {"en": "Private organisation", "sw": "Shirika binafsi", "fr": "Organisation privée"}),
        ],
    )


def _kept() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return (
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])
