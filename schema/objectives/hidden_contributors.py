"""What counts toward an objective and is hidden from the viewer, as one remainder."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import strawberry

from schema.context import Info
from service.objectives.models import ProgressSource
from service.reading.statements import unique_ids
from service.rollup.contributors import CONTRIBUTORS
from service.rollup.weighted_mean import Remainder, remainder_of

COUNTING = (ProgressSource.ALIGNED_OBJECTIVES, ProgressSource.BOTH)


@strawberry.type(description="Remainder of the contributors to a goal that are hidden from the viewer.")
class HiddenContributors:
    count: int = strawberry.field(description="Number of the hidden contributors that count toward progress.")
    weight: float = strawberry.field(description="Sum of the weights of the hidden contributors.")
    contribution: float | None = strawberry.field(
        description="Part of the goal's progress that the hidden contributors make up, 0 to 1: the sum of their "
        "weights times progress, by the sum of all weights. Null if all weights are 0."
    )


async def hidden_contributors(info: Info, objectives: Sequence[Any]) -> list[Remainder | None]:
    """The remainder of each objective, or None."""
    if info.context.viewer.sees_all:
        return [None] * len(objectives)
    counting = [each for each in objectives if each.progress_source in COUNTING]
    contributors: dict[UUID, list[Any]] = defaultdict(list)
    if counting:
        for row in await info.context.reader.rows(CONTRIBUTORS, ids=unique_ids(each.id for each in counting)):
            contributors[row.objective_id].append(row)
    return [
        remainder_of(
            (row.weight, row.exact_progress, row.is_hidden)
            for row in contributors[each.id]
            if each.progress_source == ProgressSource.BOTH or not row.is_key_result
        )
        if each.id in contributors
        else None
        for each in objectives
    ]
