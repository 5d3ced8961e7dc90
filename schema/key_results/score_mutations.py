"""Scoring goals."""

from typing import Any
from uuid import UUID

import strawberry
from strawberry import Maybe, Some

from schema.key_results.mutations import SUBJECT as KEY_RESULT_SUBJECT
from schema.key_results.mutations import KeyResultPayload
from schema.mutations.declare import EXPECTED_VERSION, altering, optional
from schema.objectives.mutations import SUBJECT as OBJECTIVE_SUBJECT
from schema.objectives.mutations import ObjectivePayload
from service.key_results.score_commands import ScoreRequest, score_key_result, score_objective
from service.writing.transaction import Transaction

SCORE = "Score of the goal, 0 to 1. Left out: the proposed one. Null: removed."
WAIVER = "Reason why the goal gets no score; at most 2 000 characters. Not with a score. Left out: it gets one."
REASON = (
    "Reason for the score, kept with it and with its event; at most 2 000 characters. Needed if the score is not the "
    "proposed one."
)


@strawberry.input(description="Score to give to a key result.")
class KeyResultScoreInput:
    id: strawberry.ID = strawberry.field(description="Id of the key result to score.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    score: Maybe[float | None] = optional(SCORE)
    score_waiver: str | None = optional(WAIVER)
    reason: str | None = optional(REASON)


@strawberry.input(description="Score to give to an objective.")
class ObjectiveScoreInput:
    id: strawberry.ID = strawberry.field(description="Id of the objective to score.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    score: Maybe[float | None] = optional(SCORE)
    score_waiver: str | None = optional(WAIVER)
    reason: str | None = optional(REASON)


def _request(id: UUID, input: Any) -> ScoreRequest:
    has_score = isinstance(input.score, Some)
    score = input.score.value if has_score else None
    return ScoreRequest(id, score, has_score, input.score_waiver, input.reason, input.expected_version)


async def _score_key_result(tx: Transaction, id: UUID, input: KeyResultScoreInput) -> None:
    await score_key_result(tx, _request(id, input))


async def _score_objective(tx: Transaction, id: UUID, input: ObjectiveScoreInput) -> None:
    await score_objective(tx, _request(id, input))


@strawberry.type
class ScoreMutations:
    """Fields of Mutation."""

    key_result_score: KeyResultPayload | None = altering(
        KEY_RESULT_SUBJECT,
        KeyResultScoreInput,
        _score_key_result,
        "Gives a key result its final score, or waives it, while its cycle is CLOSING.",
    )
    objective_score: ObjectivePayload | None = altering(
        OBJECTIVE_SUBJECT,
        ObjectiveScoreInput,
        _score_objective,
        "Gives an objective a final score of its own, or waives it, while its cycle is CLOSING. Without a score, "
        "it accepts those proposed for its key results, whose mean is its score then.",
    )
