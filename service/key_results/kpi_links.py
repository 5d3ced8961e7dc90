"""Links between key results and the KPIs that measure or guard them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.events.creation import was_created_from
from service.events.models import Verb
from service.key_results.commands import lock_with_objective
from service.key_results.kpi_link_models import KpiLink, KpiLinkRole
from service.kpis.measurements.locking import lock
from service.kpis.models import Kpi
from service.people.permissions import ensure_editor
from service.writing.refusals import Archived, NotFound
from service.writing.rows import archive, changes_of_new, new_row, restore
from service.writing.transaction import Transaction

_link: Any = KpiLink


@dataclass(frozen=True, slots=True)
class KpiLinkWish:
    """That a KPI is to measure or to guard a key result."""

    key_result_id: UUID
    kpi_id: UUID
    role: KpiLinkRole = KpiLinkRole.MEASURE
    id: UUID | None = None
    external_id: str | None = None


async def link(tx: Transaction, wish: KpiLinkWish) -> tuple[KpiLink, Verb | None]:
    """Links a KPI to a key result, or brings the link back; what was done, None if it is there already."""
    ensure_editor(tx.viewer)
    if tx.created_from and await was_created_from(tx, tx.created_from):
        [there] = await tx.lock(KpiLink, [tx.created_from.id], update=False)
        if there is not None:
            # Sent again: a link that was taken away since is not made again.
            return there, None
    await lock(tx, [wish.kpi_id])
    key_result = await lock_with_objective(tx, wish.key_result_id, field="keyResultId")
    [kpi] = await tx.lock(Kpi, [wish.kpi_id], update=False)
    if kpi is None:
        raise NotFound(("kpiId",), thing="KPI")
    if kpi.archived_at is not None:
        raise Archived(("kpiId",), thing="KPI")
    present = await _present(tx, wish)
    if present is None:
        facts = {"key_result_id": wish.key_result_id, "kpi_id": wish.kpi_id, "role": wish.role}
        present = new_row(tx, KpiLink, {**facts, "id": wish.id, "external_id": wish.external_id})
        tx.insert([present])
        tx.record(Verb.LINKED, present, changes_of_new(present), objectives=[key_result.objective_id])
        return present, Verb.LINKED
    if restore(tx, present):
        tx.record(Verb.LINKED, present, {}, objectives=[key_result.objective_id])
        return present, Verb.LINKED
    return present, None


async def unlink(tx: Transaction, id: UUID, reason: str | None = None) -> None:
    """Takes a link away; doing it twice changes nothing."""
    ensure_editor(tx.viewer)
    [found] = await tx.lock(KpiLink, [id], update=False)
    if found is None:
        raise NotFound(("id",), thing="KPI link")
    await lock(tx, [found.kpi_id])
    key_result = await lock_with_objective(tx, found.key_result_id, allow_archived=True)
    [present] = await tx.lock(KpiLink, [id])
    if present is not None and archive(tx, present):
        tx.record(Verb.UNLINKED, present, {}, reason=reason, objectives=[key_result.objective_id])


async def _present(tx: Transaction, wish: KpiLinkWish) -> KpiLink | None:
    rows = await tx.rows(
        select(_link.id).where(
            _link.organization_id == tx.organization_id,
            _link.key_result_id == wish.key_result_id,
            _link.kpi_id == wish.kpi_id,
            _link.role == wish.role,
        )
    )
    return (await tx.lock(KpiLink, [rows[0].id]))[0] if rows else None
