"""Changes to the milestones of a key result."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.errors import Refusal
from service.events.models import Verb
from service.key_results.commands import locked_with_objective
from service.key_results.models import KeyResult, KeyResultKind, Milestone, MilestoneFacts
from service.people.permissions import ensure_editor
from service.values.parsing import plain_json
from service.values.weights import check_weight
from service.writing.entities import Change, NotFound, apply, archive, created, locked, restore
from service.writing.reorder import move
from service.writing.transaction import Transaction

_milestone: Any = Milestone
FACTS = ("external_id", *MilestoneFacts.model_fields)


class KindNotAllowed(Refusal):
    """Only a key result of kind MILESTONE has milestones; this one is {kind}."""


class MilestoneDoneInFuture(Refusal):
    """A milestone is done when it has been reached: `doneAt` ({done_at}) may not be in the future. Leave it empty
    until then."""


async def create(tx: Transaction, key_result_id: UUID, milestones: Sequence[Milestone]) -> None:
    """Adds milestones to one key result of kind MILESTONE."""
    ensure_editor(tx.viewer)
    key_result = await locked_with_objective(tx, key_result_id, field="keyResultId")
    if key_result.kind != KeyResultKind.MILESTONE:
        raise KindNotAllowed(("keyResultId",), kind=key_result.kind or "of no kind yet")
    for milestone in milestones:
        tx.attempt.note(check_weight(milestone.weight))
        tx.attempt.note(_check_done_at(milestone.done_at, tx.now))
    tx.insert(milestones)
    for milestone in milestones:
        _record(tx, Verb.CREATED, milestone, key_result, Change(milestone.id, created(milestone, FACTS)))


async def change(tx: Transaction, wanted: Change) -> None:
    """Changes a milestone; `done_at` set or not is what progress counts."""
    ensure_editor(tx.viewer)
    milestone, key_result = await _locked(tx, wanted.id)
    changes = await apply(tx, milestone, wanted)
    tx.attempt.note(check_weight(milestone.weight))
    if "done_at" in changes:
        tx.attempt.note(_check_done_at(milestone.done_at, tx.now))
    if changes:
        done = Change(milestone.id, changes, effective_at=wanted.effective_at, reason=wanted.reason)
        _record(tx, Verb.UPDATED, milestone, key_result, done)


async def set_archived(tx: Transaction, id: UUID, archived: bool, reason: str | None = None) -> None:
    """Archives or restores a milestone; doing it twice changes nothing."""
    ensure_editor(tx.viewer)
    milestone, key_result = await _locked(tx, id, archived=True)
    if archive(tx, milestone) if archived else restore(tx, milestone):
        _record(tx, Verb.ARCHIVED if archived else Verb.RESTORED, milestone, key_result, Change(id, {}, reason=reason))


async def reorder(tx: Transaction, id: UUID, after: UUID | None) -> None:
    """Puts a milestone right after another one of its key result, or first."""
    ensure_editor(tx.viewer)
    milestone, key_result = await _locked(tx, id)
    await move(
        tx,
        milestone,
        "key_result_id",
        after,
        lambda row, changes: _record(tx, Verb.REORDERED, row, key_result, Change(row.id, changes)),
    )


def _check_done_at(done_at: datetime | None, now: datetime) -> Iterator[Refusal]:
    if done_at is not None and done_at > now:
        yield MilestoneDoneInFuture(("doneAt",), done_at=plain_json(done_at))


async def _locked(tx: Transaction, id: UUID, *, archived: bool = False) -> tuple[Milestone, KeyResult]:
    wanted = await tx.rows(
        select(_milestone.key_result_id).where(
            _milestone.organization_id == tx.organization_id,
            _milestone.id == id,
        )
    )
    if not wanted:
        raise NotFound(("id",), thing="milestone")
    key_result = await locked_with_objective(tx, wanted[0].key_result_id, archived=archived)
    return await locked(tx, Milestone, id, archived=archived), key_result


def _record(tx: Transaction, verb: Verb, milestone: Milestone, key_result: KeyResult, done: Change) -> None:
    tx.record(
        verb,
        milestone,
        dict(done.values),
        objective_id=key_result.objective_id,
        touches=[key_result.objective_id],
        effective_at=done.effective_at,
        reason=done.reason,
    )
