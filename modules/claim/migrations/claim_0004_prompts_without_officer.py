"""Patients who are asked by telephone, because no officer enrols where they live."""

from alembic import op

revision = "claim_0004"
down_revision = "claim_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Prompts need no officer."""
    for column in ("officer_id", "phone"):
        op.alter_column("claim_feedback_prompt", column, nullable=True)


def downgrade() -> None:
    """They need one again; those without are dropped."""
    op.execute("DELETE FROM claim_feedback_prompt WHERE officer_id IS NULL")
    for column in ("officer_id", "phone"):
        op.alter_column("claim_feedback_prompt", column, nullable=False)
