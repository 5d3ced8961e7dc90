"""Locks KPIs, so that values computed from their measurements miss none."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from service.writing.transaction import Transaction

LOCK = text("""
    SELECT k.id FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS wanted (id, place)
    JOIN kpis k ON k.organization_id = :organization_id AND k.id = wanted.id
    ORDER BY wanted.place
    FOR NO KEY UPDATE OF k""")


async def lock(tx: Transaction, ids: Iterable[UUID | None]) -> None:
    """Locks KPIs in the order of `ids`. Commands lock a followed KPI before the objective (docs/decisions/0009)."""
    present = [id for id in ids if id is not None]
    if present:
        await tx.rows(LOCK, ids=present)
