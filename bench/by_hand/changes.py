"""The changes of a request as statements that write the same rows."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import asyncpg

from service.postgres.tables import tables_in_order

Key: TypeAlias = "tuple[object, ...]"
COLUMNS = """
    SELECT c.relname AS table_name, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
           a.attnum = ANY(coalesce(i.indkey, '')) AS is_key
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
      AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
    ORDER BY c.relname, a.attnum"""


# The driver takes the first moment of all for minus infinity.
MOMENTS = "timestamp with time zone[]"


class Column(NamedTuple):
    """A column that can be written."""

    name: str
    type: str
    is_key: bool


class Change(NamedTuple):
    """A row that a request has inserted, updated or deleted, by its key.

    `values` are the columns that have changed, `row` are all of them afterwards.
    """

    table: str
    verb: str
    key: Key
    values: Mapping[str, object]
    row: Mapping[str, object]


class Step(NamedTuple):
    """A statement and its arguments; several are sent in one message."""

    statement: str
    arguments: Sequence[Sequence[object]]


async def columns_by_table(connection: asyncpg.Connection) -> dict[str, list[Column]]:
    """The columns of all tables that can be written."""
    tables: dict[str, list[Column]] = {}
    for row in await connection.fetch(COLUMNS):
        tables.setdefault(row["table_name"], []).append(Column(row["name"], row["type"], row["is_key"]))
    return tables


def native(column: Column, value: object) -> object:
    """A value as an argument of a step."""
    if column.type == MOMENTS and isinstance(value, list):
        return [moment.isoformat() for moment in value]
    return value


def merged(changes: Sequence[Change]) -> list[Change]:
    """One change for each row, in the order of the first ones."""
    by_row: dict[tuple[str, Key], Change] = {}
    for change in changes:
        row = (change.table, change.key)
        previous = by_row.get(row)
        if previous is not None and previous.verb == "INSERT" and change.verb == "DELETE":
            del by_row[row]
        elif previous is None or change.verb == "DELETE":
            by_row[row] = change
        else:
            by_row[row] = previous._replace(values={**previous.values, **change.values}, row=change.row)
    return list(by_row.values())


def steps(changes: Sequence[Change], tables: Mapping[str, Sequence[Column]]) -> list[Step]:
    """Statements that make the changes: one for all rows of a table that are inserted, updated or deleted.

    One statement may have changed several tables, which triggers record in any order. So new rows come last, each table
    after those that it references: a new row may take what a changed one gives up.
    """
    positions = {table.name: number for number, table in enumerate(tables_in_order())}
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.table, change.verb), []).append(change)
    ordered = sorted(groups.items(), key=lambda each: positions.get(each[0][0], 0) if each[0][1] == "INSERT" else -1)
    return [_step(verb, tables[table], group) for (table, verb), group in ordered]


def _step(verb: str, columns: Sequence[Column], group: Sequence[Change]) -> Step:
    table = group[0].table
    written = [column for column in columns if any(column.name in change.values for change in group)]
    keys = [column.name for column in columns if column.is_key]
    where = " AND ".join(f"{name} = ${number}" for number, name in enumerate(keys, 1))
    rows = [tuple(change.row[column.name] for column in written) for change in group]
    if verb == "DELETE":
        return Step(f"DELETE FROM {table} WHERE {where}", [change.key for change in group])
    if verb == "UPDATE":
        assigned = ", ".join(
            f"{column.name} = {_parameter(number, column)}" for number, column in enumerate(written, len(keys) + 1)
        )
        arguments = [(*change.key, *row) for change, row in zip(group, rows, strict=True)]
        return Step(f"UPDATE {table} SET {assigned} WHERE {where}", arguments)
    into = f"INSERT INTO {table} ({', '.join(column.name for column in written)})"
    if len(group) > 1 and not any(column.type.endswith("[]") for column in written):
        arrays = ", ".join(f"${number}::{column.type}[]" for number, column in enumerate(written, 1))
        return Step(f"{into} SELECT * FROM unnest({arrays})", [[list(values) for values in zip(*rows, strict=True)]])
    parameters = ", ".join(_parameter(number, column) for number, column in enumerate(written, 1))
    return Step(f"{into} VALUES ({parameters})", rows)


def _parameter(number: int, column: Column) -> str:
    return f"${number}::text[]::{column.type}" if column.type == MOMENTS else f"${number}"
