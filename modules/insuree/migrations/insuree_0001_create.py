"""Families, insured people, enrolment officers, and the lookups they use."""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from core.history import keep_history
from core.lookups import add_lookups, remove_lookups

revision = "insuree_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the module's tables."""
    _families()
    _insurees()
    op.create_foreign_key(
        "fk_insuree_family_head_id", "insuree_family", "insuree_insuree", ["head_id"], ["id"],
        deferrable=True, initially="DEFERRED",
    )  # fmt: skip
    _officers()
    keep_history("insuree_family", "insuree_insuree", "insuree_officer", "insuree_officer_village")
    for kind, rows in LOOKUPS.items():
        add_lookups(kind, rows)


def downgrade() -> None:
    """Drop them."""
    op.drop_constraint("fk_insuree_family_head_id", "insuree_family")
    for table in ("officer_village", "officer", "insuree", "family"):
        op.drop_table(f"insuree_{table}")
    remove_lookups(*LOOKUPS)


def _families() -> None:
    op.create_table(
        "insuree_family",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("location_id", sa.Uuid, nullable=False),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("head_id", sa.Uuid),
        sa.Column("poverty", sa.Boolean),
        sa.Column("family_type_code", sa.String(20)),
        sa.Column("membership_category_code", sa.String(20)),
        sa.Column("address", sa.String(200)),
        sa.Column("confirmation_type_code", sa.String(20)),
        sa.Column("confirmation_number", sa.String(20)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_insuree_family"),
        _foreign_key("insuree_family", "location_id", "location_location"),
    )
    current = sa.text("ended_at IS NULL")
    op.create_index("uq_insuree_family_head", "insuree_family", ["head_id"], unique=True, postgresql_where=current)
    _index("insuree_family", "head_id")
    _index("insuree_family", "created_at", "id")
    _index("insuree_family", "district_id", "created_at", "id")
    _index("insuree_family", "location_id", "created_at", "id")
    _index("insuree_family", "confirmation_number")


def _insurees() -> None:
    op.create_table(
        "insuree_insuree",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("insurance_number", sa.String(50), nullable=False),
        sa.Column("last_name", sa.String(100), nullable=False),
        sa.Column("other_names", sa.String(100), nullable=False),
        sa.Column("birth_date", sa.Date, nullable=False),
        sa.Column("gender_code", sa.String(20), nullable=False),
        sa.Column("marital_status_code", sa.String(20)),
        sa.Column("family_id", sa.Uuid),
        sa.Column("is_head", sa.Boolean, nullable=False),
        sa.Column("relation_code", sa.String(20)),
        sa.Column("district_id", sa.Uuid, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False),
        sa.Column("current_village_id", sa.Uuid),
        sa.Column("id_type_code", sa.String(20)),
        sa.Column("id_number", sa.String(25)),
        sa.Column("phone", sa.String(50)),
        sa.Column("email", sa.String(100)),
        sa.Column("profession_code", sa.String(20)),
        sa.Column("education_code", sa.String(20)),
        sa.Column("first_service_point_id", sa.Uuid),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("status_reason_code", sa.String(20)),
        sa.Column("status_on", sa.Date),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_insuree_insuree"),
        _foreign_key("insuree_insuree", "family_id", "insuree_family"),
        _foreign_key("insuree_insuree", "village_id", "location_location"),
        _foreign_key("insuree_insuree", "current_village_id", "location_location"),
        _foreign_key("insuree_insuree", "first_service_point_id", "location_health_facility"),
    )
    op.create_index(
        "uq_insuree_insuree_insurance_number", "insuree_insuree", ["insurance_number"],
        unique=True, postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    op.create_index(
        "uq_insuree_insuree_head", "insuree_insuree", ["family_id"],
        unique=True, postgresql_where=sa.text("is_head AND ended_at IS NULL"),
    )  # fmt: skip
    _index("insuree_insuree", "family_id", "recorded_at", "id")
    _index("insuree_insuree", "last_name", "other_names", "id")
    _index("insuree_insuree", "district_id", "last_name", "other_names", "id")
    _index("insuree_insuree", "village_id", "last_name", "other_names", "id")
    for column in ("current_village_id", "first_service_point_id", "id_number", "phone"):
        _index("insuree_insuree", column)
    for column in ("insurance_number", "last_name", "other_names"):
        _trigrams("insuree_insuree", column)


def _officers() -> None:
    op.create_table(
        "insuree_officer",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("last_name", sa.String(100), nullable=False),
        sa.Column("other_names", sa.String(100), nullable=False),
        sa.Column("phone", sa.String(50)),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("substitute_id", sa.Uuid),
        sa.Column("account_id", sa.Uuid),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_insuree_officer"),
        _foreign_key("insuree_officer", "substitute_id", "insuree_officer"),
        sa.UniqueConstraint("code", name="uq_insuree_officer_code"),
        sa.UniqueConstraint("account_id", name="uq_insuree_officer_account_id"),
    )
    _index("insuree_officer", "last_name", "other_names", "id")
    _index("insuree_officer", "substitute_id")
    op.create_table(
        "insuree_officer_village",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("officer_id", sa.Uuid, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False),
        *_kept()[:2],
        sa.PrimaryKeyConstraint("id", name="pk_insuree_officer_village"),
        _foreign_key("insuree_officer_village", "officer_id", "insuree_officer"),
        _foreign_key("insuree_officer_village", "village_id", "location_location"),
        sa.UniqueConstraint("officer_id", "village_id", name="uq_insuree_officer_village_officer_id_village_id"),
    )
    _index("insuree_officer_village", "village_id")


def _kept() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return (
        sa.Column("created_at", moment, nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _foreign_key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def _trigrams(table: str, column: str) -> None:
    op.create_index(
        f"ix_{table}_{column}_trgm", table, [column], postgresql_using="gin", postgresql_ops={column: "gin_trgm_ops"}
    )


# What pricing knows of a relation: own members or other ones, and which is the spouse (decision 9).
OWN = {"pricedAs": "OWN", "isSpouse": False}
OTHER = {"pricedAs": "OTHER", "isSpouse": False}
SPOUSE = {"pricedAs": "OWN", "isSpouse": True}
# Whether a confirmation comes with a number, and which status a reason explains.
NUMBERED = {"numberRequired": True}
INACTIVE = {"status": "INACTIVE"}
DEAD = {"status": "DEAD"}

LOOKUPS: dict[str, list[tuple[str, Mapping[str, str], Mapping[str, object]]]] = {
    "gender": [
        ("M", {"en": "Male", "sw": "Mwanaume", "fr": "Homme"}, {}),
        ("F", {"en": "Female", "sw": "Mwanamke", "fr": "Femme"}, {}),
        ("O", {"en": "Other", "sw": "Nyingine", "fr": "Autre"}, {}),
    ],
    "relation": [
        ("1", {"en": "Brother or sister", "sw": "Kaka au dada", "fr": "Frère ou sœur"}, OWN),
        ("2", {"en": "Father or mother", "sw": "Baba au mama", "fr": "Père ou mère"}, OWN),
        ("3", {"en": "Uncle or aunt", "sw": "Mjomba au shangazi", "fr": "Oncle ou tante"}, OWN),
        ("4", {"en": "Son or daughter", "sw": "Mtoto", "fr": "Fils ou fille"}, OWN),
        ("5", {"en": "Grandparent", "sw": "Babu au bibi", "fr": "Grand-parent"}, OWN),
        ("6", {"en": "Employee", "sw": "Mfanyakazi", "fr": "Employé"}, OWN),
        ("7", {"en": "Other", "sw": "Nyingine", "fr": "Autre"}, OTHER),
        ("8", {"en": "Spouse", "sw": "Mwenzi wa ndoa", "fr": "Conjoint"}, SPOUSE),
    ],
    "marital_status": [
        ("M", {"en": "Married", "sw": "Ameoa au ameolewa", "fr": "Marié"}, {}),
        ("S", {"en": "Single", "sw": "Hajaoa au hajaolewa", "fr": "Célibataire"}, {}),
        ("D", {"en": "Divorced", "sw": "Ametalikiwa", "fr": "Divorcé"}, {}),
        ("W", {"en": "Widowed", "sw": "Mjane au mgane", "fr": "Veuf"}, {}),
        ("N", {"en": "Not specified", "sw": "Haijatajwa", "fr": "Non précisé"}, {}),
    ],
    "education": [
        ("1", {"en": "Nursery", "sw": "Chekechea", "fr": "École maternelle"}, {}),
        ("2", {"en": "Primary school", "sw": "Elimu ya msingi", "fr": "École primaire"}, {}),
        ("3", {"en": "Secondary school", "sw": "Elimu ya sekondari", "fr": "École secondaire"}, {}),
        ("4", {"en": "University", "sw": "Chuo kikuu", "fr": "Université"}, {}),
        ("5", {"en": "Postgraduate", "sw": "Shahada ya uzamili", "fr": "Troisième cycle"}, {}),
        ("6", {"en": "Doctorate", "sw": "Shahada ya uzamivu", "fr": "Doctorat"}, {}),
        ("7", {"en": "Other", "sw": "Nyingine", "fr": "Autre"}, {}),
    ],
    "profession": [
        ("1", {"en": "Household", "sw": "Kazi za nyumbani", "fr": "Ménage"}, {}),
        ("2", {"en": "Employee", "sw": "Mwajiriwa", "fr": "Salarié"}, {}),
        ("3", {"en": "Self-employed", "sw": "Amejiajiri", "fr": "Indépendant"}, {}),
        ("4", {"en": "Other", "sw": "Nyingine", "fr": "Autre"}, {}),
    ],
    "family_type": [
        ("H", {"en": "Household", "sw": "Kaya", "fr": "Ménage"}, {}),
        ("C", {"en": "Council", "sw": "Baraza", "fr": "Conseil"}, {}),
        ("G", {"en": "Organisation", "sw": "Taasisi", "fr": "Organisation"}, {}),
        ("P", {"en": "Priests", "sw": "Viongozi wa dini", "fr": "Prêtres"}, {}),
        ("S", {"en": "Students", "sw": "Wanafunzi", "fr": "Étudiants"}, {}),
        ("T", {"en": "Teachers", "sw": "Walimu", "fr": "Enseignants"}, {}),
        ("O", {"en": "Other", "sw": "Nyingine", "fr": "Autre"}, {}),
    ],
    "confirmation_type": [
        ("A", {"en": "Local council", "sw": "Serikali ya mtaa", "fr": "Conseil local"}, NUMBERED),
        ("B", {"en": "Municipality", "sw": "Manispaa", "fr": "Municipalité"}, NUMBERED),
        ("C", {"en": "State", "sw": "Serikali kuu", "fr": "État"}, NUMBERED),
        ("D", {"en": "Other", "sw": "Nyingine", "fr": "Autre"}, {}),
    ],
    "id_type": [
        ("N", {"en": "National identity card", "sw": "Kitambulisho cha taifa", "fr": "Carte d'identité nationale"}, {}),
        ("V", {"en": "Voter card", "sw": "Kadi ya mpiga kura", "fr": "Carte d'électeur"}, {}),
        ("D", {"en": "Driving licence", "sw": "Leseni ya udereva", "fr": "Permis de conduire"}, {}),
        ("P", {"en": "Passport", "sw": "Pasipoti", "fr": "Passeport"}, {}),
    ],
    "status_reason": [
        ("MOVED", {"en": "Moved away", "sw": "Amehama", "fr": "A déménagé"}, INACTIVE),
        ("LEFT", {"en": "Left the scheme", "sw": "Amejitoa", "fr": "A quitté le régime"}, INACTIVE),
        ("DUPLICATE", {"en": "Registered twice", "sw": "Amesajiliwa mara mbili", "fr": "Inscrit deux fois"}, INACTIVE),
        ("DEATH", {"en": "Has died", "sw": "Amefariki", "fr": "Est décédé"}, DEAD),
    ],
    "membership_category": [
        ("STANDARD", {"en": "Pays in full", "sw": "Analipa kamili", "fr": "Paie en entier"}, {}),
        ("POOR", {"en": "Poor household", "sw": "Kaya maskini", "fr": "Ménage pauvre"}, {}),
        ("EXEMPT", {"en": "Exempt from paying", "sw": "Amesamehewa malipo", "fr": "Exempté de paiement"}, {}),
    ],
}  # fmt: skip
