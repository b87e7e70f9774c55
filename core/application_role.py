"""The database role of servers and workers that does not own the tables: it changes rows, and the history only by that.

`bima migrate` gives it what it needs, as whoever owns the tables. What writes the history runs with the owner's rights:
the triggers (`core.recording`), the note that somebody looked (`core.reading`) and redaction (`core.sealing`). Sealing
adds blocks and moves the head; it changes nothing that lies in the history or in a block.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from core.settings import StartError

READ_ONLY = ("core_history", "core_history_block", "core_history_head", "core_history_redaction", "core_module")
"""Tables that the role only reads, as it does those of the modules' revisions."""
FUNCTIONS = ("core_note_reading", "core_redact")
"""What it may call although nobody else may."""

_OWNER = text("""
    SELECT pg_has_role(current_user, relowner, 'USAGE'), relowner::regrole::text, quote_ident(current_schema())
    FROM pg_class WHERE oid = 'core_history'::regclass
""")
_ROLE = text("""
    SELECT quote_ident(rolname), rolsuper OR pg_has_role(oid, CAST(:owner AS regrole), 'USAGE') FROM pg_roles
    WHERE rolname = :role
""")
_VERSIONS = text("""
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND starts_with(relname, 'bima_version_')
    ORDER BY relname
""")


def grant(connection: Connection, role: str) -> None:
    """Give the role what it needs, and take what it does not; whoever does not own the tables changes nothing.

    Raises:
        StartError: there is no such role, or it owns the tables.
    """
    owns, owner, schema = connection.execute(_OWNER).one()
    if not owns:
        return
    found = connection.execute(_ROLE, {"role": role, "owner": owner}).one_or_none()
    if found is None:
        raise StartError(f"There is no role {role}: CREATE ROLE {role} LOGIN; or set application_role to another one.")
    name, is_owner = found
    if is_owner:
        raise StartError(f"The role {role} owns the tables: set application_role to another one, or leave it out.")
    read_only = [*READ_ONLY, *connection.scalars(_VERSIONS)]
    for statement in _statements(name, schema, ", ".join(read_only)):
        connection.exec_driver_sql(statement)


def _statements(role: str, schema: str, read_only: str) -> Iterator[str]:
    for kind in ("TABLES", "SEQUENCES"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA {schema} FROM {role}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON {read_only} FROM {role}"
    yield f"GRANT INSERT ON core_history_block TO {role}"
    yield f"GRANT UPDATE ON core_history_head TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    yield f"REVOKE USAGE ON SEQUENCE core_history_id_seq FROM {role}"
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {role}"


_MAY = """
    SELECT quote_ident(current_user), pg_has_role(current_user, relowner, 'USAGE'),
        has_table_privilege('core_history', 'INSERT, UPDATE, DELETE, TRUNCATE')
        OR has_table_privilege('core_history_block', 'UPDATE, DELETE, TRUNCATE'),
        has_schema_privilege(relnamespace, 'CREATE'),
        (
            SELECT count(*) FROM pg_class AS t WHERE t.relnamespace = core.relnamespace AND t.relkind = 'r'
            AND NOT (has_table_privilege(t.oid, 'SELECT') AND (
                has_table_privilege(t.oid, 'INSERT') OR starts_with(t.relname, 'bima_version_') OR t.relname = ANY(%s)
            ))
        )
    FROM pg_class AS core WHERE oid = 'core_history'::regclass
"""


async def may(connection: Any) -> tuple[str, list[str], int]:
    """Who is connected, what of the owner's they may do, and on how many tables they may not do what they need."""
    [(role, owns, rewrites, creates, missing)] = await (await connection.execute(_MAY, [list(READ_ONLY)])).fetchall()
    found = ["owns the tables"] if owns else []
    found += ["may change the history"] if rewrites else []
    found += ["may make tables"] if creates else []
    return role, found, missing
