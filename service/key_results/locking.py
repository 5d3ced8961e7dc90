"""Locks key results together with their objectives and all above these, in one message, before they are changed."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from service.cycles.states import CycleAction, are_check_ins
from service.key_results.models import KeyResult
from service.kpis.measurements import locking as kpi_locking
from service.objectives.locking import LockedObjective, lock_statement, prefixed, take_locked, without_prefix
from service.objectives.models import Objective
from service.people.goal_access import GoalCheck, ensure_access
from service.writing.refusals import NotFound
from service.writing.rows import ensure_not_archived
from service.writing.transaction import Transaction

# The key result is locked after its objective.
LOCK = text(
    lock_statement(
        "SELECT objective_id FROM key_results WHERE organization_id = :organization_id AND id = :id",
        more=""",
    key_result AS MATERIALIZED (
        SELECT k.* FROM key_results k
        WHERE k.organization_id = :organization_id AND k.id = :id AND (SELECT count(*) FROM locked) > 0
        FOR NO KEY UPDATE
    )""",
        columns=f", {prefixed(KeyResult, 'k', 'key_result_')}",
        joins="LEFT JOIN key_result k ON l.is_start",
    )
)

# Key results and objectives of their own, each key result after all objectives.
LOCK_GOALS = text(
    lock_statement(
        """SELECT unnest(CAST(:objective_ids AS uuid[])) AS id UNION SELECT k.objective_id FROM key_results k
        WHERE k.organization_id = :organization_id AND k.id = ANY(CAST(:key_result_ids AS uuid[]))""",
        more=""",
    key_result AS MATERIALIZED (
        SELECT k.* FROM key_results k
        WHERE k.organization_id = :organization_id AND k.id = ANY(CAST(:key_result_ids AS uuid[]))
          AND (SELECT count(*) FROM locked) > 0
        ORDER BY k.id FOR NO KEY UPDATE
    )""",
        columns=f", {prefixed(KeyResult, 'k', 'key_result_')}",
        joins="LEFT JOIN key_result k ON l.is_start AND k.objective_id = l.id",
    )
)


class LockedGoals(NamedTuple):
    """Locked key results, and locked objectives: their own, and those that were asked for."""

    key_results: Mapping[UUID, KeyResult]
    objectives: Mapping[UUID, LockedObjective]


async def lock_goals(tx: Transaction, key_result_ids: Iterable[UUID], objective_ids: Iterable[UUID]) -> LockedGoals:
    """Key results and objectives, locked with all above them in one message; without those that are not there.
    Nothing is checked."""
    rows = await tx.rows(LOCK_GOALS, key_result_ids=list(key_result_ids), objective_ids=list(objective_ids))
    objectives = take_locked(tx, rows)
    own = [without_prefix(row, KeyResult, "key_result_") for row in rows if row["key_result_id"] is not None]
    return LockedGoals({each.id: each for each in tx.adopt(KeyResult, own)}, objectives)


async def lock_key_results_ahead(
    tx: Transaction, ids: Iterable[UUID], objective_ids: Iterable[UUID] = ()
) -> list[KeyResult]:
    """Locks key results that will be changed one after the other, with their objectives and all above these, in one
    message, and the objectives that others will be added to."""
    locked = await lock_goals(tx, ids, objective_ids)
    for id, key_result in locked.key_results.items():
        tx.locked_ahead[KeyResult, id] = key_result, locked.objectives[key_result.objective_id]
    for id, objective in locked.objectives.items():
        tx.locked_ahead[Objective, id] = objective
    return list(locked.key_results.values())


async def lock_followed_kpis(tx: Transaction, changes: Iterable[Mapping[str, Any]]) -> None:
    """Locks the KPIs that key results with these values will follow: before the objectives."""
    ids = {id for values in changes if (id := values.get("source_kpi_id")) is not None}
    await kpi_locking.lock(tx, sorted(ids))


async def lock_with_objective(
    tx: Transaction,
    id: UUID,
    actions: Iterable[CycleAction] = (CycleAction.EDIT,),
    *,
    field: str = "id",
    allow_archived: bool = False,
) -> KeyResult:
    """A key result to change. Its objective is locked first: one lock guards all that belongs to it."""
    key_result, _ = await lock_upward_from(tx, id, actions, field=field, allow_archived=allow_archived)
    return key_result


async def lock_upward_from(
    tx: Transaction,
    id: UUID,
    actions: Iterable[CycleAction] = (CycleAction.EDIT,),
    *,
    field: str = "id",
    allow_archived: bool = False,
    is_check_in: bool = False,
) -> tuple[KeyResult, LockedObjective]:
    """A key result to change, with its objective, which is locked first, with all above it.

    Raises Forbidden, NotFound, NotEditable and Archived. Notes CycleStateForbids if its cycle does not allow the
    `actions`. What `is_check_in`, or has no other action, is for contributors, too.
    """
    key_result, locked = tx.locked_ahead.get((KeyResult, id)) or await _lock(tx, id, field)
    check = GoalCheck(
        *(locked.objective, field, "key result"),
        further_owners=(key_result.owner_id,),
        is_check_in=is_check_in or are_check_ins(actions),
    )
    await ensure_access(tx, check)
    ensure_not_archived(locked.objective, field, allow_archived)
    ensure_not_archived(key_result, field, allow_archived)
    await locked.check_cycle(tx, actions, field)
    return key_result, locked


async def _lock(tx: Transaction, id: UUID, field: str) -> tuple[KeyResult, LockedObjective]:
    rows = await tx.rows(LOCK, id=id)
    own = next((row for row in rows if row["key_result_id"] is not None), None)
    if own is None:
        raise NotFound((field,), thing="key result")
    [locked] = take_locked(tx, rows).values()
    [key_result] = tx.adopt(KeyResult, [without_prefix(own, KeyResult, "key_result_")])
    return key_result, locked
