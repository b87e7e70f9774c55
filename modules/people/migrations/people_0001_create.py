"""Accounts, roles, grants and sessions."""

import sqlalchemy as sa
from alembic import op

from core.history import keep_history

revision = "people_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the module's tables."""
    _accounts()
    _roles()
    op.create_table(
        "people_grant",
        *_row(),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("people_account.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("object_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_people_grant"),
        sa.UniqueConstraint(
            "account_id",
            "kind",
            "object_id",
            name="uq_people_grant_account_id_kind_object_id",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_people_grant_object_id", "people_grant", ["object_id"])
    _sessions()
    keep_history("people_account", secret=("password_hash",))
    keep_history("people_role", "people_role_right", "people_account_role", "people_grant")


def downgrade() -> None:
    """Drop them."""
    for table in ("seeded_right", "sign_in_try", "session", "grant", "account_role", "role_right", "role", "account"):
        op.drop_table(f"people_{table}")


def _accounts() -> None:
    op.create_table(
        "people_account",
        *_row(versioned=True),
        sa.Column("username", sa.String(60), nullable=False),
        sa.Column("last_name", sa.String(100), nullable=False),
        sa.Column("other_names", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("phone", sa.String(50)),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("credentials_version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_account"),
    )
    op.create_index("uq_people_account_username", "people_account", [sa.text("lower(username)")], unique=True)
    op.create_index("ix_people_account_username_id", "people_account", ["username", "id"])
    op.create_index("ix_people_account_last_name_other_names_id", "people_account", ["last_name", "other_names", "id"])


def _roles() -> None:
    op.create_table(
        "people_role",
        *_row(versioned=True),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("system", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_role"),
        sa.UniqueConstraint("code", name="uq_people_role_code"),
    )
    op.create_index("ix_people_role_name_id", "people_role", ["name", "id"])
    op.create_table(
        "people_role_right",
        *_row(),
        sa.Column("role_id", sa.Uuid, sa.ForeignKey("people_role.id"), nullable=False),
        sa.Column("right_name", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_role_right"),
        sa.UniqueConstraint("role_id", "right_name", name="uq_people_role_right_role_id_right_name"),
    )
    op.create_table(
        "people_account_role",
        *_row(),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("people_account.id"), nullable=False),
        sa.Column("role_id", sa.Uuid, sa.ForeignKey("people_role.id"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people_account_role"),
        sa.UniqueConstraint("account_id", "role_id", name="uq_people_account_role_account_id_role_id"),
    )
    op.create_index("ix_people_account_role_role_id", "people_account_role", ["role_id"])
    op.create_table(
        "people_seeded_right",
        sa.Column("role_code", sa.String(40), nullable=False),
        sa.Column("right_name", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("role_code", "right_name", name="pk_people_seeded_right"),
    )


def _sessions() -> None:
    op.create_table(
        "people_session",
        *_row(),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("people_account.id"), nullable=False),
        sa.Column("device_name", sa.String(100), nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("previous_token_hash", sa.LargeBinary),
        sa.Column("rotated_at", sa.DateTime(timezone=True)),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_people_session"),
    )
    used = ["account_id", "last_used_at", "id"]
    op.create_index("ix_people_session_account_id_last_used_at_id", "people_session", used)
    op.create_index("ix_people_session_expires_at", "people_session", ["expires_at"])
    op.create_table(
        "people_sign_in_try",
        sa.Column("name_hash", sa.LargeBinary, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name_hash", name="pk_people_sign_in_try"),
    )
    op.create_index("ix_people_sign_in_try_last_at", "people_sign_in_try", ["last_at"])


def _row(*, versioned: bool = False) -> list[sa.Column[object]]:
    columns: list[sa.Column[object]] = [
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]
    return [*columns, sa.Column("version", sa.Integer, nullable=False)] if versioned else columns
