"""Papers of claims, feedback of patients, restored claims, and what a claim tells besides."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history
from core.lookups import add_lookups, remove_lookups

revision = "claim_0002"
down_revision = "claim_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and columns."""
    _claims()
    _attachments()
    _prompts()
    _feedback()
    keep_history("claim_attachment", "claim_feedback_prompt", "claim_feedback")
    for kind, rows in LOOKUPS.items():
        add_lookups(kind, rows)


def downgrade() -> None:
    """Drop them."""
    for table in ("claim_feedback", "claim_feedback_prompt", "claim_attachment"):
        op.drop_table(table)
    op.drop_index("ix_claim_claim_main_diagnosis_id_date_from", "claim_claim")
    op.create_index("ix_claim_claim_main_diagnosis_id", "claim_claim", ["main_diagnosis_id"])
    for column in ("restores_id", "referral_code", "patient_condition_code", "pre_authorised"):
        op.drop_column("claim_claim", column)
    op.alter_column("claim_claim", "code", type_=sa.String(20))
    remove_lookups(*LOOKUPS)


def _claims() -> None:
    op.alter_column("claim_claim", "code", type_=sa.String(50))
    added = sa.Column("pre_authorised", sa.Boolean, nullable=False, server_default=sa.text("false"))
    op.add_column("claim_claim", added)
    op.add_column("claim_claim", sa.Column("patient_condition_code", sa.String(20)))
    op.add_column("claim_claim", sa.Column("referral_code", sa.String(50)))
    op.add_column("claim_claim", sa.Column("restores_id", sa.Uuid))
    op.create_foreign_key("fk_claim_claim_restores_id", "claim_claim", "claim_claim", ["restores_id"], ["id"])
    op.create_index("ix_claim_claim_restores_id", "claim_claim", ["restores_id"])
    op.drop_index("ix_claim_claim_main_diagnosis_id", "claim_claim")
    op.create_index(
        "ix_claim_claim_main_diagnosis_id_date_from",
        "claim_claim",
        ["main_diagnosis_id", "date_from"],
        postgresql_include=["status", "claimed"],
    )


def _attachments() -> None:
    op.create_table(
        "claim_attachment",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("file_id", sa.Uuid),
        sa.Column("link", sa.String(500)),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("type_code", sa.String(20)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim_attachment"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_claim_attachment_claim_id"),
        sa.ForeignKeyConstraint(["file_id"], ["core_file.id"], name="fk_claim_attachment_file_id"),
        sa.CheckConstraint("num_nonnulls(file_id, link) = 1", name="ck_claim_attachment_one_place"),
        sa.UniqueConstraint("file_id", name="uq_claim_attachment_file_id"),
    )
    op.create_index("ix_claim_attachment_claim_id_created_at", "claim_attachment", ["claim_id", "created_at"])


def _prompts() -> None:
    table = "claim_feedback_prompt"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("officer_id", sa.Uuid, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("phone", sa.String(50), nullable=False),
        sa.Column("prompted_on", sa.Date, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name=f"fk_{table}_claim_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["insuree_officer.id"], name=f"fk_{table}_officer_id"),
        sa.ForeignKeyConstraint(["village_id"], ["location_location.id"], name=f"fk_{table}_village_id"),
        sa.UniqueConstraint("claim_id", name=f"uq_{table}_claim_id"),
    )
    op.create_index(f"ix_{table}_officer_id", table, ["officer_id"])
    op.create_index(f"ix_{table}_prompted_on_id", table, ["prompted_on", "id"])
    op.create_index(f"ix_{table}_village_id_prompted_on_id", table, ["village_id", "prompted_on", "id"])
    op.create_index(f"ix_{table}_district_id_prompted_on_id", table, ["district_id", "prompted_on", "id"])


def _feedback() -> None:
    op.create_table(
        "claim_feedback",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("claim_id", sa.Uuid, nullable=False),
        sa.Column("care_rendered", sa.Boolean, nullable=False),
        sa.Column("payment_asked", sa.Boolean, nullable=False),
        sa.Column("drug_prescribed", sa.Boolean, nullable=False),
        sa.Column("drug_received", sa.Boolean, nullable=False),
        sa.Column("assessment", sa.Integer, nullable=False),
        sa.Column("officer_id", sa.Uuid),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim_feedback"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim_claim.id"], name="fk_claim_feedback_claim_id"),
        sa.ForeignKeyConstraint(["officer_id"], ["insuree_officer.id"], name="fk_claim_feedback_officer_id"),
        sa.CheckConstraint("assessment BETWEEN 0 AND 5", name="ck_claim_feedback_assessment"),
        sa.UniqueConstraint("claim_id", name="uq_claim_feedback_claim_id"),
    )
    op.create_index("ix_claim_feedback_officer_id", "claim_feedback", ["officer_id"])


LOOKUPS = {
    "patient_condition": [
        ("RECOVERED", {"en": "Recovered", "sw": "Amepona", "fr": "Guéri"}),
        ("IMPROVED", {"en": "Improved", "sw": "Amepata nafuu", "fr": "Amélioré"}),
        ("UNCHANGED", {"en": "Unchanged", "sw": "Hali haijabadilika", "fr": "Inchangé"}),
        ("WORSE", {"en": "Worse", "sw": "Hali imezidi kuwa mbaya", "fr": "Aggravé"}),
        ("DIED", {"en": "Died", "sw": "Amefariki", "fr": "Décédé"}),
    ],
    "claim_attachment_type": [
        ("CLAIM_FORM", {"en": "Claim form", "sw": "Fomu ya dai", "fr": "Formulaire de demande"}),
        ("REFERRAL", {"en": "Referral letter", "sw": "Barua ya rufaa", "fr": "Lettre de référence"}),
        ("GUARANTEE", {"en": "Guarantee letter", "sw": "Barua ya dhamana", "fr": "Lettre de garantie"}),
        ("PRESCRIPTION", {"en": "Prescription", "sw": "Cheti cha dawa", "fr": "Ordonnance"}),
        ("LABORATORY", {"en": "Laboratory result", "sw": "Majibu ya maabara", "fr": "Résultat de laboratoire"}),
        ("DISCHARGE", {"en": "Discharge summary", "sw": "Ripoti ya kuruhusiwa", "fr": "Compte rendu de sortie"}),
        ("OTHER", {"en": "Other", "sw": "Nyingine", "fr": "Autre"}),
    ],
}
