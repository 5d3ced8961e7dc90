"""Changes to the milestones of a key result."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from service.cycles.admission import GoalCycle
from service.cycles.states import CycleAction, CycleState, actions_on, effective_state
from service.errors import Refusal
from service.events.models import Verb
from service.key_results.locking import lock_upward_from, lock_with_objective
from service.key_results.models import KeyResult, KeyResultKind, Milestone
from service.objectives.locking import LockedObjective
from service.people.goal_access import ensure_seen
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of
from service.values.parsing import to_json_value
from service.values.weights import check_weight
from service.writing.change import Change
from service.writing.refusals import NotFound
from service.writing.reorder import move
from service.writing.rows import apply_change, changes_of_new, lock_row
from service.writing.transaction import Transaction

_milestone = columns_of(Milestone)


class KindNotAllowed(Refusal):
    """Only a key result of kind MILESTONE has milestones; this one is {kind}."""

    meaning = (
        "Milestone for a key result of kind <kind>. Only key results of kind MILESTONE have milestones: choose "
        "another one, or change its kind."
    )


class MilestoneDoneInFuture(Refusal):
    """A milestone is done when it has been reached: `doneAt` ({done_at}) may not be in the future. Leave it empty
    until then."""

    meaning = "Time <doneAt> of `doneAt` in the future. Leave it empty until the milestone is reached."


class MilestoneDoneAfterCycle(Refusal):
    """The cycle is CLOSING, and counts what was reached before its end ({ends_at}); `doneAt` is {done_at}."""

    meaning = (
        "Time <doneAt> of `doneAt` that is not before the end <endsAt> of the cycle, which is CLOSING. Send a time "
        "before its end, or extend the cycle by `cycleExtend`."
    )


async def create(tx: Transaction, milestones: Sequence[Milestone]) -> None:
    """Adds milestones, all to the same key result, which is of kind MILESTONE."""
    ensure_editor(tx.viewer)
    key_result = await lock_with_objective(tx, milestones[0].key_result_id, field="keyResultId")
    if key_result.kind != KeyResultKind.MILESTONE:
        raise KindNotAllowed(("keyResultId",), kind=key_result.kind or "of no kind yet")
    for milestone in milestones:
        tx.attempt.note(check_weight(milestone.weight))
        tx.attempt.note(_check_done_at(milestone.done_at, tx.now))
    tx.insert(milestones)
    for milestone in milestones:
        tx.record(Verb.CREATED, milestone, changes_of_new(milestone), objectives=[key_result.objective_id])


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a milestone; `done_at` set or not is what progress counts."""
    ensure_editor(tx.viewer)
    is_check_in = requested.values.keys() == {"done_at"}
    milestone, key_result, locked = await _lock(tx, requested.id, (), is_check_in=is_check_in)
    changes = await apply_change(tx, milestone, requested)
    await locked.check_cycle(tx, actions_on(changes), "id")
    tx.attempt.note(check_weight(milestone.weight))
    if "done_at" in changes:
        tx.attempt.note(_check_done_at(milestone.done_at, tx.now))
        tx.attempt.note(_check_closing(tx, milestone.done_at, await locked.cycle(tx)))
    if changes:
        tx.record(Verb.UPDATED, milestone, changes, requested=requested, objectives=[key_result.objective_id])


async def lock_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[Milestone, Sequence[UUID]]:
    """The milestone to archive or restore, and the objective it counts in."""
    milestone, key_result, locked = await _lock(tx, id, (), allow_archived=True)
    await locked.check_archiving(tx, milestone, archived)
    return milestone, [key_result.objective_id]


async def reorder(tx: Transaction, id: UUID, after: UUID | None) -> None:
    """Puts a milestone right after another one of its key result, or first."""
    ensure_editor(tx.viewer)
    milestone, key_result, _ = await _lock(tx, id)
    await move(
        tx,
        milestone,
        "key_result_id",
        after,
        lambda row, changes: tx.record(Verb.REORDERED, row, changes, objectives=[key_result.objective_id]),
    )


def _check_done_at(done_at: datetime | None, now: datetime) -> Iterator[Refusal]:
    if done_at is not None and done_at > now:
        yield MilestoneDoneInFuture(("doneAt",), done_at=to_json_value(done_at))


def _check_closing(tx: Transaction, done_at: datetime | None, cycle: GoalCycle) -> Iterator[Refusal]:
    is_late = done_at is not None and done_at >= cycle.ends_at
    if is_late and effective_state(cycle, tx.now) is CycleState.CLOSING:
        yield MilestoneDoneAfterCycle(("doneAt",), done_at=to_json_value(done_at), ends_at=to_json_value(cycle.ends_at))


async def _lock(
    tx: Transaction,
    id: UUID,
    actions: Iterable[CycleAction] = (CycleAction.EDIT,),
    *,
    allow_archived: bool = False,
    is_check_in: bool = False,
) -> tuple[Milestone, KeyResult, LockedObjective]:
    rows = await tx.rows(
        select(_milestone.key_result_id).where(
            _milestone.organization_id == tx.organization_id,
            _milestone.id == id,
        )
    )
    if not rows:
        raise NotFound(("id",), thing="milestone")
    await ensure_seen(tx, Milestone, id=id)
    key_result, locked = await lock_upward_from(
        tx, rows[0].key_result_id, actions, allow_archived=allow_archived, is_check_in=is_check_in
    )
    milestone = await lock_row(tx, Milestone, id, allow_archived=allow_archived)
    return milestone, key_result, locked
