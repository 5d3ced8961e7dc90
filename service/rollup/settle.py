"""Recomputes stored progress and status in the transaction that changed the facts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy import text

from service.alignment.models import Alignment
from service.check_ins.models import CheckIn
from service.key_results.models import KeyResult
from service.objectives.locking import lock_upward
from service.objectives.models import Objective
from service.rollup.evaluate import evaluate
from service.rollup.goal_statement import GOALS
from service.rollup.new_objective_statement import NEW_OBJECTIVES
from service.rollup.queries import load, tree_of
from service.rollup.status_timeline import TIMELINE_COLUMNS, step_at, to_columns
from service.rollup.stored_steps import PROGRESS_ORDER
from service.rollup.surroundings import Surroundings
from service.rollup.tree import GoalValues, Tree, objective_differs
from service.writing.transaction import Transaction

# Each stored column, by the name of the value.
_OF_GOALS = {
    **{"progress": "progress", "raw": "progress_raw", "reason": "progress_reason", "confidence": "confidence"},
    **{"guardrail_breached": "guardrail_breached", "check_in_due_at": "check_in_due_at"},
    **{name: name for name in ("starts_at", "due_at", "cadence_days", "cadence_weekday")},
}
_OF_OBJECTIVES = {**_OF_GOALS, "coverage": "coverage", "score": "score"}
_AROUND_OBJECTIVES = Surroundings._fields
_OF_KEY_RESULTS = {
    **_OF_GOALS,
    **{name: name for name in ("current", "has_data", "regressed", "measured_baseline", "measured_target")},
}
# The step in force, of which lists are read by an index.
_STEP = ("step_since", "step_until", "step_status", "step_staleness", "step_reason")


def _update(table: str, columns: Iterable[str]) -> str:
    assignments = ", ".join(f"{name} = n.{name}" for name in (*columns, *TIMELINE_COLUMNS, *_STEP))
    assignments += f", progress_order = {PROGRESS_ORDER.format('n')}"
    # No row of the parameter has an organization, and the planner expects few rows without a value: it looks each goal
    # up by its key, also where tables have no statistics.
    return f"""
        UPDATE {table} t SET {assignments}, changed_at = greatest(t.changed_at, CAST(:now AS timestamptz))
        FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST(CAST(:{table} AS text) AS jsonb)) n
        WHERE n.organization_id IS NULL AND t.organization_id = :organization_id AND t.id = n.id"""


STORE = text(f"""
    WITH stored AS ({_update("key_results", _OF_KEY_RESULTS.values())})
    {_update("objectives", (*_OF_OBJECTIVES.values(), *_AROUND_OBJECTIVES))}""")

# The objectives that serve others.
CHILDREN = text("""
    SELECT objective_id FROM alignments
    WHERE organization_id = :organization_id AND parent_id = ANY(CAST(:ids AS uuid[])) AND archived_at IS NULL""")

Differences = list[tuple[UUID, GoalValues, GoalValues]]


class DerivedRows(NamedTuple):
    """The columns to store of objectives and of key results."""

    objectives: list[dict[str, Any]]
    key_results: list[dict[str, Any]]


async def settle(tx: Transaction) -> None:
    """Sends what is new and what has changed, and recomputes the touched objectives and all above them, in a fixed
    number of statements at any depth."""
    await find_realigned(tx)
    if not tx.touched and not tx.realigned.ids:
        await tx.flush()
        return
    ids = await _lock_upward(tx)
    if tx.unsent_ids(Objective).issuperset(ids) and not any(
        tx.unsent_ids(model) for model in (KeyResult, Alignment, CheckIn)
    ):
        rows = await tx.rows_after_flush(NEW_OBJECTIVES, ids=ids)
    else:
        rows = await tx.rows_after_flush(GOALS, ids=ids, changed=list(tx.touched), realigned=list(tx.realigned.ids))
    await _store(tx, await tree_of(tx, rows, ids))
    tx.touched.clear()
    tx.realigned.ids.clear()
    tx.changed_goals.clear()


async def find_realigned(tx: Transaction) -> None:
    """Adds to the realigned objectives those that serve others which changed for them."""
    if unknown := tx.realigned.add_known():
        tx.realigned.ids.update(row["objective_id"] for row in await tx.rows(CHILDREN, ids=list(unknown)))


async def _lock_upward(tx: Transaction) -> list[UUID]:
    """The touched and the realigned objectives and all above them, each child before its parents, locked."""
    # What nobody else knows yet has nothing above it.
    changed = tx.touched | tx.realigned.ids
    new = changed & tx.unsent_ids(Objective)
    stored = changed - new
    if not stored.issubset(tx.locked_upward):
        await tx.flush()
        await lock_upward(tx, stored)
    return [*sorted(new), *(tx.locked_upward if stored else ())]


async def store(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Evaluates these objectives, children before parents, and writes what has changed.

    Goals in `tx.changed_goals` are written although their values are equal, to update `changed_at`.
    """
    await _store(tx, await load(tx, ids))


async def _store(tx: Transaction, tree: Tree) -> None:
    await write_derived(tx, derived_rows(tree, tx.now, tx.changed_goals))


def derived_rows(tree: Tree, now: datetime, always: Collection[UUID] = ()) -> DerivedRows:
    """The rows of `differences`, with the step in force at `now`."""
    objectives, key_results = differences(tree, always)
    return DerivedRows(_rows(objectives, _OF_OBJECTIVES, now), _rows(key_results, _OF_KEY_RESULTS, now))


async def write_derived(tx: Transaction, rows: DerivedRows) -> None:
    """Writes derived values."""
    if rows.key_results or rows.objectives:
        await tx.run(STORE, now=tx.now, objectives=_as_json(rows.objectives), key_results=_as_json(rows.key_results))


def differences(tree: Tree, always: Collection[UUID] = ()) -> tuple[Differences, Differences]:
    """Objectives and key results whose stored values are not what the facts say: id, stored, computed.

    Goals in `always` are included whatever is stored.
    """
    computed = evaluate(tree)
    objectives = [(node.id, node.stored, computed.objectives[node.id].values) for node in tree.objectives]
    key_results = [
        (node.id, node.stored, computed.key_results[node.id].values)
        for nodes in tree.key_results.values()
        for node in nodes
    ]
    return [d for d in objectives if d[0] in always or objective_differs(*d[1:])], [
        d for d in key_results if d[0] in always or d[1] != d[2]
    ]


def _rows(changed: Differences, columns: Mapping[str, str], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "id": id,
            **{column: getattr(values, name) for name, column in columns.items()},
            **dict(zip(TIMELINE_COLUMNS, to_columns(values.timeline), strict=True)),
            **dict(zip(_STEP, step_at(values.timeline, now), strict=True)),
            **({} if values.surroundings is None else values.surroundings._asdict()),
        }
        for id, _, values in changed
    ]


def _as_json(rows: list[dict[str, Any]]) -> str:
    # Exact decimals are sent as text.
    return orjson.dumps(rows, default=str).decode()
