"""Recomputes stored progress and status in the transaction that changed the facts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text

from service.objectives.locking import lock_upward
from service.objectives.models import Objective
from service.rollup.evaluate import evaluate
from service.rollup.goal_statement import GOALS
from service.rollup.queries import load, tree_of
from service.rollup.status_timeline import step_at, to_columns
from service.rollup.tree import GoalValues, Tree, objective_differs
from service.writing.transaction import Transaction

# Each stored column, by the name of the value.
_OF_GOALS = {
    **{"progress": "progress", "raw": "progress_raw", "reason": "progress_reason", "confidence": "confidence"},
    **{"guardrail_breached": "guardrail_breached", "due_at": "check_in_due_at"},
}
_OF_OBJECTIVES = {**_OF_GOALS, "coverage": "coverage"}
_OF_KEY_RESULTS = {
    **_OF_GOALS,
    **{name: name for name in ("current", "has_data", "regressed", "measured_baseline", "measured_target")},
}
_TIMELINE = ("status_since", "status_steps", "status_reasons", "staleness_steps", "diverging_steps")
# The step in force, of which lists are read by an index.
_STEP = ("step_since", "step_until", "step_status", "step_staleness")


def _update(table: str, columns: Mapping[str, str]) -> str:
    assignments = ", ".join(f"{name} = n.{name}" for name in (*columns.values(), *_TIMELINE, *_STEP))
    return f"""
        UPDATE {table} t SET {assignments}, changed_at = greatest(t.changed_at, CAST(:now AS timestamptz))
        FROM jsonb_populate_recordset(CAST(NULL AS {table}), CAST(CAST(:{table} AS text) AS jsonb)) n
        WHERE t.organization_id = :organization_id AND t.id = n.id"""


STORE = text(f"""
    WITH stored AS ({_update("key_results", _OF_KEY_RESULTS)})
    {_update("objectives", _OF_OBJECTIVES)}""")

Differences = list[tuple[UUID, GoalValues, GoalValues]]


async def settle(tx: Transaction) -> None:
    """Sends what is new and what has changed, and recomputes the touched objectives and all above them, in a fixed
    number of statements at any depth."""
    if not tx.touched:
        await tx.flush()
        return
    ids = await _lock_upward(tx)
    rows = await tx.rows_after_flush(GOALS, ids=ids, changed=list(tx.touched))
    await _store(tx, await tree_of(tx, rows, ids))
    tx.touched.clear()
    tx.changed_goals.clear()


async def _lock_upward(tx: Transaction) -> list[UUID]:
    """The touched objectives and all above them, each child before its parents, locked."""
    # What nobody else knows yet has nothing above it.
    new = tx.touched & tx.unsent_ids(Objective)
    stored = tx.touched - new
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
    objectives, key_results = differences(tree, tx.changed_goals)
    if key_results or objectives:
        rows = {
            "objectives": _rows_as_json(objectives, _OF_OBJECTIVES, tx.now),
            "key_results": _rows_as_json(key_results, _OF_KEY_RESULTS, tx.now),
        }
        await tx.run(STORE, now=tx.now, **rows)


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


def _rows_as_json(changed: Differences, columns: Mapping[str, str], now: datetime) -> str:
    rows = [
        {
            "id": id,
            **{column: getattr(values, name) for name, column in columns.items()},
            **dict(zip(_TIMELINE, to_columns(values.timeline), strict=True)),
            **dict(zip(_STEP, step_at(values.timeline, now), strict=True)),
        }
        for id, _, values in changed
    ]
    # Exact decimals are sent as text.
    return orjson.dumps(rows, default=str).decode()
