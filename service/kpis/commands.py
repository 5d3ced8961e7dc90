"""Changes to the definitions of KPIs."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Refusal
from service.events.models import Verb
from service.kpis.definition import check
from service.kpis.enums import KpiSource
from service.kpis.formulas.binding import bind, ensure_readable
from service.kpis.formulas.dependencies import Node, dependency_levels
from service.kpis.formulas.hidden_names import without_hidden_names
from service.kpis.formulas.queries import computed_nodes
from service.kpis.immutability import ensure_measurements_keep_their_meaning
from service.kpis.measurements.locking import lock_kpi
from service.kpis.models import Kpi, KpiTarget
from service.kpis.targets import commands as target_commands
from service.people.goal_access import ensure_seen
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of, within
from service.reading.statements import columns
from service.values.trees import find_loop
from service.writing.change import Change
from service.writing.rows import apply_change, changes_of_new, flush_written, new_row
from service.writing.transaction import Transaction

_kpi = columns_of(Kpi)
_target = columns_of(KpiTarget)
# What values come from, and how: whatever depends on them is computed anew.
COMPUTING = frozenset({"source", "formula", "frequency", "aggregation", "cumulative", "parent_id", "weight"})
# What else the goals that it guards are judged by.
JUDGING = frozenset({"direction", "value_type", "scale"})
# When its measurements are expected, which the goals that follow it are as stale as.
EXPECTING = frozenset({"grace_days", "time_zone"})


class KpiParentLoop(Refusal):
    """A KPI cannot be its own parent, directly or by way of its own children."""

    meaning = "KPI as its own parent, directly or by way of its own children. Choose another parent."


def draft(tx: Transaction, values: Mapping[str, Any]) -> Kpi:
    """A new KPI; with a formula and no source, the formula is its source. Notes the refusals of `check`."""
    facts = dict(values)
    if (facts.get("formula") or "").strip():
        facts.setdefault("source", KpiSource.FORMULA)
    kpi = new_row(tx, Kpi, facts)
    tx.attempt.note(check(kpi))
    return kpi


async def drafting(tx: Transaction) -> Callable[[Mapping[str, Any]], Kpi]:
    """The function that makes a new KPI of values."""
    return partial(draft, tx)


async def creating(tx: Transaction, _kpis: Sequence[Kpi]) -> Callable[[Sequence[Kpi]], Awaitable[None]]:
    """The function that adds some of new KPIs."""
    return partial(create, tx)


async def create(tx: Transaction, kpis: Sequence[Kpi]) -> None:
    """Adds KPIs, whose formulas may name those before them. Raises what is wrong with a formula, and KpiFormulaLoop."""
    ensure_editor(tx.viewer)
    linked = [kpi for kpi in kpis if kpi.source != KpiSource.MEASURED or kpi.parent_id is not None]
    for kpi in kpis:
        if kpi in linked and not tx.attempt.refusals:
            # What comes before may be meant.
            await flush_written(tx)
        await ensure_seen(tx, Kpi, parentId=kpi.parent_id)
        with tx.attempt.noting():
            for name, value in (await bind(tx, kpi)).items():
                setattr(kpi, name, value)
        tx.insert([kpi])
        tx.record(Verb.CREATED, kpi, changes_of_new(kpi))
        _touch(tx, {kpi.id, kpi.parent_id})
    # Nothing else is computed from a new one.
    if linked:
        await tx.flush()
        await _check_graph(tx, linked)


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a KPI. Raises what `check` and the formula raise, KpiDefinitionImmutable and KpiFormulaLoop."""
    ensure_editor(tx.viewer)
    kpi = await lock_kpi(tx, requested.id)
    await ensure_seen(tx, Kpi, parentId=requested.values.get("parent_id"))
    before = {kpi.id, kpi.parent_id}
    if "scale" in requested.values and requested.values["scale"] is None:
        requested = replace(requested, values={**requested.values, "scale": []})
    changes = await apply_change(tx, kpi, requested)
    if not changes:
        return
    tx.attempt.note(check(kpi))
    with tx.attempt.noting():
        await ensure_measurements_keep_their_meaning(tx, kpi, changes)
    if {"formula", "source", "unit", "frequency"} & changes.keys():
        with tx.attempt.noting():
            # Names may have moved to other KPIs since: only a new formula means those.
            for name, value in (await bind(tx, kpi, rebind=bool({"formula", "source"} & changes.keys()))).items():
                setattr(kpi, name, value)
    tx.record(Verb.UPDATED, kpi, changes, requested=requested)
    if JUDGING & changes.keys():
        await _ensure_targets_fit(tx, kpi)
    if (COMPUTING | JUDGING | EXPECTING) & changes.keys():
        await tx.flush()
        _touch(tx, before | {kpi.parent_id})
        await _check_graph(tx, [kpi])


def reads_others(kpi: Kpi, values: Mapping[str, Any]) -> bool:
    """Whether a change of a KPI to these values looks at other KPIs: at those that it is computed from."""
    return kpi.source != KpiSource.MEASURED or not COMPUTING.isdisjoint(values)


async def lock_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[Kpi, Sequence[UUID]]:
    """The KPI to archive or restore."""
    return await lock_kpi(tx, id, allow_archived=True), ()


async def settle_archived(tx: Transaction, kpi: Kpi) -> None:
    """Has everything computed anew that depends on a KPI which was archived or restored. Its measurements stay;
    archived, it is no longer computed, and guards nothing."""
    await tx.flush()
    _touch(tx, {kpi.id, kpi.parent_id})
    await _check_graph(tx, [kpi])


async def _ensure_targets_fit(tx: Transaction, kpi: Kpi) -> None:
    """Notes what would be wrong with the targets of a KPI as it is now."""
    live = select(*columns(KpiTarget)).where(
        _target.organization_id == tx.organization_id, _target.kpi_id == kpi.id, _target.archived_at.is_(None)
    )
    for row in await tx.rows(live):
        for refusal in target_commands.check(kpi, row):
            refusal.field = ("direction",)
            tx.attempt.note([refusal])


async def _check_graph(tx: Transaction, kpis: Sequence[Kpi]) -> None:
    """No KPI is computed from itself or its own ancestor, and none reads another that has longer periods."""
    nodes = await computed_nodes(tx)
    changed = {kpi.id for kpi in kpis}
    readers = {node.id for node in nodes.values() if changed & {node.id, *node.inputs}}
    rows = await _rows(tx, readers | {id for reader in readers for id in nodes[reader].inputs})
    try:
        _ensure_computable(nodes, readers, rows)
    except Refusal:
        if not tx.viewer.sees_all:
            nodes, rows = await without_hidden_names(tx, nodes, rows)
            _ensure_computable(nodes, readers, rows)
        raise
    await _check_parents(tx, kpis)


def _ensure_computable(nodes: Mapping[UUID, Node], readers: Collection[UUID], rows: Sequence[Any]) -> None:
    """Raises KpiFormulaLoop, and what `ensure_readable` raises of these readers and their inputs."""
    dependency_levels(nodes)
    known = {row.id: row for row in rows}
    for reader in readers:
        for input in nodes[reader].inputs:
            ensure_readable(known[reader], known[input])


async def _check_parents(tx: Transaction, kpis: Sequence[Kpi]) -> None:
    if not any(kpi.parent_id for kpi in kpis):
        return
    edges = {
        row.id: row.parent_id
        for row in await tx.rows(
            select(_kpi.id, _kpi.parent_id).where(
                _kpi.organization_id == tx.organization_id, _kpi.parent_id.is_not(None)
            )
        )
    }
    if find_loop(edges, [kpi.id for kpi in kpis]) is not None:
        raise KpiParentLoop(("parentId",))


async def _rows(tx: Transaction, ids: Any) -> Sequence[Any]:
    return await tx.rows(
        select(_kpi.id, _kpi.name, _kpi.frequency, _kpi.value_type, _kpi.source).where(
            _kpi.organization_id == tx.organization_id, within(_kpi.id, ids)
        )
    )


def _touch(tx: Transaction, ids: set[UUID | None]) -> None:
    for id in filter(None, ids):
        tx.touch_kpi(id)
