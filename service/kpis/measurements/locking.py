"""Locks KPIs, so that what is made of their points is made of all of them."""

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
    """Locks KPIs in the order given; who follows one locks it before its objective (docs/decisions/0009)."""
    wanted = [id for id in ids if id is not None]
    if wanted:
        await tx.rows(LOCK, ids=wanted)
