"""The tables of an organization as records of a file: which tables, which columns, in which order.

Everything here comes from the metadata of the models, so that a column that is added is exported and restored without
being named.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Select, Table, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import bindparam

from service.all_entities import metadata

ORGANIZATIONS = "organizations"
# Whoever has a key may act or read, so none leaves the database; only the hashes of their secrets are there anyway.
SECRET_TABLES = frozenset({"api_keys", "share_tokens"})
# A restore must not forge the audit trail, and the addresses in it are of people; it has an export of its own.
OWN_EXPORT_TABLES = frozenset({"audit_events"})
# What lists are read by: the step of its timeline that a goal is in, which is known from the timeline and the time of
# the restore, and a shorter progress.
OF_A_MOMENT = frozenset({"step_since", "step_until", "step_status", "step_staleness", "step_reason", "progress_order"})
CHUNK = 2000


def record_tables() -> list[Table]:
    """The tables whose rows are exported, each after those that it refers to."""
    left_out = SECRET_TABLES | OWN_EXPORT_TABLES
    return [table for table in metadata().sorted_tables if table.name not in left_out]


def tenant_column(table: Table) -> Column[Any]:
    """The column that says whose row it is; a restore decides on it anew, so it is in no record."""
    return table.c.id if table.name == ORGANIZATIONS else table.c.organization_id


def record_columns(table: Table) -> list[Column[Any]]:
    """The columns of the records of a table, in their order."""
    tenant = tenant_column(table)
    return [column for column in table.columns if column is not tenant and column.name not in OF_A_MOMENT]


def key_columns(table: Table) -> list[Column[Any]]:
    """The columns that tell the rows of one organization apart, in the order of its records; none of organizations."""
    tenant = tenant_column(table)
    return [column for column in table.primary_key.columns if column is not tenant]


def page_of(table: Table, *, first: bool) -> Select[Any]:
    """The next rows of a table by their key: after `:after_<column>` of each key column, or the `first` ones."""
    tenant, keys = tenant_column(table), key_columns(table)
    statement = select(*record_columns(table)).where(tenant == bindparam("organization_id", type_=tenant.type))
    if not first:
        after = (bindparam(f"after_{key.name}", type_=key.type) for key in keys)
        statement = statement.where(tuple_(*keys) > tuple_(*after))
    return statement.order_by(*keys).limit(CHUNK)


def position_after(table: Table, row: Any) -> dict[str, Any]:
    """The parameters with which `page_of` goes on after a row."""
    return {f"after_{key.name}": row[key.name] for key in key_columns(table)}


def is_json(column: Column[Any]) -> bool:
    """Whether a column holds JSON, which comes from the driver as text."""
    return isinstance(column.type, JSONB)


def unfilled(table: Table, stored_columns: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Columns that the records of an older file do not have, and what a new row has in them.

    A column without a default of its own is empty; where it may not be, the database refuses the rows.
    """
    for column in record_columns(table):
        if column.name in stored_columns or column.server_default is not None:
            continue
        default: Any = column.default
        yield column.name, default.arg if default is not None and default.is_scalar else None
