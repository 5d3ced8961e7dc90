"""Locks KPIs, so that values computed from their measurements miss none."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from service.kpis.models import Kpi
from service.people.goal_access import GoalCheck, NotEditable, ensure_access, find_refusals
from service.writing.rows import ensure_not_archived, lock_row
from service.writing.transaction import Transaction

K = TypeVar("K")
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


async def lock_kpi(tx: Transaction, id: UUID, *, allow_archived: bool = False) -> Kpi:
    """A KPI to change. Raises Forbidden, NotFound, NotEditable, and Archived unless archived ones are allowed."""
    kpi = tx.locked_ahead.get((Kpi, id)) or await lock_row(tx, Kpi, id, allow_archived=True)
    await ensure_access(tx, GoalCheck(kpi, thing="KPI", named_by="kpi_id"))
    ensure_not_archived(kpi, allow_archived=allow_archived)
    return kpi


async def lock_kpis_ahead(tx: Transaction, ids: Iterable[UUID]) -> list[Kpi]:
    """Locks KPIs that will be changed one after the other, in one message."""
    kpis = [kpi for kpi in await tx.lock(Kpi, sorted(ids)) if kpi is not None]
    for kpi in kpis:
        tx.locked_ahead[Kpi, kpi.id] = kpi
    return kpis


async def accessible(tx: Transaction, kpis: Mapping[K, Any]) -> dict[K, Any]:
    """The KPIs that the viewer sees; those that it may not edit as objects with their `denial`. Raises Forbidden."""
    checks = [GoalCheck(kpi, "kpiId", "KPI", named_by="kpi_id", is_check_in=True) for kpi in kpis.values()]
    known: dict[K, Any] = {}
    for (key, kpi), refusal in zip(kpis.items(), await find_refusals(tx, checks), strict=True):
        if refusal is None:
            known[key] = kpi
        elif isinstance(refusal, NotEditable):
            known[key] = SimpleNamespace(**dict(kpi.items()), denial=refusal)
    return known
