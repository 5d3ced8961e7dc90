"""Revisions as they were at a time, as known at a time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from service.postgres.tables import Revision
from service.reading.reader import Reader
from tests.kit.client import Client


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


async def revisions(client: Client, model: Any, valid_at: datetime, known_at: datetime) -> list[Any]:
    reader = Reader(client.database, client.organization_id)
    try:
        return list(await reader.rows(as_of(model), valid_at=valid_at, known_at=known_at))
    finally:
        await reader.close()
