"""The columns that tables have in common."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
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
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

# Marks columns that only whoever keeps them reads.
UNREAD = "unread"
# Marks exact columns that are answered as floats.
AS_FLOAT = "as_float"
Instant = cast(Any, DateTime(timezone=True))
# Postgres installations sort text differently; a keyset order needs one that is the same everywhere.
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
    """All tables of the rooms imported so far."""
    return SQLModel.metadata


def tables_in_order() -> Sequence[Table]:
    """All tables, each after those that it refers to. Sorting takes most of a millisecond, so it is done once."""
    return _sorted(len(metadata().tables))


@cache
def _sorted(_number: int) -> Sequence[Table]:
    return tuple(metadata().sorted_tables)


def choice(values: type[StrEnum]) -> Any:
    """A text column that holds one of the names of an enum."""
    return Enum(values, native_enum=False, length=40, create_constraint=True, name=values.__name__.lower())


class Facts(SQLModel):
    """The columns of a table that people set, in a base class of the model and of its revisions."""


class TenantRow(SQLModel):
    """A row of one organization; the organization leads every key, so that tables can be distributed."""

    organization_id: UUID = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(default_factory=uuid7, primary_key=True)


class Changeable(TenantRow):
    """A row that people change, archive and find by their own id."""

    external_id: str | None = Field(default=None, sa_type=Name)
    version: int = Field(default=1)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    archived_at: datetime | None = Field(default=None, sa_type=Instant)


class Revision(TenantRow):
    """The facts of a subject from `valid_from` on, as known from `recorded_at` on (docs/decisions/0002)."""

    subject_id: UUID
    event_id: UUID
    valid_from: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    archived_at: datetime | None = Field(default=None, sa_type=Instant)


def reference(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key inside one organization."""
    return ForeignKeyConstraint(["organization_id", column], [f"{table}.organization_id", f"{table}.id"])


def changeable_keys(table: str) -> tuple[UniqueConstraint | Index, ...]:
    """What `Changeable` promises: one row per external id, and keyset orders served by an index."""
    return (
        UniqueConstraint("organization_id", "external_id"),
        Index(f"ix_{table}_created", "organization_id", "created_at", "id"),
        Index(f"ix_{table}_updated", "organization_id", "updated_at", "id"),
    )


def revision_keys(table: str, subject: str) -> tuple[ForeignKeyConstraint | Index, ...]:
    """A revision belongs to its subject and is found by it, newest first."""
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
    """`column = ANY(values)`: one parameter however many values there are, so one statement to prepare."""
    members = bindparam(None, list(values), type_=ARRAY(column.type), unique=True)
    return column == any_(members)  # type: ignore[no-any-return]
