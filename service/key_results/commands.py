"""Changes to key results."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from service.cadence.checks import check_own_cadence
from service.cycles.admission import check_cycle, load_cycles
from service.cycles.states import CycleAction, CycleState, actions_on
from service.errors import Refusal
from service.events.models import Verb
from service.key_results.definition import check, is_measurable
from service.key_results.locking import lock_upward_from, lock_with_objective
from service.key_results.models import KeyResult, KeyResultKind, ValueSource
from service.key_results.progress import CHANGES, Definition, target_of
from service.key_results.refusals import (
    KeyResultIncomplete,
    ObjectiveFixed,
    SourceKpiMissing,
    TargetComputed,
    TargetReasonMissing,
    ValueSourceNotAllowed,
)
from service.kpis.measurements import locking
from service.kpis.models import Kpi
from service.objectives.date_commands import complete_key_results, with_dates_of_key_result
from service.objectives.locking import LockedObjective, lock_upward
from service.objectives.models import Lifecycle, Objective
from service.people.goal_access import GoalCheck, ensure_seen, find_hidden, find_refusals
from service.people.permissions import ensure_editor
from service.values.unit_kinds import check_unit
from service.values.weights import check_weight
from service.writing.change import Change
from service.writing.refusals import Archived, NotFound
from service.writing.reorder import move
from service.writing.rows import apply_change, changes_of_new, new_row
from service.writing.transaction import Transaction

DEFINING = frozenset(
    {"kind", "mode", "baseline", "target", "change_by", "lower", "upper", "value_source", "source_kpi_id"}
)
# What a target is made of.
TARGETS = frozenset({"target", "change_by", "lower", "upper"})
DEFINITION = ("kind", "mode", "baseline", "target", "change_by", "lower", "upper")


def draft(tx: Transaction, values: Mapping[str, Any], *, imported: bool = False) -> KeyResult:
    """A new key result; without what its kind needs it is a draft. Notes the refusals of `check`."""
    facts = dict(values)
    if facts.get("kind") in CHANGES and facts.get("target") is not None:
        tx.attempt.note([TargetComputed(("target",), kind=facts["kind"])])
    if facts.get("kind") == KeyResultKind.MILESTONE:
        facts.setdefault("value_source", ValueSource.MILESTONES)
    if facts.get("source_kpi_id") is not None:
        facts.setdefault("value_source", ValueSource.KPI)
    key_result = new_row(tx, KeyResult, facts)
    _check(tx, key_result, imported)
    tx.attempt.note(_check_unit(key_result))
    tx.attempt.note(check_own_cadence(key_result))
    if not is_measurable(definition_of(key_result)) and key_result.lifecycle == Lifecycle.ACTIVE:
        key_result.lifecycle = Lifecycle.DRAFT
    return key_result


async def drafting_imported(tx: Transaction) -> Callable[[Mapping[str, Any]], KeyResult]:
    """The function that makes a new key result of values in a file."""
    return partial(draft, tx, imported=True)


async def create(tx: Transaction, key_results: Sequence[KeyResult]) -> None:
    """Adds key results to objectives that are there and not archived. Notes CycleStateForbids."""
    add = await creating(tx, key_results)
    await add(key_results)


async def creating(
    tx: Transaction, key_results: Sequence[KeyResult]
) -> Callable[[Sequence[KeyResult]], Awaitable[None]]:
    """Locks what key results belong to, with all above it; the function that adds some of them."""
    ensure_editor(tx.viewer)
    hidden = await _lock_kpis(tx, key_results)
    locked = await _lock_objectives(tx, {key_result.objective_id for key_result in key_results})
    access = await find_refusals(tx, [GoalCheck(each.objective, "objectiveId") for each in locked.values()])
    refusals = dict(zip(locked, access, strict=True))
    seen = {id: each for id, each in locked.items() if not isinstance(refusals[id], NotFound)}
    incomplete = await complete_key_results(tx, key_results)

    async def add(key_results: Sequence[KeyResult]) -> None:
        ids = {key_result.objective_id for key_result in key_results}
        for id in ids & seen.keys():
            if (refusal := refusals[id]) is not None:
                raise refusal
        for id in ids & seen.keys():
            await seen[id].check_cycle(tx, [CycleAction.EDIT], "objectiveId")
        for key_result in key_results:
            tx.attempt.note(incomplete.get(key_result.id, ()))
        with tx.attempt.noting():
            _add(tx, {id: each.objective for id, each in seen.items()}, key_results)
        # With all else that is wrong, whether it is hidden or not there.
        if ids - seen.keys():
            tx.attempt.note([NotFound(("objectiveId",), thing="objective")])
        tx.attempt.note(_check_sources(key_results, hidden))

    return add


async def _lock_objectives(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, LockedObjective]:
    ahead = {id: tx.locked_ahead[Objective, id] for id in ids if (Objective, id) in tx.locked_ahead}
    others = [id for id in ids if id not in ahead]
    return ahead | (await lock_upward(tx, others) if others else {})


async def creating_imported(tx: Transaction, key_results: Sequence[KeyResult]) -> Callable[[Sequence[KeyResult]], None]:
    """Locks what key results belong to; the function that adds some of them. The transaction has the graph lock for
    itself, so that the objectives above need no lock."""
    ensure_editor(tx.viewer)
    hidden = await _lock_kpis(tx, key_results)
    locked = await tx.lock(Objective, {key_result.objective_id for key_result in key_results})
    objectives = {each.id: each for each in locked if each}
    cycles = await load_cycles(tx, {each.cycle_id for each in objectives.values()})

    def add(key_results: Sequence[KeyResult]) -> None:
        for id in {key_result.objective_id for key_result in key_results} & objectives.keys():
            tx.attempt.note(check_cycle(tx, cycles[objectives[id].cycle_id], CycleAction.EDIT, "objectiveId"))
        tx.attempt.note(_check_sources(key_results, hidden))
        _add(tx, objectives, key_results)

    return add


async def _lock_kpis(tx: Transaction, key_results: Iterable[KeyResult]) -> set[UUID]:
    """Locks the KPIs that key results follow; the ids of those that the viewer does not see."""
    ids = sorted({row.source_kpi_id for row in key_results if row.source_kpi_id})
    await locking.lock(tx, ids)
    return await find_hidden(tx, Kpi, ids)


def _check_sources(key_results: Iterable[KeyResult], hidden: Collection[UUID]) -> Iterator[Refusal]:
    """Yields NotFound if a key result follows one of these KPIs."""
    if any(key_result.source_kpi_id in hidden for key_result in key_results):
        yield NotFound(("sourceKpiId",), thing="KPI")


def _add(tx: Transaction, objectives: Mapping[UUID, Objective], key_results: Sequence[KeyResult]) -> None:
    for id in {key_result.objective_id for key_result in key_results} & objectives.keys():
        if objectives[id].archived_at is not None:
            raise Archived(("objectiveId",), thing="objective")
    tx.insert(key_results)
    for key_result in key_results:
        tx.record(Verb.CREATED, key_result, changes_of_new(key_result), objectives=[key_result.objective_id])


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a key result. Notes the refusals of `check`, KeyResultIncomplete, TargetComputed, TargetReasonMissing and
    CycleStateForbids."""
    ensure_editor(tx.viewer)
    await locking.lock(tx, [requested.values.get("source_kpi_id")])
    await ensure_seen(tx, Kpi, sourceKpiId=requested.values.get("source_kpi_id"))
    key_result, locked = await lock_upward_from(tx, requested.id, ())
    values = await with_dates_of_key_result(tx, key_result, requested.values)
    was_in_force = key_result.lifecycle == Lifecycle.ACTIVE
    kind = values.get("kind", key_result.kind)
    if kind in CHANGES and values.get("target") is not None:
        tx.attempt.note([TargetComputed(("target",), kind=kind)])
    changes = await apply_change(tx, key_result, replace(requested, values=_with_target(key_result, values)))
    if not changes:
        return
    await locked.check_cycle(tx, actions_on(changes), "id")
    if DEFINING & changes.keys():
        _check(tx, key_result)
    needs_reason = was_in_force and _changes_target(changes) and await locked.state(tx) is CycleState.ACTIVE
    if needs_reason and not (requested.reason or tx.reason):
        tx.attempt.note([TargetReasonMissing(("reason",))])
    tx.attempt.note(check_weight(key_result.weight))
    tx.attempt.note(_check_unit(key_result))
    tx.attempt.note(check_own_cadence(key_result))
    if not is_measurable(definition_of(key_result)) and key_result.lifecycle == Lifecycle.ACTIVE:
        tx.attempt.note([KeyResultIncomplete(("lifecycle",), kind=key_result.kind or "none yet")])
    tx.record(Verb.UPDATED, key_result, changes, requested=requested, objectives=[key_result.objective_id])


async def lock_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[KeyResult, Sequence[UUID]]:
    """The key result to archive or restore, and the objective it counts in: archived, it stops counting."""
    key_result, locked = await lock_upward_from(tx, id, (), allow_archived=True)
    await locked.check_archiving(tx, key_result, archived)
    return key_result, [key_result.objective_id]


async def reorder(tx: Transaction, id: UUID, after: UUID | None) -> None:
    """Puts a key result right after another one of its objective, or first."""
    ensure_editor(tx.viewer)
    key_result = await lock_with_objective(tx, id)
    await move(
        tx,
        key_result,
        "objective_id",
        after,
        lambda row, changes: tx.record(Verb.REORDERED, row, changes, objectives=[row.objective_id], settles=False),
    )


def as_far_as_measurable(key_result: KeyResult, values: dict[str, Any]) -> dict[str, Any]:
    """The values without a lifecycle ACTIVE that a draft cannot have yet, as `draft` does with a new one."""
    merged = SimpleNamespace(**{name: values.get(name, getattr(key_result, name)) for name in DEFINITION})
    if values.get("lifecycle") == Lifecycle.ACTIVE and not is_measurable(definition_of(merged)):
        return values | {"lifecycle": key_result.lifecycle}
    return values


def as_upserted(key_result: KeyResult, values: dict[str, Any]) -> dict[str, Any]:
    """The values that an upsert changes a key result to. Raises ObjectiveFixed."""
    rest = dict(values)
    if rest.pop("objective_id", None) not in (None, key_result.objective_id):
        raise ObjectiveFixed(("objectiveId",))
    return as_far_as_measurable(key_result, rest)


def _changes_target(changes: Mapping[str, Any]) -> bool:
    """Whether a target that was there is another one now."""
    return any(changes[name]["before"] is not None for name in TARGETS & changes.keys())


def _with_target(key_result: KeyResult, values: dict[str, Any]) -> dict[str, Any]:
    """The values together with the target that follows from them, so that the event tells it too."""
    merged = SimpleNamespace(**{name: values.get(name, getattr(key_result, name)) for name in DEFINITION})
    if merged.kind in CHANGES and DEFINING & values.keys():
        return values | {"target": target_of(definition_of(merged))}
    return values


def definition_of(key_result: Any) -> Definition:
    """The definition of a key result as its pure functions take it."""
    return Definition(
        key_result.kind,
        key_result.mode,
        key_result.baseline,
        key_result.target,
        key_result.change_by,
        key_result.lower,
        key_result.upper,
    )


def _check(tx: Transaction, key_result: KeyResult, imported: bool = False) -> None:
    tx.attempt.note(check(definition_of(key_result), weight=key_result.weight, imported=imported))
    tx.attempt.note(_check_source(key_result))
    if key_result.kind in CHANGES:
        key_result.target = target_of(definition_of(key_result))


def _check_unit(key_result: KeyResult) -> Iterator[Refusal]:
    return check_unit(key_result.unit_kind, key_result.currency, key_result.display_decimals)


def _check_source(key_result: KeyResult) -> Iterator[Refusal]:
    is_milestone = key_result.kind == KeyResultKind.MILESTONE
    if is_milestone != (key_result.value_source == ValueSource.MILESTONES):
        allowed = "MILESTONES" if is_milestone else "MANUAL, KPI or ALIGNED_OBJECTIVES"
        yield ValueSourceNotAllowed(
            ("valueSource",), kind=key_result.kind, allowed=allowed, source=key_result.value_source
        )
    if (key_result.value_source == ValueSource.KPI) != (key_result.source_kpi_id is not None):
        yield SourceKpiMissing(("sourceKpiId",))
