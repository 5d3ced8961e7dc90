"""Links between key results and the KPIs that measure or guard them."""

from uuid import UUID

from sqlalchemy import select

from service.events.creation import were_created_from
from service.events.models import Verb
from service.key_results.kpi_link_models import KpiLink, KpiLinkRole
from service.key_results.locking import lock_with_objective
from service.kpis.measurements.locking import lock
from service.kpis.models import Kpi
from service.people.goal_access import GoalCheck, ensure_access, ensure_seen
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of
from service.values.record import record
from service.writing.refusals import Archived, NotFound
from service.writing.rows import archive, changes_of_new, new_row, restore
from service.writing.transaction import Transaction

_link = columns_of(KpiLink)


@record
class KpiLinkRequest:
    """A request to link a KPI to a key result as MEASURE or GUARDRAIL."""

    key_result_id: UUID
    kpi_id: UUID
    role: KpiLinkRole = KpiLinkRole.MEASURE
    id: UUID | None = None
    external_id: str | None = None


async def link(tx: Transaction, request: KpiLinkRequest) -> tuple[KpiLink, Verb | None]:
    """Links a KPI to a key result, or restores the link. Returns it with LINKED, or with None if nothing changed."""
    ensure_editor(tx.viewer)
    if tx.created_from and await were_created_from(tx, [tx.created_from]):
        [existing] = await tx.lock(KpiLink, [tx.created_from.id], update=False)
        if existing is not None:
            # The request was sent again: a link that was removed since is not restored.
            return existing, None
    await lock(tx, [request.kpi_id])
    key_result = await lock_with_objective(tx, request.key_result_id, field="keyResultId")
    [kpi] = await tx.lock(Kpi, [request.kpi_id], update=False)
    if kpi is None:
        raise NotFound(("kpiId",), thing="KPI")
    await ensure_access(tx, GoalCheck(kpi, "kpiId", "KPI", edits=False, named_by="kpi_id"))
    if kpi.archived_at is not None:
        raise Archived(("kpiId",), thing="KPI")
    linked = await _existing_link(tx, request)
    if linked is None:
        facts = {"key_result_id": request.key_result_id, "kpi_id": request.kpi_id, "role": request.role}
        linked = new_row(tx, KpiLink, {**facts, "id": request.id, "external_id": request.external_id})
        tx.insert([linked])
        tx.record(Verb.LINKED, linked, changes_of_new(linked), objectives=[key_result.objective_id])
        return linked, Verb.LINKED
    if restore(tx, linked):
        tx.record(Verb.LINKED, linked, {}, objectives=[key_result.objective_id])
        return linked, Verb.LINKED
    return linked, None


async def unlink(tx: Transaction, id: UUID, reason: str | None = None) -> None:
    """Removes a link; doing it twice changes nothing."""
    ensure_editor(tx.viewer)
    [stored] = await tx.lock(KpiLink, [id], update=False)
    if stored is None:
        raise NotFound(("id",), thing="KPI link")
    await ensure_seen(tx, KpiLink, id=id)
    await lock(tx, [stored.kpi_id])
    key_result = await lock_with_objective(tx, stored.key_result_id, allow_archived=True)
    [linked] = await tx.lock(KpiLink, [id])
    if linked is not None and archive(tx, linked):
        tx.record(Verb.UNLINKED, linked, {}, reason=reason, objectives=[key_result.objective_id])


async def _existing_link(tx: Transaction, request: KpiLinkRequest) -> KpiLink | None:
    rows = await tx.rows(
        select(_link.id).where(
            _link.organization_id == tx.organization_id,
            _link.key_result_id == request.key_result_id,
            _link.kpi_id == request.kpi_id,
            _link.role == request.role,
        )
    )
    return (await tx.lock(KpiLink, [rows[0].id]))[0] if rows else None
