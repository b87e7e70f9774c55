"""Claims, their lines, and what the checks found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from core.history import keep_history

revision = "claim_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the module's tables."""
    _administrators()
    _claims()
    _diagnoses()
    _lines()
    _findings()
    keep_history("claim_administrator", "claim_claim", "claim_diagnosis", "claim_line", "claim_finding")


def downgrade() -> None:
    """Drop them."""
    for table in ("claim_finding", "claim_line", "claim_diagnosis", "claim_claim", "claim_administrator"):
        op.drop_table(table)


def _administrators() -> None:
    op.create_table(
        "claim_administrator",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("last_name", sa.String(100), nullable=False),
        sa.Column("other_names", sa.String(100), nullable=False),
        sa.Column("birth_date", sa.Date),
        sa.Column("phone", sa.String(50)),
        sa.Column("email", sa.String(100)),
        sa.Column("health_facility_id", sa.Uuid, nullable=False),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim_administrator"),
        sa.ForeignKeyConstraint(
            ["health_facility_id"], ["location_health_facility.id"], name="fk_claim_administrator_health_facility_id"
        ),
    )
    op.create_index(
        "uq_claim_administrator_code",
        "claim_administrator",
        ["code"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_claim_administrator_district", "claim_administrator", ["district_id", "last_name", "other_names", "id"]
    )
    op.create_index(
        "ix_claim_administrator_facility",
        "claim_administrator",
        ["health_facility_id", "last_name", "other_names", "id"],
    )
    op.create_index(
        "ix_claim_administrator_last_name_other_names_id", "claim_administrator", ["last_name", "other_names", "id"]
    )


def _claims() -> None:
    op.create_table(
        "claim_claim",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("insuree_id", sa.Uuid, nullable=False),
        sa.Column("health_facility_id", sa.Uuid, nullable=False),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("administrator_id", sa.Uuid),
        sa.Column("date_from", sa.Date, nullable=False),
        sa.Column("date_to", sa.Date),
        sa.Column("claimed_on", sa.Date, nullable=False),
        sa.Column("visit_type", sa.String(24), nullable=False),
        sa.Column("care_type", sa.String(24), nullable=False),
        sa.Column("category", sa.String(24)),
        sa.Column("main_diagnosis_id", sa.Uuid, nullable=False),
        sa.Column("guarantee", sa.String(50)),
        sa.Column("referred_from_id", sa.Uuid),
        sa.Column("referred_to_id", sa.Uuid),
        sa.Column("explanation", sa.String(500)),
        sa.Column("adjustment", sa.String(500)),
        sa.Column("return_reason", sa.String(500)),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("claimed", sa.Numeric(18, 2), nullable=False),
        sa.Column("approved", sa.Numeric(18, 2)),
        sa.Column("rejection_reason", sa.String(24)),
        sa.Column("review_status", sa.String(24), nullable=False),
        sa.Column("feedback_status", sa.String(24), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("processed_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim_claim"),
        sa.ForeignKeyConstraint(["insuree_id"], ["insuree_insuree.id"], name="fk_claim_claim_insuree_id"),
        sa.ForeignKeyConstraint(
            ["health_facility_id"], ["location_health_facility.id"], name="fk_claim_claim_health_facility_id"
        ),
        sa.ForeignKeyConstraint(
            ["administrator_id"], ["claim_administrator.id"], name="fk_claim_claim_administrator_id"
        ),
        sa.ForeignKeyConstraint(
            ["main_diagnosis_id"], ["medical_diagnosis.id"], name="fk_claim_claim_main_diagnosis_id"
        ),
        sa.ForeignKeyConstraint(
            ["referred_from_id"], ["location_health_facility.id"], name="fk_claim_claim_referred_from_id"
        ),
        sa.ForeignKeyConstraint(
            ["referred_to_id"], ["location_health_facility.id"], name="fk_claim_claim_referred_to_id"
        ),
    )
    op.create_index("ix_claim_claim_administrator_id", "claim_claim", ["administrator_id"])
    op.create_index("ix_claim_claim_code", "claim_claim", ["code"])
    op.create_index("ix_claim_claim_date_from_id", "claim_claim", ["date_from", "id"])
    op.create_index("ix_claim_claim_district_id_date_from_id", "claim_claim", ["district_id", "date_from", "id"])
    op.create_index(
        "uq_claim_claim_code",
        "claim_claim",
        ["health_facility_id", "code"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_claim_claim_health_facility_id_date_from_id", "claim_claim", ["health_facility_id", "date_from", "id"]
    )
    op.create_index("ix_claim_claim_insuree_id_date_from_id", "claim_claim", ["insuree_id", "date_from", "id"])
    op.create_index("ix_claim_claim_main_diagnosis_id", "claim_claim", ["main_diagnosis_id"])
    op.create_index("ix_claim_claim_processed_at", "claim_claim", ["processed_at"])
    op.create_index("ix_claim_claim_referred_from_id", "claim_claim", ["referred_from_id"])
    op.create_index("ix_claim_claim_referred_to_id", "claim_claim", ["referred_to_id"])
    op.create_index("ix_claim_claim_status_date_from_id", "claim_claim", ["status", "date_from", "id"])


def _diagnoses() -> None:
    op.create_table(
        "claim_diagnosis",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("diagnosis_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim_diagnosis"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_claim_diagnosis_claim_id"),
        sa.ForeignKeyConstraint(["diagnosis_id"], ["medical_diagnosis.id"], name="fk_claim_diagnosis_diagnosis_id"),
        sa.UniqueConstraint("claim_id", "diagnosis_id", name="uq_claim_diagnosis_claim_id_diagnosis_id"),
    )
    op.create_index("ix_claim_diagnosis_diagnosis_id", "claim_diagnosis", ["diagnosis_id"])


def _lines() -> None:
    op.create_table(
        "claim_line",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("line_no", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Uuid),
        sa.Column("service_id", sa.Uuid),
        sa.Column("quantity_provided", sa.Numeric(18, 2), nullable=False),
        sa.Column("quantity_approved", sa.Numeric(18, 2)),
        sa.Column("price_asked", sa.Numeric(18, 2), nullable=False),
        sa.Column("price_adjusted", sa.Numeric(18, 2)),
        sa.Column("price_approved", sa.Numeric(18, 2)),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("rejection_reason", sa.String(24)),
        sa.Column("explanation", sa.String(500)),
        sa.Column("justification", sa.String(500)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim_line"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_claim_line_claim_id"),
        sa.ForeignKeyConstraint(["item_id"], ["medical_item.id"], name="fk_claim_line_item_id"),
        sa.ForeignKeyConstraint(["service_id"], ["medical_service.id"], name="fk_claim_line_service_id"),
        sa.CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="ck_claim_line_one_element"),
        sa.CheckConstraint("price_asked >= 0 AND price_approved >= 0", name="ck_claim_line_price"),
        sa.CheckConstraint("quantity_provided > 0 AND quantity_approved >= 0", name="ck_claim_line_quantity"),
        sa.UniqueConstraint("claim_id", "line_no", name="uq_claim_line_claim_id_line_no"),
    )
    op.create_index("ix_claim_line_item_id", "claim_line", ["item_id"])
    op.create_index("ix_claim_line_service_id", "claim_line", ["service_id"])


def _findings() -> None:
    op.create_table(
        "claim_finding",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("line_id", sa.Uuid),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("parameters", JSONB, nullable=False),
        sa.Column("rejects", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim_finding"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_claim_finding_claim_id"),
        sa.ForeignKeyConstraint(["line_id"], ["claim_line.id"], name="fk_claim_finding_line_id"),
    )
    op.create_index("ix_claim_finding_claim_id_position", "claim_finding", ["claim_id", "position"])
    op.create_index("ix_claim_finding_line_id", "claim_finding", ["line_id"])
