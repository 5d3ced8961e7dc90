"""Recording many check-ins in one transaction: all of them, or none."""

from collections.abc import Sequence
from uuid import UUID

from service.check_ins.commands import (
    CheckInDraft,
    SubjectAmbiguous,
    check_author,
    check_on_key_result,
    check_on_objective,
    check_statement,
    load_authors,
    make,
)
from service.check_ins.row_commands import find_repeated
from service.cycles.states import CycleAction
from service.errors import Refusal
from service.events.creation import CreatedFrom
from service.key_results.locking import LockedGoals, lock_goals
from service.people.goal_access import GoalCheck, find_refusals
from service.people.permissions import ensure_editor
from service.values.record import record
from service.writing.refusals import NotFound
from service.writing.rows import refusal_of_archived
from service.writing.transaction import Transaction

MAX_CHECK_INS = 100


@record
class CheckInRequest:
    """A check-in of many, on a key result or on an objective. `refusals` are what is wrong with its input already, and
    `created_from` is that input if the client chose the id."""

    key_result_id: UUID | None
    objective_id: UUID | None
    draft: CheckInDraft
    refusals: Sequence[Refusal] = ()
    created_from: CreatedFrom | None = None


async def record_check_ins(tx: Transaction, requests: Sequence[CheckInRequest]) -> list[UUID]:
    """Adds check-ins; their ids in the order of the requests. Of several on one goal at one time, the last one is the
    latest.

    What is wrong with any of them is noted, under its path in the input. The number of messages is fixed.
    """
    ensure_editor(tx.viewer)
    authors = await load_authors(tx, (each.draft.author_id for each in requests))
    goals = await lock_goals(
        tx,
        (each.key_result_id for each in requests if each.key_result_id),
        (each.objective_id for each in requests if each.objective_id),
    )
    checks = [_access_check(each, goals) for each in requests]
    denied = iter(await find_refusals(tx, [each for each in checks if each is not None]))
    repeated = list(find_repeated([each.draft for each in requests]))
    ids: list[UUID] = []
    for number, (request, check) in enumerate(zip(requests, checks, strict=True)):
        with tx.attempting() as attempt:
            attempt.note([*request.refusals, *repeated[number]])
            attempt.note(check_statement(request.draft))
            attempt.note(check_author(tx, request.draft.author_id, authors))
            denial = next(denied) if check is not None else None
            if check is None or denial is not None:
                attempt.note([denial or _missing(request)])
            else:
                tx.created_from = request.created_from
                ids.append(await _add(tx, request, goals))
        tx.attempt.include(attempt, "checkIns", str(number))
    return ids


def _access_check(request: CheckInRequest, goals: LockedGoals) -> GoalCheck | None:
    """The goal of a request to check; None if it is not there, or is not one."""
    if (request.key_result_id is None) == (request.objective_id is None):
        return None
    if request.key_result_id is None:
        locked = goals.objectives.get(request.objective_id)  # type: ignore[arg-type]
        return None if locked is None else GoalCheck(locked.objective, "objectiveId", is_check_in=True)
    key_result = goals.key_results.get(request.key_result_id)
    if key_result is None:
        return None
    return GoalCheck(
        goals.objectives[key_result.objective_id].objective,
        "keyResultId",
        "key result",
        further_owners=(key_result.owner_id,),
        is_check_in=True,
    )


def _missing(request: CheckInRequest) -> Refusal:
    if (request.key_result_id is None) == (request.objective_id is None):
        return SubjectAmbiguous(("keyResultId",))
    if request.key_result_id is None:
        return NotFound(("objectiveId",), thing="objective")
    return NotFound(("keyResultId",), thing="key result")


async def _add(tx: Transaction, request: CheckInRequest, goals: LockedGoals) -> UUID:
    """Adds a check-in on a locked goal that the viewer may check in on."""
    key_result = goals.key_results[request.key_result_id] if request.key_result_id else None
    objective_id = key_result.objective_id if key_result else request.objective_id
    assert objective_id is not None
    locked = goals.objectives[objective_id]
    field = "keyResultId" if key_result else "objectiveId"
    archived = next((row for row in (locked.objective, key_result) if row and row.archived_at is not None), None)
    if archived is not None:
        tx.attempt.note([refusal_of_archived(archived, field)])
    await locked.check_cycle(tx, [CycleAction.CHECK_IN], field)
    if key_result is None:
        tx.attempt.note(check_on_objective(locked.objective, request.draft))
        return make(tx, request.draft, await locked.cycle(tx), objective_id, None)
    tx.attempt.note(check_on_key_result(key_result, request.draft))
    return make(tx, request.draft, await locked.cycle(tx), objective_id, key_result.id)
