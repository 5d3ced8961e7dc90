"""Base classes, column types and keys that tables have in common."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    DateTime,
    Enum,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    any_,
    bindparam,
    text,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

# Marks columns that only their own package reads.
UNREAD = "unread"
# Marks exact columns that the API returns as floats.
AS_FLOAT = "as_float"
# In the `info` of a column with ids of rows of the named table: filters take it as empty for whom does not see the row.
HIDDEN_WITH = "hidden_with"
# In the `info` of an index, the value of rows that are not in it.
COMMON = "common"
# Whether a row is in the lists that leave archived rows out. As a column of an index it keeps archived rows apart from
# the others, and a list of both reads the two parts.
LIVE = "(archived_at IS NULL)"
Instant = cast(Any, DateTime(timezone=True))
# The default collation differs between servers, but keyset pagination needs the same order everywhere.
Name = cast(Any, Text(collation="C"))
LongText = cast(Any, Text())

SQLModel.metadata.naming_convention = cast(
    Any,
    {
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    },
)


def metadata() -> MetaData:
    """The metadata with all tables imported so far."""
    return SQLModel.metadata


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]


def columns_of(model: type[SQLModel]) -> ReadOnlyColumnCollection[str, Column[Any]]:
    """The columns of a model as attributes, for statements."""
    return table_of(model).c


def tables_in_order() -> Sequence[Table]:
    """All tables, each after those that it references. The result is cached, as sorting takes most of a millisecond."""
    return _sorted(len(metadata().tables))


@cache
def _sorted(_number: int) -> Sequence[Table]:
    return tuple(metadata().sorted_tables)


def choice(values: type[StrEnum], name: str | None = None) -> Any:
    """A text column type for the names of an enum, with a check constraint, which bears the name of the enum; another
    `name` where a table has several columns of it."""
    return Enum(values, native_enum=False, length=40, create_constraint=True, name=name or values.__name__.lower())


class Facts(SQLModel):
    """The columns of a table that people set, in a base class of the model and of its revisions."""


class TenantRow(SQLModel):
    """A row of one organization. Every key begins with `organization_id`, so that tables can be distributed."""

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(default_factory=uuid7, primary_key=True)


class Changeable(TenantRow):
    """A row that can be changed, archived and found by external id."""

    external_id: str | None = Field(default=None, sa_type=Name, min_length=1, max_length=200)
    version: int = Field(default=1)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    archived_at: datetime | None = Field(default=None, sa_type=Instant)


class Revision(TenantRow):
    """The facts of a subject, valid from `valid_from` and recorded at `recorded_at` (docs/decisions/0002)."""

    subject_id: UUID
    event_id: UUID
    valid_from: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    archived_at: datetime | None = Field(default=None, sa_type=Instant)


def reference(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key inside one organization."""
    return ForeignKeyConstraint(["organization_id", column], [f"{table}.organization_id", f"{table}.id"])


def changeable_keys(table: str) -> tuple[UniqueConstraint | Index, ...]:
    """The keys of a `Changeable` table: unique external ids, and indexes for keyset pagination."""
    return (
        UniqueConstraint("organization_id", "external_id"),
        order_index(table, "created_at", "created"),
        order_index(table, "updated_at", "updated"),
    )


def order_index(table: str, column: str, name: str | None = None) -> Index:
    """The index of a list sorted by a column."""
    return Index(f"ix_{table}_{name or column}", "organization_id", text(LIVE), column, "id")


def filter_indexes(table: str, order: str, /, **columns: str) -> tuple[Index, ...]:
    """The indexes of lists of the rows with one value in a column, sorted by `order`; by the ends of their names."""
    return tuple(
        Index(f"ix_{table}_{name}", "organization_id", column, text(LIVE), order, "id")
        for name, column in columns.items()
    )


def uncommon_indexes(table: str, order: str, /, **common: str | None) -> tuple[Index, ...]:
    """The same for columns in which most rows have the `common` value: these are not in the index, so that their
    changes do not write it. They are found in the order of the list."""
    return tuple(
        Index(
            *(f"ix_{table}_{column}", "organization_id", column, text(LIVE), order, "id"),
            postgresql_where=text(f"{column} IS NOT NULL" if value is None else f"{column} <> '{value}'"),
            info={COMMON: value},
        )
        for column, value in common.items()
    )


def revision_keys(table: str, subject: str) -> tuple[ForeignKeyConstraint | Index, ...]:
    """The keys of a revision table: a reference to the subject, and an index by subject, newest first."""
    return (
        reference("subject_id", subject),
        Index(
            f"ix_{table}_subject",
            "organization_id",
            "subject_id",
            text("valid_from DESC"),
            text("recorded_at DESC"),
            text("id DESC"),
        ),
    )


def within(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """`column = ANY(values)`, with one array parameter, so that one prepared statement serves any number of values."""
    members = bindparam(None, list(values), type_=ARRAY(column.type), unique=True)
    return column == any_(members)  # type: ignore[no-any-return]
