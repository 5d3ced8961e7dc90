"""Statistics of goals, as the schema shows them."""

from typing import Any

import strawberry

import schema.goal_stats.enums  # noqa: F401
from schema.cycles import Cycle
from schema.execution.fields.relation import to_one
from schema.goal_stats.groups import GoalGroup, page_statement
from schema.key_results import KeyResult
from schema.key_results.queries import KeyResultOrder
from schema.objectives import Objective
from schema.objectives.queries import ObjectiveOrder
from schema.objectives.status_report import GoalStatusCount
from schema.people import Person, Team
from schema.pillars import Pillar
from schema.relay.bucket_pages import Bucket, bucket_connection
from schema.relay.connections import Connection
from service.cycles.queries import CYCLES
from service.key_results.models import KeyResultKind
from service.objectives.models import Level, ObjectiveKind
from service.people import queries as people
from service.pillars import queries as pillars
from service.pillars.models import Perspective
from service.rollup.goal_statistics import GoalDimension
from service.rollup.goal_statistics_queries import KEY_RESULTS, OBJECTIVES, GroupedGoals
from service.rollup.status_counts import StatusCount
from service.rollup.status_timeline import Staleness, Status

WITHOUT = "null for those without one, and for groups by something else"


def _value(by: GoalDimension, values: Any, description: str) -> Any:
    """A field with the value of an enum that the goals of a group have in common."""

    def resolver(root: strawberry.Parent[GoalGroup]):  # type: ignore[no-untyped-def]
        value = root.value(by)
        return None if value is None else values(value)

    resolver.__annotations__["return"] = values | None
    return strawberry.field(resolver=resolver, description=description)


def _goals(goals: GroupedGoals, node: Any, order_type: Any, objects: str) -> Any:
    """A field with a page of the goals of a group; one statement for all groups."""

    def bucket_of(group: GoalGroup) -> Bucket:
        return Bucket(group.scope, group.key or "", group.statistics.count)

    return bucket_connection(
        goals.listing, bucket_of, page_statement, node, order_type, f"{objects.capitalize()} in the group."
    )


def _number(name: str, description: str) -> Any:
    """A field with a number of the statistics that a group may lack."""

    def resolver(root: strawberry.Parent[GoalGroup]) -> float | None:
        number = getattr(root.statistics, name)
        return None if number is None else float(number)

    return strawberry.field(resolver=resolver, description=description)


@strawberry.type
class Group:
    """What a group of goals has whatever their type; the fields read from `GoalGroup`."""

    team: Team | None = to_one(people.TEAMS, key="team_id", description=f"Team of the goals in the group; {WITHOUT}.")
    owner: Person | None = to_one(
        people.PEOPLE, key="owner_id", description=f"Owner of the goals in the group; {WITHOUT}."
    )
    cycle: Cycle | None = to_one(
        CYCLES, key="cycle_id", description="Cycle of the goals in the group; null for groups by something else."
    )
    pillar: Pillar | None = to_one(
        pillars.PILLARS, key="pillar_id", description=f"Pillar of the goals in the group; {WITHOUT}."
    )
    level: Level | None = _value(
        GoalDimension.LEVEL, Level, "Level of the goals in the group; null for groups by something else."
    )
    perspective: Perspective | None = _value(
        GoalDimension.PERSPECTIVE,
        Perspective,
        f"Balanced Scorecard perspective of the goals in the group; {WITHOUT}.",
    )
    status: Status | None = _value(
        GoalDimension.STATUS,
        Status,
        "Status of the goals in the group; null for drafts and cancelled goals, and for groups by something else.",
    )
    staleness: Staleness | None = _value(
        GoalDimension.STALENESS,
        Staleness,
        "Staleness of the goals in the group; null where no check-in is expected, and for groups by something else.",
    )
    mean_progress: float | None = _number(
        "mean_progress",
        "Mean progress of the goals in the group, 0 to 1, each with the same weight. Goals without progress or status "
        "are left out; null if none is left.",
    )
    median_progress: float | None = _number(
        "median_progress",
        "Median progress of the goals in the group, 0 to 1: that in the middle, or the mean of the two in the middle. "
        "Goals without progress or status are left out; null if none is left.",
    )
    mean_confidence: float | None = _number(
        "mean_confidence",
        "Mean confidence of the goals in the group, 0 to 1, each with the same weight. Goals without confidence or "
        "status are left out; null if none is left.",
    )

    @strawberry.field(description="Dimension by which the goals are grouped; null for the group of all goals.")
    def by(root: strawberry.Parent[GoalGroup]) -> GoalDimension | None:
        return root.scope.by

    @strawberry.field(description="Number of goals in the group, with drafts and cancelled ones.")
    def count(root: strawberry.Parent[GoalGroup]) -> int:
        return root.statistics.count

    @strawberry.field(
        description="Numbers of goals by status, from the best to the worst, each with how many of them are OVERDUE. "
        "Statuses that no goal has are left out, and so are drafts and cancelled goals, which have no status."
    )
    def statuses(root: strawberry.Parent[GoalGroup]) -> list[GoalStatusCount]:
        counts: list[StatusCount] = root.statistics.statuses.counts
        return counts  # type: ignore[return-value]

    @strawberry.field(description="Number of goals in the group whose check-in is OVERDUE, whatever their status.")
    def overdue_count(root: strawberry.Parent[GoalGroup]) -> int:
        return root.statistics.statuses.overdue_count

    @strawberry.field(
        description="Share, 0 to 1, of the goals with a status that are ACHIEVED or ON_TRACK and not OVERDUE; null "
        "without goals that have one."
    )
    def green_share(root: strawberry.Parent[GoalGroup]) -> float | None:
        return root.statistics.statuses.green_share


@strawberry.type(
    description="Statistics of a group of objectives: those that have a team, an owner or something else in common, or "
    "have none."
)
class GoalStats(Group):
    kind: ObjectiveKind | None = _value(
        GoalDimension.KIND, ObjectiveKind, "Kind of the objectives in the group; null for groups by something else."
    )
    objectives: Connection[Objective] | None = _goals(OBJECTIVES, Objective, ObjectiveOrder, "objectives")


@strawberry.type(
    description="Statistics of a group of key results: those that have a team, an owner or something else in common, "
    "or have none."
)
class KeyResultStats(Group):
    kind: KeyResultKind | None = _value(
        GoalDimension.KIND,
        KeyResultKind,
        "Kind of the key results in the group; null for drafts without a kind, and for groups by something else.",
    )
    key_results: Connection[KeyResult] | None = _goals(KEY_RESULTS, KeyResult, KeyResultOrder, "key results")
