"""Scores of goals, as the schema shows them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import batched, uses_columns
from service.cycles.scores import EXPECTED_SCORES, ScoreBand, band_of, mean_score, needs_postmortem, proposed_score
from service.key_results.queries import SCORES_OF_OBJECTIVES
from service.postgres.database import Row
from service.reading.statements import unique_ids

describe_enum(
    ScoreBand,
    "Band of a score. A boundary belongs to the better band.",
    GREEN="Band of scores from 0.7 on.",
    YELLOW="Band of scores from 0.4 on and below 0.7.",
    RED="Band of scores below 0.4.",
)
PROPOSED_SCORE = (
    "Score proposed for the {object} at the close of its cycle, 0 to 1: its progress, and 0 for a limit without a "
    "value. Null if there is no progress."
)
PROPOSED_MEAN = (
    "Score proposed for the objective at the close of its cycle, 0 to 1: the mean of its key results, weighted, each "
    "with its score or the proposed one; without key results its progress. Null if one of them has neither."
)
SCORE = "Score of the key result, 0 to 1, given while its cycle is CLOSING; null while there is none."
OBJECTIVE_SCORE = (
    "Score of the objective, 0 to 1: the final one that was given to it, or else the weighted mean of its key results "
    "that are not waived. Null while one of these has no score."
)
SCORE_BAND = "Band of the {object}'s score: GREEN, YELLOW or RED. Null without a score."
EXPECTED_SCORE = (
    "Score expected of an objective of this kind: 0.7 for ASPIRATIONAL, 1 for COMMITTED. Null for LEARNING, of which "
    "none is expected."
)
NEEDS_POSTMORTEM = "True if the objective is COMMITTED and its score is below 1, so that a review has to tell why."
ORIGINAL_TARGET = (
    "Original target of the key result in its unit: the first one that it had. `target` is the one in force, which the "
    "close of the cycle freezes. Null if there never was one."
)


@strawberry.type
class ScoredObjective:
    """Scores of an objective."""

    score: float | None = strawberry.field(description=OBJECTIVE_SCORE)
    final_score: float | None = strawberry.field(
        description="Final score that was given to the objective itself, 0 to 1; null if its score follows from its "
        "key results."
    )

    @strawberry.field(description=SCORE_BAND)
    @uses_columns("score")
    def score_band(root: strawberry.Parent[Row]) -> ScoreBand | None:
        return band_of(root.score)

    @strawberry.field(description=EXPECTED_SCORE)
    @uses_columns("kind")
    def expected_score(root: strawberry.Parent[Row]) -> float | None:
        expected = EXPECTED_SCORES.get(root.kind)
        return None if expected is None else float(expected)

    @strawberry.field(description=NEEDS_POSTMORTEM)
    @uses_columns("kind", "score")
    def needs_postmortem(root: strawberry.Parent[Row]) -> bool:
        return needs_postmortem(root.kind, root.score)

    @batched(PROPOSED_MEAN)
    @uses_columns("id", "exact_progress", "progress_reason")
    async def proposed_score(parents: list[Row], info: Info) -> list[float | None]:
        return await proposed_means(info, parents)


async def proposed_means(info: Info, objectives: Sequence[Any]) -> list[float | None]:
    """The proposed score of each objective."""
    own: dict[UUID, list[Any]] = defaultdict(list)
    for row in await info.context.reader.rows(SCORES_OF_OBJECTIVES, ids=unique_ids(each.id for each in objectives)):
        own[row.objective_id].append(row)
    return [_proposed_mean(each, own.get(each.id, ())) for each in objectives]


def _proposed_mean(objective: Any, key_results: Sequence[Any]) -> float | None:
    if not any(each.weight > 0 for each in key_results):
        score = proposed_score(objective.exact_progress, objective.progress_reason)
    else:
        score = mean_score(
            (
                each.weight,
                proposed_score(each.exact_progress, each.progress_reason)
                if each.exact_final_score is None
                else each.exact_final_score,
            )
            for each in key_results
        )
    return None if score is None else float(score)
