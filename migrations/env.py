"""How Alembic runs the revisions of one module; `core.migrate` says on which connection and for which module."""

from alembic import context

from core.db import Base
from core.migrate import Target
from core.recording import follow_columns

target: Target = context.config.attributes["target"]

context.configure(
    connection=target.connection,
    target_metadata=Base.metadata,
    version_table=target.version_table,
    include_object=target.includes,
    compare_server_default=True,
    on_version_apply=lambda ctx, **_: follow_columns(ctx.connection),
)
# A revision that waits for a busy table would make everybody else wait behind it: better to fail and be run again.
context.execute("SET LOCAL lock_timeout = '5s'")
context.execute("SET LOCAL statement_timeout = '30min'")

with context.begin_transaction():
    context.run_migrations()
