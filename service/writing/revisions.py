"""Revisions of rows, which keep what was true at any earlier time, as known at any time (docs/decisions/0002)."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

from service.postgres.tables import Revision, TenantRow
from service.reading.row_source import RowSource
from service.writing.unsaved_row import model_of


def revision_of(
    row: TenantRow, event_id: UUID, valid_from: datetime, recorded_at: datetime
) -> tuple[Table, dict[str, Any]] | None:
    """The table of a row's revisions and the row's facts as one of them; None where no history is kept."""
    revision = _revision_columns(model_of(row))
    if revision is None:
        return None
    table, names = revision
    facts = {name: getattr(row, name) for name in names}
    return table, {
        **facts,
        "id": uuid7(),
        "subject_id": row.id,
        "event_id": event_id,
        "valid_from": valid_from,
        "recorded_at": recorded_at,
    }


async def last_valid_from(source: RowSource, row: TenantRow) -> datetime | None:
    """From when on the newest revision of a row holds; None where its table keeps no history."""
    table: Any = revision_model(model_of(row))
    if table is None:
        return None
    query = select(func.max(table.valid_from).label("last")).where(
        table.organization_id == row.organization_id, table.subject_id == row.id
    )
    last: datetime | None = (await source.rows(query))[0].last
    return last


@cache
def revision_model(model: type[SQLModel]) -> type[Revision] | None:
    """The table of the revisions of a model; None where no history is kept."""
    name = f"{model.__name__}Revision"
    return next((each for each in Revision.__subclasses__() if each.__name__ == name), None)


@cache
def _revision_columns(model: type[SQLModel]) -> tuple[Table, tuple[str, ...]] | None:
    """The table of a model's revisions, and which of its columns the model itself has."""
    revision = revision_model(model)
    if revision is None:
        return None
    own = {"id", "subject_id", "event_id", "valid_from", "recorded_at"}
    return revision.__table__, tuple(name for name in revision.model_fields if name not in own)  # type: ignore[attr-defined]
