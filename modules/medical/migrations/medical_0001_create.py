"""The registers of diagnoses, items and services, price lists with their lines, and which facility is paid by which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from core.history import keep_history

revision = "medical_0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "medical_diagnosis",
    "medical_item",
    "medical_service",
    "medical_service_part",
    "medical_price_list",
    "medical_price_list_line",
    "medical_facility_price_lists",
)


def upgrade() -> None:
    """Create the module's tables."""
    _registers()
    _price_lists()
    keep_history(*TABLES)


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _registers() -> None:
    op.create_table(
        "medical_diagnosis",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("code", sa.String(6), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_medical_diagnosis"),
    )
    _unique("medical_diagnosis", "uq_medical_diagnosis_code", "code", where="ended_at IS NULL")
    op.create_table(
        "medical_item",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("package", sa.String(255)),
        sa.Column("quantity", sa.Numeric(18, 2)),
        sa.Column("price", sa.Numeric(18, 2), nullable=False),
        sa.Column("care_type", sa.String(24), nullable=False),
        sa.Column("patient_mask", sa.Integer, nullable=False),
        sa.Column("frequency_days", sa.Integer),
        sa.Column("maximum_quantity", sa.Numeric(18, 2)),
        sa.Column("code", sa.String(6), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_medical_item"),
    )
    _unique("medical_item", "uq_medical_item_code", "code", where="ended_at IS NULL")
    op.create_table(
        "medical_service",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("level", sa.String(24), nullable=False),
        sa.Column("category", sa.String(24)),
        sa.Column("package_type", sa.String(24), nullable=False),
        sa.Column("manual_price", sa.Boolean, nullable=False),
        sa.Column("price", sa.Numeric(18, 2), nullable=False),
        sa.Column("care_type", sa.String(24), nullable=False),
        sa.Column("patient_mask", sa.Integer, nullable=False),
        sa.Column("frequency_days", sa.Integer),
        sa.Column("maximum_quantity", sa.Numeric(18, 2)),
        sa.Column("code", sa.String(6), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_medical_service"),
    )
    _unique("medical_service", "uq_medical_service_code", "code", where="ended_at IS NULL")
    op.create_table(
        "medical_service_part",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("service_id", sa.Uuid, nullable=False),
        sa.Column("line_no", sa.Integer, nullable=False),
        sa.Column("item_id", sa.Uuid),
        sa.Column("sub_service_id", sa.Uuid),
        sa.Column("quantity", sa.Numeric(18, 2), nullable=False),
        sa.Column("price", sa.Numeric(18, 2), nullable=False),
        *_times(),
        sa.CheckConstraint("num_nonnulls(item_id, sub_service_id) = 1", name="ck_medical_service_part_one_element"),
        sa.ForeignKeyConstraint(["item_id"], ["medical_item.id"], name="fk_medical_service_part_item_id"),
        sa.ForeignKeyConstraint(
            ["service_id"], ["medical_service.id"], name="fk_medical_service_part_service_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sub_service_id"], ["medical_service.id"], name="fk_medical_service_part_sub_service_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_medical_service_part"),
    )
    _index("medical_service_part", "item_id")
    _index("medical_service_part", "sub_service_id")
    _unique("medical_service_part", "uq_medical_service_part_service_id_line_no", "service_id", "line_no")


def _price_lists() -> None:
    op.create_table(
        "medical_price_list",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("location_id", sa.Uuid),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_medical_price_list_valid_from_to"),
        sa.ForeignKeyConstraint(["location_id"], ["location_location.id"], name="fk_medical_price_list_location_id"),
        sa.PrimaryKeyConstraint("id", name="pk_medical_price_list"),
    )
    _index("medical_price_list", "location_id")
    _unique("medical_price_list", "uq_medical_price_list_name", "name", where="ended_at IS NULL")
    op.create_table(
        "medical_price_list_line",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("price_list_id", sa.Uuid, nullable=False),
        sa.Column("item_id", sa.Uuid),
        sa.Column("service_id", sa.Uuid),
        sa.Column("own_price", sa.Numeric(18, 2)),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        *_times(),
        ExcludeConstraint(
            (sa.column("price_list_id"), "="),
            (sa.text("coalesce(item_id, service_id)"), "="),
            (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"),
            using="gist",
            name="ex_medical_price_list_line_validity",
        ),
        sa.CheckConstraint("num_nonnulls(item_id, service_id) = 1", name="ck_medical_price_list_line_one_element"),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_medical_price_list_line_valid_from_to"),
        sa.ForeignKeyConstraint(["item_id"], ["medical_item.id"], name="fk_medical_price_list_line_item_id"),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["medical_price_list.id"], name="fk_medical_price_list_line_price_list_id"
        ),
        sa.ForeignKeyConstraint(["service_id"], ["medical_service.id"], name="fk_medical_price_list_line_service_id"),
        sa.PrimaryKeyConstraint("id", name="pk_medical_price_list_line"),
    )
    _index("medical_price_list_line", "item_id")
    _index("medical_price_list_line", "price_list_id", "item_id", "valid_from")
    _index("medical_price_list_line", "price_list_id", "service_id", "valid_from")
    _index("medical_price_list_line", "service_id")
    op.create_table(
        "medical_facility_price_lists",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("health_facility_id", sa.Uuid, nullable=False),
        sa.Column("services_list_id", sa.Uuid),
        sa.Column("items_list_id", sa.Uuid),
        *_times(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["health_facility_id"],
            ["location_health_facility.id"],
            name="fk_medical_facility_price_lists_health_facility_id",
        ),
        sa.ForeignKeyConstraint(
            ["items_list_id"], ["medical_price_list.id"], name="fk_medical_facility_price_lists_items_list_id"
        ),
        sa.ForeignKeyConstraint(
            ["services_list_id"], ["medical_price_list.id"], name="fk_medical_facility_price_lists_services_list_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_medical_facility_price_lists"),
        sa.UniqueConstraint("health_facility_id", name="uq_medical_facility_price_lists_health_facility_id"),
    )
    _index("medical_facility_price_lists", "items_list_id")
    _index("medical_facility_price_lists", "services_list_id")


def _times() -> tuple[sa.Column[object], ...]:
    moment = sa.DateTime(timezone=True)
    return sa.Column("created_at", moment, nullable=False), sa.Column("updated_at", moment, nullable=False)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, [*columns])


def _unique(table: str, name: str, *columns: str, where: str | None = None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, [*columns], unique=True, postgresql_where=condition)
