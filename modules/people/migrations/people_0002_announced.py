"""What changes the actors is announced to every process: accounts, devices, roles, rights and grants."""

from alembic import op

from core.actors import actors_depend_on

revision = "people_0002"
down_revision = "people_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Watch the tables that access tokens are judged by."""
    account = "username, active, must_change_password, credentials_version"
    actors_depend_on("people_account", when=f"UPDATE OF {account} OR DELETE", account="id")
    actors_depend_on("people_session", when="UPDATE OF ended_at, account_id OR DELETE", account="account_id")
    for table in ("people_account_role", "people_role_right", "people_grant"):
        actors_depend_on(table)


def downgrade() -> None:
    """Watch them no more."""
    for table in ("account", "session", "account_role", "role_right", "grant"):
        op.execute(f"DROP TRIGGER core_actors ON people_{table}")
