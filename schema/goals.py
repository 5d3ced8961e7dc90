"""What objectives and key results have in common: progress, pace and status, with their reasons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import strawberry

from schema.execution.frames import attribute
from schema.filters import enum_filter
from schema.inputs import described
from service.cycles.pace import elapsed, pace
from service.key_results.progress import ProgressReason
from service.objectives.models import Lifecycle
from service.reading import distinct
from service.rollup.course import Staleness, Status, StatusReason

described(
    Lifecycle,
    "Whether a goal counts.",
    DRAFT="Not ready yet, or not measurable yet; does not count.",
    ACTIVE="Counts.",
    CANCELLED="Given up; does not count, and stays for the record.",
)
described(
    ProgressReason,
    "Why progress is what it is, or why there is none.",
    COMPUTED="Computed from values that are there.",
    NO_CHECK_IN="Nothing was checked in yet, so the value is the baseline.",
    REGRESSED="The value is worse than the baseline.",
    BASELINE_MISSING="The kind needs a baseline and there is none yet.",
    BASELINE_ZERO="A percentage of a baseline of 0 is no change.",
    TARGET_EQUALS_BASELINE="There is no way from baseline to target: 1 if it is met, else 0.",
    BASELINE_BEYOND_TARGET="The KPI was beyond the target when the cycle began: 1 if the target is met, else 0.",
    NO_DATA="No value was checked in yet.",
    NO_MILESTONES="There are no milestones yet.",
    NOT_MEASURABLE="What the kind needs to be measured is missing.",
    NO_CONTRIBUTORS="Nothing counts toward it.",
    ALL_WEIGHTS_ZERO="Everything that could count has the weight 0.",
)
described(
    Status,
    "State of a goal now. From best to worst: ACHIEVED, NOT_STARTED, PENDING, ON_TRACK, AT_RISK, OFF_TRACK.",
    ACHIEVED="Target met; of a limit that is to be held, at the end of the cycle only.",
    NOT_STARTED="Goal of a cycle that has not begun.",
    PENDING="Goal of which nothing can be told yet: it is early, it is all or nothing and not due, or has no progress.",
    ON_TRACK="Goal whose pace keeps up with the time, or of which people say so.",
    AT_RISK="Goal whose pace falls behind, or of which people say so.",
    OFF_TRACK="Goal whose pace is far behind, or of which people say so.",
    name="GoalStatus",
)
described(
    StatusReason,
    "Reason of a goal's status.",
    BEFORE_CYCLE="The cycle has not begun.",
    TOO_EARLY="Less than a tenth of the cycle has passed.",
    NOT_DUE_YET="The goal is all or nothing, and its due date has not passed.",
    NO_PROGRESS_YET="There is no progress to judge.",
    PACE="Progress against the share of time that has passed; of a limit to be held, progress itself, or in mode "
    "ADHERENCE the share of the periods expected until now in which it was met.",
    TARGET_MET="The target is met.",
    SAID_IN_CHECK_IN="The newest check-in that states a status says so, and is no older than the cadence and 3 days.",
    STATED_STATUS_EXPIRED="The stated status is too old, so the worse of it and of the computed status counts.",
    WORST_CONTRIBUTOR="It is that of the worst goal that counts toward it.",
    CONTRIBUTORS_WITHOUT_DATA="The target is met by the contributors that have progress, and others have none.",
    GUARDRAIL_BREACHED="The target is met, but a KPI that guards the goal is in RED.",
    CYCLE_CLOSED="The cycle is closed, and this is what the goal came to at its end.",
    GUARDRAIL_UNKNOWN="The target is met, and a KPI that guards the goal was never measured.",
    name="GoalStatusReason",
)
described(
    Staleness,
    "Staleness of a goal: whether the check-ins expected on it come. It is beside the status, no part of it.",
    FRESH="The next check-in is not due yet.",
    DUE="The cadence has passed since the newest check-in, or since the goal came into force.",
    OVERDUE="A check-in has been due for three days; of a key result that follows a KPI, the KPI is LATE or MISSING.",
)


StatusFilter = enum_filter(Status, "GoalStatus")
StalenessFilter = enum_filter(Staleness)


CHANGED = (
    "Time of the last write that changed anything this object shows: its own fields, computed ones such as `progress`, "
    "and what belongs to it, such as key results and check-ins. Neither time alone nor a check-in that changes "
    "nothing but `overdueBelow` of objectives further up moves it. It is no cursor for "
    "synchronising, since writes may be committed in another order than their times."
)


@strawberry.type
class Goal:
    """Columns that rollup stores, and what follows from them and the time of day."""

    lifecycle: Lifecycle = strawberry.field(description="Whether it counts.")
    progress: float | None = strawberry.field(description="How much is done, 0 to 1; null with a reason.")
    progress_raw: float | None = strawberry.field(
        description="The same without bounds: below 0 it got worse, above 1 it went beyond the target."
    )
    progress_reason: ProgressReason = strawberry.field(description="Why progress is what it is.")
    confidence: float | None = strawberry.field(
        description="How sure people are to reach it, 0 to 1, from the latest check-in that says so."
    )
    changed_at: datetime = strawberry.field(description=CHANGED)
    position: float = strawberry.field(description="Its place among its siblings; smaller comes first.")

    status: Status | None = strawberry.field(
        description="State of the goal now, as it was stated or by its pace; null of a draft and of what was cancelled."
    )
    status_reason: StatusReason | None = strawberry.field(description="Reason of the status; null without a status.")
    status_diverges: bool = strawberry.field(
        description="Whether a valid check-in says ON_TRACK while the pace says OFF_TRACK."
    )
    staleness: Staleness | None = strawberry.field(
        description="Staleness of its check-ins; null where none is expected: of what is archived, a draft, cancelled "
        "or closed, before the start and after the end, of an achieved MILESTONE, BINARY, BASELINE or REACH, and "
        "of goals whose progress is computed from objectives and key results."
    )
    next_check_in_due_at: datetime | None = strawberry.field(
        description="Time at which the next check-in (or measurement of the KPI that it follows) is due, one cadence "
        "after the newest one, or after the goal came into force; null where none is expected."
    )


async def paces(info: "strawberry.Info[Any, Any]", goals: Sequence[Any], spans: Any, of: str) -> list[float | None]:
    """Progress against the share of time elapsed. `spans` are of cycles, by what a goal has in the column `of`."""
    keys, now = attribute(goals, of), info.context.now
    rows = await info.context.reader.rows(spans, ids=distinct(keys))
    shares = {row.id: elapsed(row.starts_at, row.ends_at, now) for row in rows}
    return [
        pace(progress, shares[key]) if key in shares else None
        for progress, key in zip(attribute(goals, "exact_progress"), keys, strict=True)
    ]


PACE = "Progress divided by the share of the cycle that has passed; 1 is exactly in time, null before the start."
