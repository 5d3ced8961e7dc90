"""Changes to objectives."""

from collections.abc import Sequence
from uuid import UUID

from service.events.models import Verb
from service.objectives.models import Objective, ObjectiveFacts
from service.people.permissions import ensure_editor
from service.writing.entities import Change, apply, archive, created, locked, restore
from service.writing.reorder import move
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

FACTS = ("external_id", *ObjectiveFacts.model_fields)


async def create(tx: Transaction, objectives: Sequence[Objective]) -> None:
    """Adds objectives."""
    ensure_editor(tx.viewer)
    tx.insert(objectives)
    for count, objective in enumerate(objectives, 1):
        _record(tx, Verb.CREATED, objective, Change(objective.id, created(objective, FACTS)))
        await let_others(count)


async def change(tx: Transaction, wanted: Change) -> None:
    """Changes an objective."""
    ensure_editor(tx.viewer)
    objective = await locked(tx, Objective, wanted.id)
    changes = await apply(tx, objective, wanted)
    if changes:
        _record(
            tx,
            Verb.UPDATED,
            objective,
            Change(objective.id, changes, effective_at=wanted.effective_at, reason=wanted.reason),
        )


async def set_archived(tx: Transaction, id: UUID, archived: bool, reason: str | None = None) -> None:
    """Archives or restores an objective; doing it twice changes nothing. Archived, it stops counting."""
    ensure_editor(tx.viewer)
    objective = await locked(tx, Objective, id, archived=True)
    if archive(tx, objective) if archived else restore(tx, objective):
        _record(tx, Verb.ARCHIVED if archived else Verb.RESTORED, objective, Change(id, {}, reason=reason))


async def reorder(tx: Transaction, id: UUID, after: UUID | None) -> None:
    """Puts an objective right after another one of its cycle, or first."""
    ensure_editor(tx.viewer)
    objective = await locked(tx, Objective, id)
    await move(
        tx,
        objective,
        "cycle_id",
        after,
        lambda row, changes: _record(tx, Verb.REORDERED, row, Change(row.id, changes), touches=False),
    )


def _record(tx: Transaction, verb: Verb, objective: Objective, done: Change, *, touches: bool = True) -> None:
    tx.record(
        verb,
        objective,
        dict(done.values),
        objective_id=objective.id,
        touches=[objective.id] if touches else [],
        effective_at=done.effective_at,
        reason=done.reason,
    )
