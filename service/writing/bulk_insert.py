"""Inserts very many rows of a table. Each column is one array, which costs a third of one execution for each row."""

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, Numeric, Table, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from service.writing.write_statement import (
    ORGANIZATIONS,
    Write,
    insertable_columns,
    is_numbered,
    rows_as_json,
    write_statement,
)
from service.writing.yielding import let_others

TENANT = "organization_id"
# Rows of one message; the driver encodes them without a turn of others.
MAX_ROWS_A_MESSAGE = 300
# The types of parameters by the types of columns; all others are texts. Float is a Numeric, so it comes first.
TYPES: tuple[tuple[type[Any], str], ...] = (
    (Uuid, "uuid"),
    (DateTime, "timestamptz"),
    (Date, "date"),
    (Boolean, "bool"),
    (Integer, "int8"),
    (Float, "float8"),
    (Numeric, "numeric"),
    (LargeBinary, "bytea"),
    (JSONB, "jsonb"),
)


class _Column(NamedTuple):
    """A column of rows, and how its values are sent: all alike as one value, exact numbers as the text of an array,
    which the driver encodes in a seventh of the time, and others as an array."""

    name: str
    type: str
    form: str


async def insert_rows(
    connection: "asyncpg.Connection[Any]",
    organization_id: UUID,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    are_distributed: bool = False,
) -> None:
    """Inserts rows of an organization in their order, some hundred in each message. The organization itself must be
    there already, unless it is the row. `are_distributed` where Citus distributes the tables."""
    if table.name == ORGANIZATIONS or (are_distributed and is_numbered(table)):
        await _insert_values(connection, table, rows)
        return
    for start in range(0, len(rows), MAX_ROWS_A_MESSAGE):
        await _insert(connection, organization_id, table, rows[start : start + MAX_ROWS_A_MESSAGE])
        await let_others(0)


async def _insert_values(
    connection: "asyncpg.Connection[Any]", table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    names = insertable_columns(table)
    values = ", ".join(f"${number}" for number in range(1, len(names) + 1))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})"
    await connection.executemany(statement, [[row.get(name) for name in names] for row in rows])


async def _insert(
    connection: "asyncpg.Connection[Any]", organization_id: UUID, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    columns: list[_Column] = []
    parameters: list[Any] = [organization_id]
    for name, values in _values(table, rows):
        column = table.c[name]
        if name == TENANT or _is_default(column, values):
            continue
        if isinstance(column.type, ARRAY):
            # Postgres would take the lists of an array apart.
            write = Write(table)
            await connection.execute(write_statement((write,)), organization_id, rows_as_json(write, rows))
            return
        form, parameter = _encoded(_type(column), values)
        columns.append(_Column(name, _type(column), form))
        parameters.append(parameter)
    await connection.execute(_statement(table, tuple(columns)), *parameters)


def _values(table: Table, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Any]]]:
    names = insertable_columns(table)
    try:
        columns = map(list, zip(*map(itemgetter(*names), rows), strict=True))
    except KeyError:
        columns = map(list, zip(*([row.get(name) for name in names] for row in rows), strict=True))
    return list(zip(names, columns, strict=True))


def _is_default(column: Column[Any], values: list[Any]) -> bool:
    """Whether the database sets the same values if the column is left out."""
    if isinstance(column.type, ARRAY):
        return not any(values)
    return column.server_default is None and values.count(None) == len(values)


def _encoded(type: str, values: list[Any]) -> tuple[str, Any]:
    """The form of a column and its parameter."""
    if type == "numeric":
        return "literal", f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"
    if type == "jsonb":
        return "array", [
            value if value is None or isinstance(value, str) else orjson.dumps(value).decode() for value in values
        ]
    # A float equals another one that is written in another way. The number of rows follows from the arrays.
    if type != "float8" and len(values) > 1 and values.count(values[0]) == len(values):
        return "single", values[0]
    return "array", values


@cache
def _statement(table: Table, columns: tuple[_Column, ...]) -> str:
    """The statement that inserts rows with these columns. There is at least an id for each of them."""
    arrays, selected = [], ["g.id"]
    for number, (name, type, form) in enumerate(columns, 2):
        if form == "single":
            selected.append(f"${number}::{type}")
        else:
            arrays.append((name, f"${number}::text::{type}[]" if form == "literal" else f"${number}::{type}[]"))
            selected.append(f"n.{name}")
    names = ", ".join([TENANT, *(column.name for column in columns)])
    unnested = f"unnest({', '.join(array for _, array in arrays)}) AS n ({', '.join(name for name, _ in arrays)})"
    # Rows that come with a row of the tenant can be inserted on the machine that has the tenant.
    source = f"{ORGANIZATIONS} g CROSS JOIN {unnested} WHERE g.id = $1"
    return f"INSERT INTO {table.name} ({names}) SELECT {', '.join(selected)} FROM {source}"


def _type(column: Column[Any]) -> str:
    return next((name for type, name in TYPES if isinstance(column.type, type)), "text")
