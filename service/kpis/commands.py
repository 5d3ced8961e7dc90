"""Changes to the definitions of KPIs."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Refusal
from service.events.models import Verb
from service.kpis.definition import check
from service.kpis.enums import KpiSource
from service.kpis.formulas.binding import bind, ensure_readable
from service.kpis.formulas.dependencies import ordered
from service.kpis.formulas.queries import computed_nodes
from service.kpis.immutability import ensure_points_keep_their_meaning
from service.kpis.models import Kpi, KpiFacts, KpiTarget
from service.kpis.targets import commands
from service.people.permissions import ensure_editor
from service.postgres.tables import within
from service.reading.statements import columns
from service.writing.entities import Change, apply, archive, created, locked, new, restore
from service.writing.transaction import Transaction

_kpi: Any = Kpi
_target: Any = KpiTarget
FACTS = ("external_id", *KpiFacts.model_fields)
# What values come from, and how: whatever depends on them is computed anew.
COMPUTING = frozenset({"source", "formula", "frequency", "aggregation", "cumulative", "parent_id", "weight"})
# What else the goals that it guards are judged by.
JUDGING = frozenset({"direction", "value_type", "scale"})
# When its measurements are expected, which the goals that follow it are as stale as.
EXPECTING = frozenset({"grace_days", "time_zone"})


class KpiParentLoop(Refusal):
    """A KPI cannot be its own parent, directly or by way of its own children."""


def draft(tx: Transaction, values: Mapping[str, Any]) -> Kpi:
    """A new KPI; with a formula and no source, the formula is its source. Notes the refusals of `check`."""
    facts = dict(values)
    if (facts.get("formula") or "").strip():
        facts.setdefault("source", KpiSource.FORMULA)
    kpi = new(tx, Kpi, facts)
    tx.attempt.note(check(kpi))
    return kpi


async def create(tx: Transaction, kpis: Sequence[Kpi]) -> None:
    """Adds KPIs, whose formulas may name those before them. Raises what is wrong with a formula, and KpiFormulaLoop."""
    ensure_editor(tx.viewer)
    for kpi in kpis:
        with tx.attempt.noting():
            for name, value in (await bind(tx, kpi)).items():
                setattr(kpi, name, value)
        tx.insert([kpi])
        tx.record(Verb.CREATED, kpi, created(kpi, FACTS))
        await tx.flush()
        _touch(tx, {kpi.id, kpi.parent_id})
    await _check_graph(tx, kpis)


async def change(tx: Transaction, wanted: Change) -> None:
    """Changes a KPI. Raises what `check` and the formula raise, KpiDefinitionImmutable and KpiFormulaLoop."""
    ensure_editor(tx.viewer)
    kpi = await locked(tx, Kpi, wanted.id)
    before = {kpi.id, kpi.parent_id}
    if "scale" in wanted.values and wanted.values["scale"] is None:
        wanted = Change(
            wanted.id, {**wanted.values, "scale": []}, wanted.expected_version, wanted.effective_at, wanted.reason
        )
    changes = await apply(tx, kpi, wanted)
    if not changes:
        return
    tx.attempt.note(check(kpi))
    with tx.attempt.noting():
        await ensure_points_keep_their_meaning(tx, kpi, changes)
    if {"formula", "source", "unit", "frequency"} & changes.keys():
        with tx.attempt.noting():
            # Names may have moved to other KPIs since: only a new formula means those.
            for name, value in (await bind(tx, kpi, anew=bool({"formula", "source"} & changes.keys()))).items():
                setattr(kpi, name, value)
    tx.record(Verb.UPDATED, kpi, changes, effective_at=wanted.effective_at, reason=wanted.reason)
    if JUDGING & changes.keys():
        await _ensure_targets_fit(tx, kpi)
    if (COMPUTING | JUDGING | EXPECTING) & changes.keys():
        await tx.flush()
        _touch(tx, before | {kpi.parent_id})
        await _check_graph(tx, [kpi])


async def set_archived(tx: Transaction, id: UUID, archived: bool, reason: str | None = None) -> None:
    """Archives or restores a KPI; doing it twice changes nothing. Its points stay; archived, it is no longer
    computed, and guards nothing."""
    ensure_editor(tx.viewer)
    kpi = await locked(tx, Kpi, id, archived=True)
    if archive(tx, kpi) if archived else restore(tx, kpi):
        tx.record(Verb.ARCHIVED if archived else Verb.RESTORED, kpi, {}, reason=reason)
        await tx.flush()
        _touch(tx, {kpi.id, kpi.parent_id})
        await _check_graph(tx, [kpi])


async def _ensure_targets_fit(tx: Transaction, kpi: Kpi) -> None:
    """Notes what would be wrong with the targets of a KPI as it is now."""
    live = select(*columns(KpiTarget)).where(
        _target.organization_id == tx.organization_id, _target.kpi_id == kpi.id, _target.archived_at.is_(None)
    )
    for row in await tx.rows(live):
        for refusal in commands.check(kpi, row):
            refusal.field = ("direction",)
            tx.attempt.note([refusal])


async def _check_graph(tx: Transaction, kpis: Sequence[Kpi]) -> None:
    """No KPI is computed from itself or its own ancestor, and none reads another that has longer periods."""
    nodes = await computed_nodes(tx)
    ordered(nodes)
    changed = {kpi.id for kpi in kpis}
    readers = {node.id: node for node in nodes.values() if changed & {node.id, *node.inputs}}
    inputs = {id for node in readers.values() for id in node.inputs}
    known = {row.id: row for row in await _rows(tx, readers.keys() | inputs)}
    for node in readers.values():
        for input in node.inputs:
            ensure_readable(known[node.id], known[input])
    await _check_parents(tx, kpis)


async def _check_parents(tx: Transaction, kpis: Sequence[Kpi]) -> None:
    pending = {kpi.parent_id for kpi in kpis if kpi.parent_id}
    if not pending:
        return
    edges = {
        row.id: row.parent_id
        for row in await tx.rows(
            select(_kpi.id, _kpi.parent_id).where(
                _kpi.organization_id == tx.organization_id, _kpi.parent_id.is_not(None)
            )
        )
    }
    for kpi in kpis:
        seen, above = {kpi.id}, kpi.parent_id
        while above is not None:
            if above in seen:
                raise KpiParentLoop(("parentId",))
            seen.add(above)
            above = edges.get(above)


async def _rows(tx: Transaction, ids: Any) -> Sequence[Any]:
    return await tx.rows(
        select(_kpi.id, _kpi.name, _kpi.frequency, _kpi.value_type, _kpi.source).where(
            _kpi.organization_id == tx.organization_id, within(_kpi.id, ids)
        )
    )


def _touch(tx: Transaction, ids: set[UUID | None]) -> None:
    for id in filter(None, ids):
        tx.touch_kpi(id)
