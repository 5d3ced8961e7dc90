"""One statement that writes rows of several tables. The rows of each table are one parameter in JSON."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

import orjson
from cachetools import LRUCache, cached
from sqlalchemy import Float, Table
from sqlalchemy.dialects.postgresql import JSONB

# Statements that are remembered: one for each combination of tables and changed columns.
MAX_STATEMENTS = 512
ORGANIZATIONS = "organizations"


class Write(NamedTuple):
    """Rows of a table to insert, or to update in some columns besides their keys. `updates` is None for new rows."""

    table: Table
    updates: tuple[str, ...] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that rows have in the parameter."""
        if self.updates is None:
            return insertable_columns(self.table)
        return (*(each.name for each in self.table.primary_key), *self.updates)


@cache
def insertable_columns(table: Table) -> tuple[str, ...]:
    """The columns of a new row: all but those that the database counts up by itself."""
    return tuple(column.name for column in table.columns if column.identity is None)


@cache
def is_numbered(table: Table) -> bool:
    """Whether the database counts up a column of a table. Citus takes such rows as values alone, not from a SELECT."""
    return any(column.identity is not None for column in table.columns)


@cache
def json_columns(table: Table) -> frozenset[str]:
    """The columns of a table that hold JSON."""
    return frozenset(column.name for column in table.columns if isinstance(column.type, JSONB))


@cache
def float_columns(table: Table) -> frozenset[str]:
    """The columns of a table that hold floats."""
    return frozenset(column.name for column in table.columns if isinstance(column.type, Float))


def rows_as_json(write: Write, rows: Iterable[Mapping[str, Any]]) -> str:
    """The parameter for rows, each with the columns of the write that are not null: Postgres takes a missing one for
    null, and reads it faster. JSON in columns is given as text."""
    columns, json, floats = write.columns, json_columns(write.table), float_columns(write.table)
    objects = [{name: value for name in columns if (value := row.get(name)) is not None} for row in rows]
    for each in objects:
        for name in json & each.keys():
            each[name] = orjson.Fragment(each[name] if isinstance(each[name], str) else orjson.dumps(each[name]))
        for name in floats & each.keys():
            # JSON has no infinity.
            each[name] = each[name] if isfinite(each[name]) else str(each[name])
    return orjson.dumps(objects, default=_encode).decode()


@cached(LRUCache(MAX_STATEMENTS))
def write_statement(writes: tuple[Write, ...], organization: int = 1, first: int = 2, reading: str = "") -> str:
    """The statement of some writes. The parameter `organization` is the tenant, and those from `first` on are the rows
    of each write. The organization itself must be there already.

    `reading` is a SELECT that sees what is written: a name of a table stands for its rows after the writes. Between
    the rows of one message nothing may depend on an order: foreign keys are checked at the end, unique keys at once.
    """
    parts = [
        f"written_{number} AS ({_write_text(write, first + number, organization)}{_returning(write, reading)})"
        for number, write in enumerate(writes)
    ]
    tables = dict.fromkeys(each.table for each in writes)
    parts += [_overlay(table, writes, organization) for table in tables if _is_read(table, reading)]
    return f"WITH {', '.join(parts)} {reading or 'SELECT'}"


def inserts_organization(writes: Iterable[Write]) -> bool:
    """Whether a new organization is among the writes, on which the other ones depend."""
    return any(write.updates is None and write.table.name == ORGANIZATIONS for write in writes)


def _write_text(write: Write, parameter: int, organization: int) -> str:
    name = write.table.name
    rows = f"jsonb_populate_recordset(CAST(NULL AS {name}), CAST(CAST(${parameter} AS text) AS jsonb)) AS n"
    if write.updates is None:
        # Rows that come with a row of the tenant can be inserted on the machine that has the tenant.
        values = ", ".join("g.id" if each == "organization_id" else f"n.{each}" for each in write.columns)
        source = f"SELECT {values} FROM {ORGANIZATIONS} g CROSS JOIN {rows} WHERE g.id = ${organization}"
        return f"INSERT INTO {name} AS t ({', '.join(write.columns)}) {source}"
    keys = " AND ".join(f"t.{each.name} = n.{each.name}" for each in write.table.primary_key)
    keys = f"t.{_tenant_column(write.table)} = ${organization} AND {keys}"
    assignments = ", ".join(f"{each} = n.{each}" for each in write.updates)
    return f"UPDATE {name} AS t SET {assignments} FROM {rows} WHERE {keys}"


def _returning(write: Write, reading: str) -> str:
    return " RETURNING t.*" if _is_read(write.table, reading) else ""


def _overlay(table: Table, writes: tuple[Write, ...], organization: int) -> str:
    """The rows of a table after the writes, under its own name, which means the table itself up to there."""
    numbers = [(number, each) for number, each in enumerate(writes) if each.table is table]
    updated = [f"SELECT w.id FROM written_{number} w" for number, each in numbers if each.updates is not None]
    unchanged = f"{_tenant_column(table)} = ${organization}"
    if updated:
        unchanged += f" AND id NOT IN ({' UNION ALL '.join(updated)})"
    written = "".join(f" UNION ALL SELECT * FROM written_{number}" for number, _ in numbers)
    return f"{table.name} AS NOT MATERIALIZED (SELECT * FROM {table.name} WHERE {unchanged}{written})"


def _tenant_column(table: Table) -> str:
    return "id" if table.name == ORGANIZATIONS else "organization_id"


def _is_read(table: Table, reading: str) -> bool:
    return re.search(rf"\b{table.name}\b", reading) is not None


def _encode(value: Any) -> str:
    """The text of a value that the encoder does not know, which Postgres reads."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    # Decimals.
    return str(value)
