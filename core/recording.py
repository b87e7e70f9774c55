"""The triggers that fill the history: for each table a function that knows its columns, called once a statement.

A trigger for each row would ask PostgreSQL for a row's columns anew each time and costs three times as much (decision
0017). The price is that a function must be made again when its table gets other columns: `follow_columns` does so after
every revision.
"""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

LONGEST = 63 - len("core_history_of_")
"""Characters of a table's name: PostgreSQL would cut the function's."""

MOST_ARGUMENTS = 99
"""What `concat_ws` takes besides its comma."""

TRIGGERS = {
    "INSERT": "NEW TABLE AS new_rows",
    "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "OLD TABLE AS old_rows",
}

# It runs with its owner's rights: a role that may write tables adds to the history only by changing rows. A plan that
# was made for one row is kept for a thousand: without nested loops it suits both.
FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_nestloop = off AS $function$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO core_history (at, table_name, row_id, action, actor_id, request_id, changes)
        SELECT {signature}, came.id, 'I', {signed}, ('{{' || {inserted} || '}}')::jsonb FROM new_rows AS came;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Whoever changes an id leaves a trace under both.
        INSERT INTO core_history (at, table_name, row_id, action, actor_id, request_id, changes)
        SELECT {signature}, id, 'U', {signed}, ('{{' || changes || '}}')::jsonb
        FROM (
            SELECT coalesce(came.id, went.id) AS id, {updated} AS changes
            FROM new_rows AS came FULL JOIN old_rows AS went ON went.id = came.id OFFSET 0
        ) AS changed
        WHERE changes <> '';
    ELSE
        INSERT INTO core_history (at, table_name, row_id, action, actor_id, request_id, changes)
        SELECT {signature}, went.id, 'D', {signed}, ('{{' || {deleted} || '}}')::jsonb FROM old_rows AS went;
    END IF;
    RETURN NULL;
END $function$
"""
SIGNED = "nullif(current_setting('bima.actor', true), '')::uuid, nullif(current_setting('bima.request', true), '')"

OUT_OF_DATE = """
    SELECT relname, tgargs
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_attribute ON attrelid = tgrelid
    WHERE tgname = 'core_history_insert' AND relnamespace = current_schema()::regnamespace
        AND attnum > 0 AND NOT attisdropped
    GROUP BY relname, tgargs, tgfoid
    HAVING string_agg(attname, ', ' ORDER BY attnum) IS DISTINCT FROM obj_description(tgfoid, 'pg_proc')
    ORDER BY relname
"""
COLUMNS = """
    SELECT attname, atttypid IN ('json'::regtype, 'xml'::regtype) AS without_equality
    FROM pg_attribute WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
LEFT_BEHIND = """
    SELECT proname FROM pg_proc
    WHERE proname LIKE 'core\\_history\\_of\\_%' AND pronamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgfoid = pg_proc.oid)
        AND to_regclass(quote_ident(substr(proname, 17))) IS NULL
"""


def record(connection: Connection, table: str, unrecorded: Sequence[str]) -> None:
    """Record every change of a table's rows from now on; made again, it knows the columns that the table has now.

    Raises:
        ValueError: the table's name is too long.
    """
    if len(table) > LONGEST:
        raise ValueError(f'"{table}" is too long a name for a table with a history: {LONGEST} characters at most')
    _make_function(connection, table, unrecorded)
    arguments = ", ".join(map(_literal, unrecorded))
    for event, rows in TRIGGERS.items():
        _run(
            connection,
            f"CREATE OR REPLACE TRIGGER core_history_{event.lower()} AFTER {event} ON {_name(table)} "
            f"REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {_function(table)}({arguments})",
        )


def stop_recording(connection: Connection, table: str) -> None:
    """Record no further changes of a table; what was recorded stays."""
    for event in TRIGGERS:
        _run(connection, f"DROP TRIGGER core_history_{event.lower()} ON {_name(table)}")
    _run(connection, f"DROP FUNCTION {_function(table)}")


def follow_columns(connection: Connection) -> None:
    """Bring what records in line with what a revision did: tables with other columns, and tables that are gone."""
    for table, unrecorded in connection.execute(text(OUT_OF_DATE)).all():
        _make_function(connection, table, trigger_arguments(unrecorded))
    for (function,) in connection.execute(text(LEFT_BEHIND)).all():
        _run(connection, f"DROP FUNCTION {_name(function)}")


def trigger_arguments(stored: bytes) -> list[str]:
    """A trigger's arguments as PostgreSQL stores them: each ends with a zero."""
    return [argument.decode() for argument in bytes(stored).split(b"\0")[:-1]]


def _make_function(connection: Connection, table: str, unrecorded: Iterable[str]) -> None:
    columns = columns_of(connection, table)
    _run(connection, _code(table, columns, unrecorded))
    # Whoever could make a trigger of it, if only on a table of his own, would write what he likes into the history.
    _run(connection, f"REVOKE ALL ON FUNCTION {_function(table)}() FROM PUBLIC")
    all_of_them = _literal(", ".join(name for name, _ in columns))
    _run(connection, f"COMMENT ON FUNCTION {_function(table)}() IS {all_of_them}")


def columns_of(connection: Connection, table: str) -> list[tuple[str, bool]]:
    """A table's columns in their order, and whether their type knows no equality."""
    found = connection.execute(text(COLUMNS), {"table": _name(table)})
    return [(name, without_equality) for name, without_equality in found]


def body(table: str, columns: Sequence[tuple[str, bool]], unrecorded: Iterable[str]) -> str:
    """What the function of a table with these columns does, as PostgreSQL keeps it."""
    return _code(table, columns, unrecorded).split("$function$")[1]


def columns_recorded(body: str, columns: Iterable[str]) -> set[str]:
    """Those of the columns that a function records."""
    return {name for name in columns if _came(name) in body}


def _code(table: str, columns: Sequence[tuple[str, bool]], unrecorded: Iterable[str]) -> str:
    left_out = set(unrecorded)
    recorded = [(name, without_equality) for name, without_equality in columns if name not in left_out]
    return FUNCTION.format(
        function=_function(table),
        signature=f"now(), {_literal(table)}",
        signed=SIGNED,
        inserted=_joined(_came(name) for name, _ in recorded),
        updated=_joined(_changed(name, without_equality) for name, without_equality in recorded),
        deleted=_joined(_went(name) for name, _ in recorded),
    )


def _joined(pieces: Iterable[str]) -> str:
    """SQL of the pieces of JSON that are not null, with commas in between."""
    left = list(pieces)
    if len(left) <= MOST_ARGUMENTS:
        return f"concat_ws(',', {', '.join(left)})"
    parts = range(0, len(left), MOST_ARGUMENTS)
    return _joined(f"nullif({_joined(left[at : at + MOST_ARGUMENTS])}, '')" for at in parts)


def _came(column: str) -> str:
    return f"{_key(column, 'after')} || to_json(came.{_name(column)}) || '}}'"


def _went(column: str) -> str:
    return f"{_key(column, 'before')} || to_json(went.{_name(column)}) || '}}'"


def _changed(column: str, without_equality: bool) -> str:
    went, came = f"went.{_name(column)}", f"came.{_name(column)}"
    compared = [f"{each}::text" if without_equality else each for each in (went, came)]
    before, after = (f"coalesce(to_json({each})::text, 'null')" for each in (went, came))
    return (
        f"CASE WHEN {compared[0]} IS DISTINCT FROM {compared[1]} "
        f"THEN {_key(column, 'before')} || {before} || ',\"after\":' || {after} || '}}' END"
    )


def _key(column: str, side: str) -> str:
    return _literal(f'{json.dumps(column, ensure_ascii=False)}:{{"{side}":')


def _function(table: str) -> str:
    return _name(f"core_history_of_{table}")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))
