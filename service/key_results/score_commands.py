"""Gives goals their final scores: one by one, or as they are proposed."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.cycles.scores import mean_score, proposed_score
from service.cycles.states import CycleAction
from service.errors import Refusal
from service.events.models import Verb
from service.key_results.locking import lock_upward_from
from service.key_results.models import KeyResult
from service.objectives.locking import lock_objective
from service.objectives.models import Objective
from service.people.permissions import ensure_editor
from service.values.decimals import decimal_from_float
from service.values.parsing import to_json_value
from service.values.record import record
from service.writing.change import Change
from service.writing.rows import apply_change
from service.writing.texts import check_texts
from service.writing.transaction import Transaction

# The key results in force of an objective, locked.
OWN_KEY_RESULTS = text("""
    SELECT id FROM key_results
    WHERE organization_id = :organization_id AND objective_id = :objective_id AND archived_at IS NULL
      AND lifecycle = 'ACTIVE'
    ORDER BY position, id""")


class ScoreOutOfRange(Refusal):
    """A score is a fraction from 0 to 1, not {score}."""

    meaning = "Score <score>, outside its range. Send a fraction from 0 to 1."


class ScoreReasonMissing(Refusal):
    """The score {score} is not the proposed one, which is {proposed}: say in `reason` why."""

    meaning = (
        "Score <score> that differs from the proposed one, <proposed>, without a reason. Say in `reason` why, or leave "
        "`score` out to accept the proposed one."
    )


class ScoreProposalMissing(Refusal):
    """No score is proposed, because there is no progress ({reason}). Give a `score`, or say in `scoreWaiver` why there
    is none."""

    meaning = (
        "Score left out of a goal for which none is proposed, since it has no progress (<reason>). Send a `score`, or "
        "say in `scoreWaiver` why there is none."
    )


class ScoreAmbiguous(Refusal):
    """A goal has a score, or a reason why it has none: give either `score` or `scoreWaiver`."""

    meaning = "Score and waiver at once. Send either `score` or `scoreWaiver`."


@record
class ScoreRequest:
    """What is to be the final score of a goal: a `score` from 0 to 1 that `has_score`, None for none; the proposed one
    if it is not given; or none because of a `waiver`."""

    id: UUID
    score: float | None = None
    has_score: bool = False
    waiver: str | None = None
    reason: str | None = None
    expected_version: int | None = None


async def score_key_result(tx: Transaction, request: ScoreRequest) -> None:
    """Scores a key result while its cycle is CLOSING. Notes the refusals of this module, and CycleStateForbids."""
    ensure_editor(tx.viewer)
    key_result, _ = await lock_upward_from(tx, request.id, [CycleAction.SCORE])
    await _score(tx, key_result, request, proposed_score(key_result.progress, key_result.progress_reason))


async def score_objective(tx: Transaction, request: ScoreRequest) -> None:
    """Scores an objective while its cycle is CLOSING. Without a score, it accepts those proposed for its key results
    that have none, whose mean is its own; without key results, the one proposed for itself."""
    ensure_editor(tx.viewer)
    objective = (await lock_objective(tx, request.id, [CycleAction.SCORE])).objective
    ids = [row["id"] for row in await tx.rows(OWN_KEY_RESULTS, objective_id=objective.id)]
    key_results = [each for each in await tx.lock(KeyResult, ids) if each is not None]
    counted = [each for each in key_results if each.score_waiver is None and each.weight > 0]
    if counted and not request.has_score and request.waiver is None:
        await _accept_all(tx, objective, key_results, request)
        return
    proposed = (
        mean_score((each.weight, _score_of(each)) for each in counted)
        if counted
        else proposed_score(objective.progress, objective.progress_reason)
    )
    await _score(tx, objective, request, proposed)


async def _accept_all(
    tx: Transaction, objective: Objective, key_results: Iterable[KeyResult], request: ScoreRequest
) -> None:
    """Accepts what is proposed for each key result without a score. The objective has no score of its own then."""
    for each in key_results:
        if each.final_score is None and each.score_waiver is None:
            own = ScoreRequest(each.id, reason=request.reason)
            await _score(tx, each, own, proposed_score(each.progress, each.progress_reason))
    values = {"final_score": None, "score_reason": None, "score_waiver": None}
    await store_score(tx, objective, values, request)


async def _score(tx: Transaction, goal: Objective | KeyResult, request: ScoreRequest, proposed: Decimal | None) -> None:
    tx.attempt.note(_check(request, goal, proposed))
    values = _values(request, proposed)
    if any(check_texts({"reason": request.reason})):
        # It is told of the reason itself.
        del values["score_reason"]
    await store_score(tx, goal, values, request)


async def store_score(
    tx: Transaction, goal: Objective | KeyResult, values: dict[str, Any], request: ScoreRequest, *, settles: bool = True
) -> None:
    """Sets final score, reason and waiver of a locked goal; the same as before changes nothing."""
    change = Change(goal.id, values, request.expected_version, reason=request.reason)
    changes = await apply_change(tx, goal, change)
    if changes:
        objective_id = getattr(goal, "objective_id", goal.id)
        tx.record(Verb.SCORED, goal, changes, requested=change, objectives=[objective_id], settles=settles)


def _score_of(key_result: KeyResult) -> Decimal | None:
    if key_result.final_score is not None:
        return key_result.final_score
    return proposed_score(key_result.progress, key_result.progress_reason)


def _values(request: ScoreRequest, proposed: Decimal | None) -> dict[str, Any]:
    """The values of a goal that a request comes to. A reason belongs to a score that was given."""
    score, reason = proposed, None
    if request.waiver is not None or (request.has_score and request.score is None):
        score = None
    elif request.score is not None:
        score = proposed if _is_proposed(request.score, proposed) else decimal_from_float(request.score)
        reason = request.reason
    return {"final_score": score, "score_reason": reason, "score_waiver": request.waiver}


def _check(request: ScoreRequest, goal: Objective | KeyResult, proposed: Decimal | None) -> Iterator[Refusal]:
    if request.waiver is not None:
        if request.score is not None:
            yield ScoreAmbiguous(("scoreWaiver",))
    elif not request.has_score:
        if proposed is None:
            yield ScoreProposalMissing(("score",), reason=goal.progress_reason)
    elif request.score is not None:
        if not 0 <= request.score <= 1:
            yield ScoreOutOfRange(("score",), score=request.score)
        elif request.reason is None and not _is_proposed(request.score, proposed):
            shown = None if proposed is None else to_json_value(proposed)
            yield ScoreReasonMissing(("reason",), score=request.score, proposed=shown or "missing")


def _is_proposed(score: float, proposed: Decimal | None) -> bool:
    """Whether a score is the proposed one as clients read it, a float."""
    return proposed is not None and float(proposed) == score
