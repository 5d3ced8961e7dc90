"""Builds the select statements that all packages read rows with, and loads rows by id."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Double,
    Select,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from service.postgres.tables import AS_FLOAT, UNREAD, TenantRow, table_of
from service.reading.follow_ups import NO_FOLLOW_UPS, FollowUps
from service.reading.reader import Reader, of_tenant
from service.reading.visibility import marked_condition

K = TypeVar("K")
# `visible` or `reached`.
NamedBy: TypeAlias = Callable[[Any], ColumnElement[bool]]


def columns(model: type[SQLModel]) -> Sequence[Any]:
    """The columns of a table to select: all except `organization_id` and those marked UNREAD.

    JSON is selected as text, and columns marked AS_FLOAT as floats.
    """
    table: Any = model
    selected = [each for each in table.__table__.columns if each.name != "organization_id" and UNREAD not in each.info]
    return [_column_expression(each) for each in selected]


def _column_expression(column: Any) -> Any:
    if isinstance(column.type, JSONB):
        return json_as_text(column).label(column.name)
    return cast(column, Double).label(column.name) if AS_FLOAT in column.info else column


def constant(value: str) -> ColumnElement[str]:
    """A text of our own, such as the value of an enum, in the statement itself, so that a plan knows it."""
    return literal_column(f"'{value}'", Text())


def json_as_text(json: Any) -> Any:
    """JSON cast to text, as the driver returns it anyway. Unlike JSON, text can be aggregated into an array."""
    return cast(json, Text)


def equals_any(column: Any, parameter: str = "ids") -> ColumnElement[bool]:
    """`column = ANY(:ids)`."""
    return column == any_(bindparam(parameter, type_=ARRAY(column.type)))  # type: ignore[no-any-return]


def in_rows(key: Any, ids: Any) -> ColumnElement[bool]:
    """`key = ANY(ARRAY(…))`, of the ids in a common table expression that is joined by them, too.

    So rows are reached by their key, however many rows the planner expects of the expression.
    """
    return key == any_(func.array(select(ids).scalar_subquery()))  # type: ignore[no-any-return]


def visible(rows: Any) -> ColumnElement[bool]:
    """The rows of a model, or of its columns, that the viewer may see.

    Every statement that reads for a viewer names the rows of each table by it, or by `reached`. Statements of changes
    and of what is derived use `of_tenant`: they concern all rows.
    """
    table = rows.organization_id.table
    seen = marked_condition(table.name if isinstance(table, Table) else table.element.name, table.name)
    return of_tenant(rows) if seen is None else and_(of_tenant(rows), text(seen))


def visible_sql(model: type[SQLModel], alias: str) -> str:
    """`visible` as SQL text, for the rows of a model under an alias."""
    seen = marked_condition(table_of(model).name, alias)
    return reached_sql(alias) if seen is None else f"{reached_sql(alias)} AND {seen}"


def reached(rows: Any) -> ColumnElement[bool]:
    """The rows of a model, or of its columns, that belong to rows which the viewer may see.

    These are named by `visible` in the same statement, or were read before it.
    """
    return of_tenant(rows)


def reached_sql(alias: str) -> str:
    """`reached` as SQL text, for the rows under an alias."""
    return f"{alias}.organization_id = :organization_id"


def select_by(
    model: type[TenantRow], column: str = "id", *, more: Sequence[Any] = (), named_by: NamedBy | None = None
) -> Select[Any]:
    """The rows with one of `:ids` in a column, by default those that are visible. `more` are further expressions to
    select."""
    return select(*columns(model), *more).where((named_by or visible)(model), equals_any(getattr(model, column)))


def select_active_by(
    model: type[TenantRow], column: str, *order: str, more: Sequence[Any] = (), named_by: NamedBy | None = None
) -> Select[Any]:
    """The rows with one of `:ids` in a column that are not archived, sorted by `order` and id."""
    table: Any = model
    return (
        select_by(model, column, more=more, named_by=named_by)
        .where(table.archived_at.is_(None))
        .order_by(*(getattr(table, name) for name in (*order, "id")))
    )


async def load_in_order(
    reader: Reader,
    statement: Select[Any],
    ids: Sequence[UUID | str | None],
    key: str = "id",
    follow_ups: FollowUps = NO_FOLLOW_UPS,
) -> list[Any]:
    """One row for each id, or value of the column `key`, in the order of `ids`; None if an id is None or has no row."""
    rows = await reader.rows(statement, follow_ups, ids=unique_ids(ids))
    rows_by_key = {row[key]: row for row in rows}
    return [rows_by_key.get(id) for id in ids]


def unique_ids(ids: Iterable[K | None]) -> list[K]:
    """The ids without None and without duplicates, in the order of first occurrence."""
    return list(dict.fromkeys(id for id in ids if id is not None))
