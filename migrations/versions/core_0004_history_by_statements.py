"""The history is written once a statement: the triggers of each row make way for those of each statement."""

from alembic import op

from core.recording import record, trigger_arguments

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None

OLD = """
    SELECT relname, tgargs FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE tgname = 'core_history' AND relnamespace = current_schema()::regnamespace ORDER BY relname
"""


def upgrade() -> None:
    connection = op.get_bind()
    for table, arguments in connection.exec_driver_sql(OLD).all():
        op.execute(f'DROP TRIGGER core_history ON "{table}"')
        record(connection, table, trigger_arguments(arguments))
    op.execute("DROP FUNCTION IF EXISTS core_keep_history()")


def downgrade() -> None:
    raise NotImplementedError("every module stands on these tables: drop the database instead")
