"""The statements that every room reads its rows with: many at once, answered in the order asked."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Double, Select, Text, any_, bindparam, cast, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

from service.postgres.tables import AS_FLOAT, UNREAD, TenantRow
from service.reading.reader import Reader, of_tenant


def columns(model: type[SQLModel]) -> Sequence[Any]:
    """All columns of a table but the tenant's, which everybody knows, and those that nobody reads as they are.

    JSON comes as text, and shares come as floats.
    """
    table: Any = model
    read = [each for each in table.__table__.columns if each.name != "organization_id" and UNREAD not in each.info]
    return [_read(each) for each in read]


def _read(column: Any) -> Any:
    if isinstance(column.type, JSONB):
        return as_text(column).label(column.name)
    return cast(column, Double).label(column.name) if AS_FLOAT in column.info else column


def as_text(json: Any) -> Any:
    """JSON as the driver hands it out anyway: as text, which can come in a list of a column's values."""
    return cast(json, Text)


def among(column: Any, parameter: str = "ids") -> ColumnElement[bool]:
    """`column = ANY(:ids)`."""
    return column == any_(bindparam(parameter, type_=ARRAY(column.type)))  # type: ignore[no-any-return]


def by(model: type[TenantRow], column: str = "id", *, more: Sequence[Any] = ()) -> Select[Any]:
    """Rows with one of `:ids` in a column; `more` are columns that the table itself does not have."""
    return select(*columns(model), *more).where(of_tenant(model), among(getattr(model, column)))


def belonging(model: type[TenantRow], column: str, *order: str, more: Sequence[Any] = ()) -> Select[Any]:
    """Rows that are not archived with one of `:ids` in a column, in order."""
    table: Any = model
    return (
        by(model, column, more=more)
        .where(table.archived_at.is_(None))
        .order_by(*(getattr(table, name) for name in (*order, "id")))
    )


async def in_order(reader: Reader, statement: Select[Any], ids: Sequence[UUID | None], key: str = "id") -> list[Any]:
    """One row for each id, in the order asked; None for what is not there. An id of None is not asked for."""
    rows = await reader.rows(statement, ids=distinct(ids))
    found = {row[key]: row for row in rows}
    return [found.get(id) for id in ids]


def distinct(ids: Iterable[UUID | None]) -> list[UUID]:
    """Each id once, in the order in which they come first; without None, which is nobody's."""
    return list(dict.fromkeys(id for id in ids if id is not None))
