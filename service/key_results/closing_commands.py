"""Closes a cycle: its goals get the scores that they lack, and all are frozen."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.cycles.scores import proposed_score
from service.cycles.state_commands import lock_to_step, take_step
from service.cycles.states import CycleState, CycleStep, effective_state
from service.errors import Refusal
from service.key_results.models import KeyResult
from service.key_results.score_commands import ScoreRequest, store_score
from service.objectives.models import Objective
from service.values.record import record
from service.writing.change import Change
from service.writing.refusals import NotFound
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

# Goals of one statement.
CHUNK = 200
MAX_NAMED = 5
LOWEST_ID = UUID(int=0)

_IN_FORCE = "{0}.archived_at IS NULL AND {0}.lifecycle = 'ACTIVE'"
_UNSCORED = "{0}.final_score IS NULL AND {0}.score_waiver IS NULL"
UNSCORED_KEY_RESULTS = text(f"""
    SELECT k.id FROM objectives o
    JOIN key_results k ON k.organization_id = :organization_id AND k.objective_id = o.id
    WHERE o.organization_id = :organization_id AND o.cycle_id = :cycle_id AND {_IN_FORCE.format("o")}
      AND o.score_waiver IS NULL AND {_IN_FORCE.format("k")} AND {_UNSCORED.format("k")}
      AND k.id > CAST(:after AS uuid)
    ORDER BY k.id LIMIT {CHUNK}""")
# Those with key results that count have the mean of their scores.
UNSCORED_OBJECTIVES = text(f"""
    SELECT o.id FROM objectives o
    WHERE o.organization_id = :organization_id AND o.cycle_id = :cycle_id AND {_IN_FORCE.format("o")}
      AND {_UNSCORED.format("o")} AND o.id > CAST(:after AS uuid)
      AND NOT EXISTS (
        SELECT 1 FROM key_results k
        WHERE k.organization_id = :organization_id AND k.objective_id = o.id AND {_IN_FORCE.format("k")}
          AND k.score_waiver IS NULL AND k.weight > 0
      )
    ORDER BY o.id LIMIT {CHUNK}""")


class CycleNotScored(Refusal):
    """{count} goals of the cycle have no score and no waiver, such as: {goals}. Score them, or send `acceptProposals`
    or `waiver`."""

    meaning = (
        "Cycle that cannot be closed, because <count> of its goals have no score and no waiver, such as <goals>. Score "
        "them by `keyResultScore` and `objectiveScore`, or send `acceptProposals`, `waivers` or `waiver`."
    )


class WaiverAmbiguous(Refusal):
    """A waiver is about one goal: give either `objectiveId` or `keyResultId`."""

    meaning = "Waiver for no goal, or for two. Send either `objectiveId` or `keyResultId`."


@record
class Waiver:
    """Why one goal has no score."""

    reason: str
    objective_id: UUID | None = None
    key_result_id: UUID | None = None


@record
class CloseRequest:
    """How a cycle is closed. Goals without a score get the proposed one if `accepts_proposals`, those that still have
    none the `waiver`."""

    accepts_proposals: bool = False
    waiver: str | None = None
    waivers: Sequence[Waiver] = ()


async def close(tx: Transaction, requested: Change, request: CloseRequest) -> None:
    """Closes a cycle that is CLOSING, once all of its goals are scored or waived; one that is CLOSED stays as it is.

    Goals are those in force: neither archived, nor drafts, nor cancelled. It takes a fixed number of statements for
    each thousand of them. Notes CycleStepNotAllowed, CycleNotScored, WaiverAmbiguous and NotFound.
    """
    cycle = await lock_to_step(tx, requested.id)
    cycle_id, state = cycle.id, effective_state(cycle, tx.now)
    if request.waiver is not None:
        tx.attempt.note(_check_reason(request.waiver, "waiver"))
    waived = [] if state is CycleState.CLOSED else await _find_waived(tx, cycle_id, request.waivers)
    if state is CycleState.CLOSING and not tx.attempt.refusals:
        for goal, reason in waived:
            await _store(tx, goal, requested, waiver=reason)
        await tx.flush()
        unscored = [
            title
            for model, statement in ((KeyResult, UNSCORED_KEY_RESULTS), (Objective, UNSCORED_OBJECTIVES))
            for title in await _score_rest(tx, model, statement, cycle_id, requested, request)
        ]
        if unscored:
            goals = ", ".join(unscored[:MAX_NAMED])
            tx.attempt.note([CycleNotScored(("id",), count=len(unscored), goals=goals)])
    await take_step(tx, CycleStep.CLOSE, requested)


async def _find_waived(tx: Transaction, cycle_id: UUID, waivers: Sequence[Waiver]) -> list[tuple[Any, str]]:
    """The goals whose scores are waived, each with the reason. Notes what is wrong with the waivers."""
    key_results = await _lock(tx, KeyResult, [each.key_result_id for each in waivers])
    objective_ids = [*(each.objective_id for each in waivers), *(each.objective_id for each in key_results.values())]
    objectives = await _lock(tx, Objective, objective_ids)
    goals: list[tuple[Any, str]] = []
    for number, each in enumerate(waivers):
        goal: Any = objectives.get(each.objective_id) if each.objective_id else key_results.get(each.key_result_id)
        field = "objectiveId" if each.objective_id else "keyResultId"
        owner = goal if goal is None or each.objective_id else objectives.get(goal.objective_id)
        if (each.objective_id is None) == (each.key_result_id is None):
            tx.attempt.note([WaiverAmbiguous(("waivers", str(number)))])
        elif owner is None or owner.cycle_id != cycle_id:
            tx.attempt.note([NotFound(("waivers", str(number), field), thing="goal in this cycle")])
        else:
            goals.append((goal, each.reason))
        tx.attempt.note(_check_reason(each.reason, "waivers", str(number), "reason"))
    return goals


async def _lock(tx: Transaction, model: Any, ids: Sequence[UUID | None]) -> dict[UUID | None, Any]:
    known = await tx.lock(model, dict.fromkeys(id for id in ids if id is not None))
    return {row.id: row for row in known if row is not None}


def _check_reason(reason: str, *field: str) -> Iterator[Refusal]:
    for refusal in check_texts({"score_waiver": reason}):
        yield type(refusal)(field, **{**refusal.facts, "name": field[-1]})


async def _score_rest(
    tx: Transaction, model: Any, statement: Any, cycle_id: UUID, requested: Change, request: CloseRequest
) -> list[str]:
    """Scores or waives the goals of one type that have no score; the titles of those that still have none."""
    after, unscored = LOWEST_ID, []
    while rows := await tx.rows(statement, cycle_id=cycle_id, after=after):
        ids = [row["id"] for row in rows]
        goals: list[Any] = await tx.lock(model, ids)
        for count, goal in enumerate(goals, 1):
            proposed = proposed_score(goal.progress, goal.progress_reason) if request.accepts_proposals else None
            if proposed is None and request.waiver is None:
                unscored.append(goal.title)
            elif proposed is None:
                await _store(tx, goal, requested, waiver=request.waiver)
            else:
                await _store(tx, goal, requested, score=proposed)
            await let_others(count)
        after = ids[-1]
        if not tx.attempt.refusals:
            await tx.flush()
            tx.forget_rows()
    return unscored


async def _store(
    tx: Transaction, goal: Any, requested: Change, *, score: Decimal | None = None, waiver: str | None = None
) -> None:
    """Stores a score or a waiver; the cycle is settled as a whole."""
    values = {"final_score": score, "score_reason": None, "score_waiver": waiver}
    await store_score(tx, goal, values, ScoreRequest(goal.id, reason=requested.reason), settles=False)
