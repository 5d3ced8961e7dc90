"""Remembers which points an import has had, however many lines apart a second value for one of them stands."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import text

from service.writing.transaction import Transaction

CREATE = text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS taken_points (
        kpi_id uuid, starts_on date, PRIMARY KEY (kpi_id, starts_on)
    ) ON COMMIT DROP""")
TAKE = text("""
    INSERT INTO taken_points
    SELECT * FROM unnest(CAST(:kpi_ids AS uuid[]), CAST(:days AS date[])) ON CONFLICT DO NOTHING
    RETURNING kpi_id, starts_on""")


async def take(tx: Transaction, points: Collection[tuple[UUID, date]]) -> set[tuple[UUID, date]]:
    """Notes points, each a KPI and the first day of its period; those of them that were not noted before."""
    if not points:
        return set()
    await tx.run(CREATE)
    ids, days = zip(*points, strict=True)
    rows = await tx.rows(TAKE, kpi_ids=list(ids), days=list(days))
    return {(row.kpi_id, row.starts_on) for row in rows}
