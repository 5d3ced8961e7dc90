"""What counts toward an objective and is hidden from the viewer, as one remainder."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.execution.fields.columnar import attribute_values
from service.key_results.models import ValueSource
from service.objectives.models import ProgressSource
from service.reading.statements import unique_ids
from service.rollup.contributors import CONTRIBUTORS_OF_KEY_RESULTS, CONTRIBUTORS_OF_OBJECTIVES
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


async def hidden_from_objectives(info: Info, objectives: Sequence[Any]) -> list[Remainder | None]:
    """The remainder of each objective, or None."""
    sources = {each.id: each.progress_source for each in objectives}

    def counts(row: Any) -> bool:
        return not row.is_key_result or sources[row.goal_id] == ProgressSource.BOTH

    counting = [id for id, source in sources.items() if source in COUNTING]
    return await _remainders(info, CONTRIBUTORS_OF_OBJECTIVES, attribute_values(objectives, "id"), counting, counts)


async def hidden_from_key_results(info: Info, key_results: Sequence[Any]) -> list[Remainder | None]:
    """The remainder of each key result, or None."""
    counting = [each.id for each in key_results if each.value_source == ValueSource.ALIGNED_OBJECTIVES]
    return await _remainders(info, CONTRIBUTORS_OF_KEY_RESULTS, attribute_values(key_results, "id"), counting)


async def _remainders(
    info: Info,
    statement: Any,
    ids: Sequence[UUID],
    counting: Sequence[UUID],
    counts: Callable[[Any], bool] = lambda _: True,
) -> list[Remainder | None]:
    """The remainder of each goal of `ids`, None for those to which no aligned objectives are `counting`."""
    if info.context.viewer.sees_all or not counting:
        return [None] * len(ids)
    contributors: dict[UUID, list[tuple[float, Decimal, bool]]] = defaultdict(list)
    for row in await info.context.reader.rows(statement, ids=unique_ids(counting)):
        if counts(row):
            contributors[row.goal_id].append((row.weight, row.exact_progress, row.is_hidden))
    return [remainder_of(contributors.get(id, ())) for id in ids]
