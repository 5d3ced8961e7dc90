"""Changes to objectives."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from service.events.models import Verb
from service.objectives.date_commands import complete_objectives, with_dates_of_objective
from service.objectives.goal_dates import DATES
from service.objectives.locking import lock_objective
from service.objectives.models import Objective
from service.people.goal_access import GoalCheck, ensure_access, ensure_seen
from service.people.permissions import ensure_editor
from service.writing.change import Change
from service.writing.reorder import move
from service.writing.rows import apply_change, changes_of_new, ensure_not_archived, lock_row
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

# The facts that progress and status follow from, here or above.
COUNTING = frozenset({"cycle_id", "lifecycle", "progress_source", "status_source"}) | DATES


async def create(tx: Transaction, objectives: Sequence[Objective]) -> None:
    """Adds objectives."""
    ensure_editor(tx.viewer)
    for refusals in (await complete_objectives(tx, objectives)).values():
        tx.attempt.note(refusals)
    tx.insert(objectives)
    for count, objective in enumerate(objectives, 1):
        tx.record(Verb.CREATED, objective, changes_of_new(objective), objectives=[objective.id])
        await let_others(count)


async def change(tx: Transaction, requested: Change) -> None:
    """Changes an objective."""
    ensure_editor(tx.viewer)
    is_counting = bool(COUNTING & requested.values.keys())
    objective = (
        (await lock_objective(tx, requested.id)).objective if is_counting else await _lock_alone(tx, requested.id)
    )
    if is_counting:
        requested = replace(requested, values=await with_dates_of_objective(tx, objective, requested.values))
    changes = await apply_change(tx, objective, requested)
    if changes:
        settles = bool(COUNTING & changes.keys())
        tx.record(Verb.UPDATED, objective, changes, requested=requested, objectives=[objective.id], settles=settles)


async def lock_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[Objective, Sequence[UUID]]:
    """The objective to archive or restore, and the objectives it counts in: archived, it stops counting."""
    return (await lock_objective(tx, id, allow_archived=True)).objective, [id]


async def reorder(tx: Transaction, id: UUID, after: UUID | None) -> None:
    """Puts an objective right after another one of its cycle, or first."""
    ensure_editor(tx.viewer)
    objective = await _lock_alone(tx, id)
    await ensure_seen(tx, Objective, afterId=after)
    await move(
        tx,
        objective,
        "cycle_id",
        after,
        lambda row, changes: tx.record(Verb.REORDERED, row, changes, objectives=[row.id], settles=False),
    )


async def _lock_alone(tx: Transaction, id: UUID) -> Objective:
    """An objective to change, without those above it."""
    objective = await lock_row(tx, Objective, id, allow_archived=True)
    await ensure_access(tx, GoalCheck(objective))
    ensure_not_archived(objective)
    return objective
