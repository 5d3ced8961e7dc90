"""What was true at any earlier time, as known at any earlier time."""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from uuid_utils.compat import uuid7

from service.postgres.tables import Revision, TenantRow
from service.writing.unsaved_row import model_of


def revision_of(
    row: TenantRow, event_id: UUID, valid_from: datetime, recorded_at: datetime
) -> tuple[Table, dict[str, Any]] | None:
    """The table of a row's revisions and the row's facts as one of them; None where no history is kept."""
    revision = _revision_columns(model_of(row).__name__)
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


def as_of(model: type[Revision]) -> Select[Any]:
    """The revision in force of each subject, by `:valid_at` and `:known_at` (docs/decisions/0002).

    Of what was recorded by `known_at` and holds from `valid_at` or before, the latest `valid_from` wins,
    and among equals the latest record.
    """
    table: Any = model
    return (
        select(*model.__table__.columns)  # type: ignore[attr-defined]
        .ext(distinct_on(table.subject_id))
        .where(
            table.organization_id == bindparam("organization_id", type_=table.organization_id.type),
            and_(
                table.valid_from <= bindparam("valid_at", type_=table.valid_from.type),
                table.recorded_at <= bindparam("known_at", type_=table.recorded_at.type),
            ),
        )
        .order_by(table.subject_id, table.valid_from.desc(), table.recorded_at.desc(), table.id.desc())
    )


async def last_valid_from(source: Any, row: TenantRow) -> datetime | None:
    """From when on the newest revision of a row holds; None where its table keeps no history."""
    table: Any = _model(f"{model_of(row).__name__}Revision")
    if table is None:
        return None
    query = select(func.max(table.valid_from).label("last")).where(
        table.organization_id == row.organization_id, table.subject_id == row.id
    )
    last: datetime | None = (await source.rows(query))[0].last
    return last


def revision_models() -> list[type[Revision]]:
    """All tables of revisions."""
    return Revision.__subclasses__()


@cache
def _model(name: str) -> type[Revision] | None:
    return next((model for model in revision_models() if model.__name__ == name), None)


@cache
def _revision_columns(name: str) -> tuple[Table, tuple[str, ...]] | None:
    """The table of a model's revisions, and which of its columns the model itself has."""
    model = _model(f"{name}Revision")
    if model is None:
        return None
    own = {"id", "subject_id", "event_id", "valid_from", "recorded_at"}
    return model.__table__, tuple(column for column in model.model_fields if column not in own)  # type: ignore[attr-defined]
