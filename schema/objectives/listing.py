"""Finding objectives."""

from typing import Any

import strawberry

from schema.connections import Connection, OrderDirection
from schema.context import Context
from schema.filters import DateTimeFilter, FloatFilter, IDFilter, StringFilter, enum_filter
from schema.goals import StalenessFilter, StatusFilter
from schema.lists import filter_input, order_input, root_list
from schema.lookup import ByExternalId, ById, looked_up
from schema.objectives import Objective
from schema.status_reports import GoalStatusReport, status_report
from service.objectives import queries
from service.objectives.models import Level, Lifecycle, ObjectiveKind, Visibility
from service.pillars.models import Perspective

LifecycleFilter = enum_filter(Lifecycle)
PerspectiveFilter = enum_filter(Perspective)
IDS = {"id": "Objective", "cycle_id": "Cycle", "owner_id": "Person", "team_id": "Team", "pillar_id": "Pillar"}

ObjectiveFilter = filter_input(
    "Objective",
    "objectives",
    id=(IDFilter, "By id."),
    external_id=(StringFilter, "By the partner's id."),
    title=(StringFilter, "By title."),
    level=(enum_filter(Level, "ObjectiveLevel"), "By whose it is."),
    kind=(enum_filter(ObjectiveKind), "By how it is meant."),
    lifecycle=(LifecycleFilter, "By whether it counts."),
    visibility=(enum_filter(Visibility), "Comparison with `visibility`."),
    perspective=(PerspectiveFilter, "By Balanced Scorecard perspective."),
    cycle_id=(IDFilter, "By cycle."),
    owner_id=(IDFilter, "By owner."),
    team_id=(IDFilter, "By team."),
    pillar_id=(IDFilter, "By pillar."),
    progress=(FloatFilter, "Comparison with progress, 0 to 1, with all of its 24 digits after the point."),
    status=(StatusFilter, "Comparison with `status`, as it is now; null of drafts and of what was cancelled."),
    staleness=(StalenessFilter, "Comparison with `staleness`, as it is now; null where no check-in is expected."),
    created_at=(DateTimeFilter, "By when it was created."),
    updated_at=(DateTimeFilter, "Comparison with `updatedAt`: the last change of its own fields."),
    changed_at=(DateTimeFilter, "Comparison with `changedAt`: the last change of anything it shows."),
)
ObjectiveOrder = order_input(
    "Objective",
    "objectives",
    "POSITION",
    OrderDirection.ASC,
    CREATED_AT="When they were created.",
    POSITION="The order that people gave them.",
    TITLE="Their titles, by characters.",
    CHANGED_AT="`changedAt`: the last change of anything they show.",
    UPDATED_AT="`updatedAt`: the last change of their own fields.",
)


@strawberry.type
class ObjectiveQueries:
    """Fields of Query."""

    objectives: Connection[Objective] | None = root_list(
        queries.ALL_OBJECTIVES,
        queries.FILTERS,
        IDS,
        ObjectiveFilter,
        ObjectiveOrder,
        "All objectives of the organization, a page at a time.",
    )

    objective_status_report: GoalStatusReport | None = status_report(
        queries.ALL_OBJECTIVES,
        queries.FILTERS,
        IDS,
        ObjectiveFilter,
        "Report that counts objectives by status, and how many of each are overdue.",
    )

    @strawberry.field(description="One objective, by its id or by the partner's; null when there is none.")
    async def objective(
        self, info: strawberry.Info[Context, Any], id: ById = None, external_id: ByExternalId = None
    ) -> Objective | None:
        return await looked_up(info, "Objective", queries.OBJECTIVES, queries.BY_EXTERNAL_ID, id, external_id)
