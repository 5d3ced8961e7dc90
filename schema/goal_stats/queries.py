"""The fields of Query with statistics of goals."""

from typing import Any

import strawberry

from schema.context import Info
from schema.goal_stats import GoalStats, KeyResultStats
from schema.goal_stats.groups import GoalScope, groups_of
from schema.key_results.queries import KeyResultFilter
from schema.objectives.queries import ObjectiveFilter
from schema.relay.filters import read_filter
from schema.relay.root_connections import argument
from service.all_entities import reference_types
from service.entities.entity import Entity
from service.key_results.entity import KEY_RESULT
from service.objectives.entity import OBJECTIVE
from service.rollup.goal_statistics import GoalDimension
from service.rollup.goal_statistics_queries import KEY_RESULTS, MAX_GROUPS, OBJECTIVES, GroupedGoals

GROUP_BY = "Dimension by which the {} are grouped; all of them are one group when left out."


def _stats(entity: Entity, goals: GroupedGoals, type_: Any, filter_type: Any, objects: str) -> Any:
    """A field of Query with statistics of the goals of a type."""

    async def resolver(
        info: Info, filter: Any = None, group_by: Any = None, include_archived: bool = False
    ) -> list[Any] | None:
        scope = GoalScope(
            goals, group_by, include_archived, *read_filter(info.context, filter, reference_types(entity.name))
        )
        return await groups_of(scope, info.context.reader)

    resolver.__annotations__ |= {
        "filter": argument(
            filter_type | None, f"Conditions that the {objects} have to meet; all {objects} are counted when left out."
        ),
        "group_by": argument(GoalDimension | None, GROUP_BY.format(objects)),
        "include_archived": argument(bool, f"True if archived {objects} are counted; they are left out by default."),
        "return": list[type_] | None,
    }
    return strawberry.field(
        resolver=resolver,
        description=f"Statistics of the {objects} that the list of {objects} has with the same filter, in groups: "
        "counts by status, mean and median progress, and mean confidence. Levels and other enum values are in their "
        f"order, groups of objects in that of their ids, and goals that have none last. More than {MAX_GROUPS} groups "
        "are an error; narrow the goals by `filter`.",
    )


@strawberry.type
class GoalStatsQueries:
    """Fields of Query."""

    goal_stats: list[GoalStats] | None = _stats(OBJECTIVE, OBJECTIVES, GoalStats, ObjectiveFilter, "objectives")
    key_result_stats: list[KeyResultStats] | None = _stats(
        KEY_RESULT, KEY_RESULTS, KeyResultStats, KeyResultFilter, "key results"
    )
