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
from service.rollup.course import Status, StatusReason

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
    NO_DATA="No value was checked in yet.",
    NO_MILESTONES="There are no milestones yet.",
    NOT_MEASURABLE="What the kind needs to be measured is missing.",
    NO_CONTRIBUTORS="Nothing counts toward it.",
    ALL_WEIGHTS_ZERO="Everything that could count has the weight 0.",
)
described(
    Status,
    "State of a goal now. From best to worst: ACHIEVED, NOT_STARTED, PENDING, ON_TRACK, AT_RISK, OFF_TRACK, OUTDATED.",
    ACHIEVED="The target is met.",
    NOT_STARTED="Its cycle has not begun.",
    PENDING="Too early to tell, or no progress can be told.",
    ON_TRACK="Its pace keeps up with the time.",
    AT_RISK="Its pace falls behind.",
    OFF_TRACK="Its pace is far behind.",
    OUTDATED="A check-in is overdue by more than three days.",
    name="GoalStatus",
)
described(
    StatusReason,
    "Why the status is what it is.",
    BEFORE_CYCLE="The cycle has not begun.",
    TOO_EARLY="Less than a tenth of the cycle has passed.",
    NO_PROGRESS_YET="There is no progress to judge.",
    PACE="By progress against the share of time that has passed.",
    TARGET_MET="The target is met.",
    SAID_IN_CHECK_IN="The latest check-in says so.",
    CHECK_IN_OVERDUE="The latest check-in is too old.",
    WORST_CONTRIBUTOR="It is that of the worst goal that counts toward it.",
    GUARDRAIL_BREACHED="The target is met, but a KPI that guards the goal is in RED.",
    name="GoalStatusReason",
)


StatusFilter = enum_filter(Status, "GoalStatus")


CHANGED = (
    "Time of the last write that changed anything this object shows: its own fields, computed ones such as `progress`, "
    "and what belongs to it, such as key results and check-ins. Time alone never moves it. It is no cursor for "
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

    status: Status = strawberry.field(description="How it stands now, as said in its latest check-in or by its pace.")
    status_reason: StatusReason = strawberry.field(description="Why the status is what it is.")


async def paces(info: "strawberry.Info[Any, Any]", goals: Sequence[Any], spans: Any, of: str) -> list[float | None]:
    """Progress against the share of time elapsed. `spans` are of cycles, by what a goal has in the column `of`."""
    keys, now = attribute(goals, of), info.context.now
    rows = await info.context.reader.rows(spans, ids=distinct(keys))
    shares = {row.id: elapsed(row.starts_at, row.ends_at, now) for row in rows}
    return [
        pace(progress, shares[key]) if key in shares else None
        for progress, key in zip(attribute(goals, "progress"), keys, strict=True)
    ]


PACE = "Progress divided by the share of the cycle that has passed; 1 is exactly in time, null before the start."
