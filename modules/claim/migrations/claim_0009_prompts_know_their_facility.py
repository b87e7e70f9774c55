"""Prompts know the facility of their claim and its district: who sees them is found by indexes."""

import sqlalchemy as sa
from alembic import op

revision = "claim_0009"
down_revision = "claim_0008"
branch_labels = None
depends_on = None

TABLE = "claim_feedback_prompt"
COLUMNS = ("health_facility_id", "claim_district_id")


def upgrade() -> None:
    """Take them over from the claims."""
    for column in COLUMNS:
        op.add_column(TABLE, sa.Column(column, sa.Uuid))
    op.execute(
        f"UPDATE {TABLE} AS prompt SET health_facility_id = claim.health_facility_id, "
        "claim_district_id = claim.district_id FROM claim_claim AS claim WHERE claim.id = prompt.claim_id"
    )
    for column in COLUMNS:
        op.alter_column(TABLE, column, nullable=False)
        op.create_index(f"ix_{TABLE}_{column}_prompted_on_id", TABLE, [column, "prompted_on", "id"])
    op.create_foreign_key(
        f"fk_{TABLE}_health_facility_id", TABLE, "location_health_facility", ["health_facility_id"], ["id"]
    )
    waiting = sa.text("feedback_status = 'SELECTED'")
    op.create_index("ix_claim_claim_awaits_feedback", "claim_claim", ["id"], postgresql_where=waiting)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_claim_claim_awaits_feedback", "claim_claim")
    for column in COLUMNS:
        op.drop_column(TABLE, column)
