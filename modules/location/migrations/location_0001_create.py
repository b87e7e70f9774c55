"""Places, health facilities, their identifiers and catchments, and the lookups they use."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history
from core.lookups import add_lookups, remove_lookups

revision = "location_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the module's tables."""
    _locations()
    _facilities()
    _details()
    keep_history(
        "location_location", "location_health_facility", "location_facility_identifier", "location_facility_catchment"
    )
    _lookups()


def downgrade() -> None:
    """Drop them."""
    for table in ("facility_catchment", "facility_identifier", "health_facility", "location"):
        op.drop_table(f"location_{table}")
    remove_lookups("facility_level", "facility_sub_level", "legal_form", "facility_register")


def _locations() -> None:
    op.create_table(
        "location_location",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("level", sa.String(24), nullable=False),
        sa.Column("parent_id", sa.Uuid),
        sa.Column("region_id", sa.Uuid, nullable=False),
        sa.Column("district_id", sa.Uuid),
        sa.Column("ward_id", sa.Uuid),
        sa.Column("village_id", sa.Uuid),
        sa.Column("male_population", sa.Integer),
        sa.Column("female_population", sa.Integer),
        sa.Column("other_population", sa.Integer),
        sa.Column("families", sa.Integer),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_location_location"),
        sa.ForeignKeyConstraint(["parent_id"], ["location_location.id"], name="fk_location_location_parent_id"),
        sa.UniqueConstraint("level", "code", name="uq_location_location_level_code"),
        sa.CheckConstraint("(level = 'REGION') = (parent_id IS NULL)", name="ck_location_location_parent"),
    )
    _index("location_location", "parent_id", "name", "id")
    _index("location_location", "region_id")
    _index("location_location", "district_id")
    _index("location_location", "ward_id")
    _index("location_location", "name", "id")
    _index("location_location", "level", "name", "id")
    _trigrams("location_location", "code", "name")


def _facilities() -> None:
    op.create_table(
        "location_health_facility",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("level_code", sa.String(20), nullable=False),
        sa.Column("sub_level_code", sa.String(20)),
        sa.Column("legal_form_code", sa.String(20), nullable=False),
        sa.Column("care_type", sa.String(24), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("location_id", sa.Uuid, nullable=False),
        sa.Column("address", sa.String(200)),
        sa.Column("phone", sa.String(50)),
        sa.Column("fax", sa.String(50)),
        sa.Column("email", sa.String(100)),
        sa.Column("account_code", sa.String(25)),
        sa.Column("contract_from", sa.Date),
        sa.Column("contract_to", sa.Date),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_location_health_facility"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location_location.id"], name="fk_location_health_facility_location_id"
        ),
        sa.UniqueConstraint("code", name="uq_location_health_facility_code"),
    )
    _index("location_health_facility", "location_id", "name", "id")
    _index("location_health_facility", "name", "id")
    _trigrams("location_health_facility", "code", "name")


def _details() -> None:
    op.create_table(
        "location_facility_identifier",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("facility_id", sa.Uuid, nullable=False),
        sa.Column("system_code", sa.String(20), nullable=False),
        sa.Column("value", sa.String(50), nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_location_facility_identifier"),
        _facility_key("location_facility_identifier"),
        sa.UniqueConstraint(
            "facility_id", "system_code", name="uq_location_facility_identifier_facility_id_system_code"
        ),
        sa.UniqueConstraint("system_code", "value", name="uq_location_facility_identifier_system_code_value"),
    )
    op.create_table(
        "location_facility_catchment",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("facility_id", sa.Uuid, nullable=False),
        sa.Column("location_id", sa.Uuid, nullable=False),
        sa.Column("percent", sa.Numeric(5, 2), nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name="pk_location_facility_catchment"),
        _facility_key("location_facility_catchment"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location_location.id"], name="fk_location_facility_catchment_location_id"
        ),
        sa.UniqueConstraint(
            "facility_id", "location_id", name="uq_location_facility_catchment_facility_id_location_id"
        ),
    )
    _index("location_facility_catchment", "location_id")


def _lookups() -> None:
    add_lookups(
        "facility_level",
        [
            ("D", {"en": "Dispensary", "sw": "Zahanati", "fr": "Dispensaire"}),
            ("C", {"en": "Health centre", "sw": "Kituo cha afya", "fr": "Centre de santé"}),
            ("H", {"en": "Hospital", "sw": "Hospitali", "fr": "Hôpital"}),
        ],
    )
    add_lookups(
        "facility_sub_level",
        [
            ("N", {"en": "No sub-level", "sw": "Hakuna ngazi ndogo", "fr": "Sans sous-niveau"}),
            ("I", {"en": "Integrated", "sw": "Jumuishi", "fr": "Intégré"}),
            ("R", {"en": "Reference", "sw": "Rufaa", "fr": "Référence"}),
        ],
    )
    add_lookups(
        "legal_form",
        [
            ("G", {"en": "Government", "sw": "Serikali", "fr": "Gouvernement"}),
            ("D", {"en": "District organisation", "sw": "Taasisi ya wilaya", "fr": "Organisation de district"}),
            ("C", {"en": "Charity", "sw": "Shirika la hisani", "fr": "Organisation caritative"}),
            ("P", {"en": "Private", "sw": "Binafsi", "fr": "Privé"}),
        ],
    )
    add_lookups(
        "facility_register",
        [
            (
                "HFR",
                {"en": "Facility Registry", "sw": "Rejesta ya vituo vya afya", "fr": "Registre sanitaire"},
            ),
            ("NHIF", {"en": "NHIF", "sw": "NHIF", "fr": "NHIF"}),
            ("DHIS2", {"en": "DHIS2", "sw": "DHIS2", "fr": "DHIS2"}),
        ],
    )


def _times() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return sa.Column("created_at", moment, nullable=False), sa.Column("updated_at", moment, nullable=False)


def _facility_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["facility_id"], ["location_health_facility.id"], name=f"fk_{table}_facility_id", ondelete="CASCADE"
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def _trigrams(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(
            f"ix_{table}_{column}_trgm", table, [column], postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
        )  # fmt: skip
