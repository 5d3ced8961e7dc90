"""What objectives and key results have in common: progress, pace and status, with their reasons."""

from datetime import datetime

import strawberry

from schema.cadence import CheckInCadence, own_cadence
from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import uses_columns
from schema.objectives.goal_dates import GoalDate, own_due, own_start
from service.cycles.pace import elapsed, pace
from service.key_results.progress import ProgressReason
from service.objectives.goal_dates import is_past_due
from service.objectives.models import Lifecycle
from service.postgres.database import Row
from service.rollup.status_timeline import Staleness, Status, StatusReason

describe_enum(
    Lifecycle,
    "Lifecycle of a goal (an objective or a key result): it decides if the goal counts toward progress and status.",
    DRAFT="Goal that is not ready or not measurable yet; it does not count and has no status.",
    ACTIVE="Goal that is in force and counts.",
    CANCELLED="Goal that was given up; it does not count, has no status, and stays for the record.",
)
describe_enum(
    ProgressReason,
    "Reason why a goal (an objective or a key result) has its progress, or has none.",
    COMPUTED="Progress computed from the values that are there.",
    NO_CHECK_IN="No value yet, and a baseline: nothing was checked in or measured so far. The baseline counts as the "
    "value, so progress is 0.",
    REGRESSED="Regression: `progressRaw` is below 0. The value of the key result is worse than its baseline, or the "
    "mean over the goal's contributors is below 0.",
    BASELINE_MISSING="Baseline missing: the kind of the key result needs one, and there is none yet. Progress is null.",
    BASELINE_ZERO="Baseline of 0: a percentage of it is no change. Progress is null.",
    TARGET_EQUALS_BASELINE="Target equal to the baseline: there is no way between them. Progress is 1 if the target is "
    "met, else 0.",
    BASELINE_BEYOND_TARGET="Baseline beyond the target: the KPI had passed the target when the cycle began. Progress "
    "is 1 if the target is met, else 0.",
    NO_DATA="No value yet, and no baseline: a key result with a limit, or a MANUAL objective, has no value so far. "
    "Progress is null.",
    NO_MILESTONES="Milestones missing: the key result of kind MILESTONE has none yet. Progress is null.",
    NOT_MEASURABLE="Definition incomplete: the key result lacks what its kind needs, or the kind. Progress is null.",
    NO_CONTRIBUTORS="Contributors missing: no active key result or objective with progress counts toward the goal. "
    "Progress is null.",
    ALL_WEIGHTS_ZERO="Weights of 0: all contributors that have progress have the weight 0. Progress is null.",
)
describe_enum(
    Status,
    "Status of a goal (an objective or a key result) now. From best to worst: ACHIEVED, NOT_STARTED, PENDING, "
    "ON_TRACK, AT_RISK, OFF_TRACK.",
    ACHIEVED="Goal whose target is met. A limit to hold (AT_LEAST, AT_MOST, WITHIN_RANGE) is achieved when it is "
    "due, not before.",
    NOT_STARTED="Goal that has not begun, by its own start or with its cycle.",
    PENDING="Goal of which nothing can be told yet: it is early in its time, all or nothing and not due, or "
    "has no progress.",
    ON_TRACK="Goal whose pace keeps up with the time (from `onTrackPace` on), or of which a check-in says so.",
    AT_RISK="Goal whose pace falls behind (from `atRiskPace` on), of which a check-in says so, or that a KPI in RED "
    "keeps from being ACHIEVED.",
    OFF_TRACK="Goal whose pace is far behind (below `atRiskPace`), or of which a check-in says so.",
    name="GoalStatus",
)
describe_enum(
    StatusReason,
    "Reason why a goal (an objective or a key result) has its status.",
    BEFORE_CYCLE="Start still to come: that of the goal itself, else that of its cycle; or the cycle awaits its "
    "activation.",
    TOO_EARLY="Early time: less than a tenth of the goal's time has passed.",
    NOT_DUE_YET="Due date still to come: the goal is all or nothing (BINARY, BASELINE or a single milestone).",
    NO_PROGRESS_YET="Progress missing: there is nothing to judge.",
    PACE="Pace: progress against the share of time that has passed. Of a limit to hold, progress itself, or in mode "
    "ADHERENCE the share of the periods expected until now in which it was met.",
    TARGET_MET="Target met: progress is 1.",
    STATED_IN_CHECK_IN="Statement in a check-in: the newest one that states a status, no older than the cadence and 3 "
    "days.",
    STATED_STATUS_EXPIRED="Statement too old: the worse of the stated and of the computed status counts.",
    WORST_CONTRIBUTOR="Worst contributor: the objective has the status of the worst goal that counts toward it.",
    CONTRIBUTORS_WITHOUT_DATA="Contributors without progress: those with progress meet the target, so the objective is "
    "ON_TRACK and not ACHIEVED.",
    GUARDRAIL_BREACHED="Guardrail breached: the target is met, but a KPI that guards the goal is in RED.",
    CYCLE_CLOSED="Cycle closed (state CLOSED): the status is what progress came to at the end of the cycle.",
    GUARDRAIL_UNKNOWN="Guardrail unknown: the target is met, and a KPI that guards the goal was never measured.",
    name="GoalStatusReason",
)
describe_enum(
    Staleness,
    "Staleness of a goal (an objective or a key result): tells if the expected check-ins come. It is no part of the "
    "status.",
    FRESH="Goal whose next check-in is not due yet.",
    DUE="Goal whose next check-in is due: the cadence has passed since the newest one, or since the goal came into "
    "force.",
    OVERDUE="Goal whose check-in has been due for three days. A key result that follows a KPI is OVERDUE while the KPI "
    "is LATE or MISSING.",
)


JUDGED_BY = (
    "Status policy that judges the {object}: the version that was in force when its cycle was closed, else the newest "
    "one."
)
CHANGED = (
    "Time of the last write that changed anything the {object} shows: its own fields, computed ones such as "
    "`progress`, and what belongs to it, such as check-ins and, for an objective, key results. Neither time alone nor "
    "a check-in that changes nothing but `overdueBelow` of objectives further up moves it. It is no cursor for "
    "synchronising, since writes may be committed in another order than their times."
)


@strawberry.type
class Goal:
    """Columns that rollup stores, and what follows from them and the time of day."""

    lifecycle: Lifecycle = strawberry.field(
        description="Lifecycle of the {object}; it counts toward progress and status while it is ACTIVE."
    )
    progress: float | None = strawberry.field(
        description="Progress of the {object}, 0 to 1. Null if it cannot be computed; `progressReason` says why."
    )
    progress_raw: float | None = strawberry.field(
        description="Progress of the {object} without bounds: below 0 it got worse, above 1 it went beyond the target. "
        "Null if `progress` is null."
    )
    progress_reason: ProgressReason = strawberry.field(
        description="Reason why the {object} has its progress, or has none."
    )
    confidence: float | None = strawberry.field(
        description="Confidence of people that the {object} will be reached, 0 to 1, from the latest check-in that "
        "states one; null if none does."
    )
    score_reason: str | None = strawberry.field(
        description="Reason that was given with the final score of the {object}; null if none was given."
    )
    score_waiver: str | None = strawberry.field(
        description="Reason why the {object} has no score although its cycle is closed or closing; null if it has one, "
        "or is to get one."
    )
    retrospective: str | None = strawberry.field(
        description="Retrospective of the {object}: what was learned; null if nothing was written."
    )
    changed_at: datetime = strawberry.field(description=CHANGED)
    position: float = strawberry.field(
        description="Position of the {object} among its siblings (objectives of a cycle, key results of an objective); "
        "smaller comes first."
    )

    status: Status | None = strawberry.field(
        description="Status of the {object} now: from its pace or its contributors, or as a check-in states it. Null "
        "for a draft and for what was cancelled."
    )
    status_reason: StatusReason | None = strawberry.field(
        description="Reason why the {object} has its status; null without a status."
    )
    status_diverges: bool = strawberry.field(
        description="True if a valid check-in on the {object} says ON_TRACK while its pace says OFF_TRACK."
    )
    staleness: Staleness | None = strawberry.field(
        description="Staleness of the {object}: tells if the expected check-ins come. Null where none is expected: for "
        "what is archived, a draft or cancelled, in a closed cycle, before the start and after the end, for an "
        "achieved MILESTONE, BINARY, BASELINE or REACH, and for goals whose progress is computed from objectives and "
        "key results."
    )
    next_check_in_due_at: datetime | None = strawberry.field(
        description="Time at which the next check-in on the {object} (or measurement of the KPI that it follows) is "
        "due: one cadence after the newest one, or after it came into force, on the weekday of the cadence if it has "
        "one. Null where none is expected."
    )
    starts_at: datetime = strawberry.field(
        description="Time at which the {object} begins, in the organization's time zone: by its own `start`, else with "
        "its cycle."
    )
    due_at: datetime = strawberry.field(
        description="Time at which the {object} is due, in the organization's time zone: the end of its own `due` "
        "date, else of its cycle."
    )

    @strawberry.field(description="Start of the {object} itself; null if it begins with its cycle.")
    @uses_columns("starts_on", "start_granularity")
    def start(root: strawberry.Parent[Row]) -> GoalDate | None:
        return own_start(root)

    @strawberry.field(description="Due date of the {object} itself; null if it is due with the end of its cycle.")
    @uses_columns("due_on", "due_granularity")
    def due(root: strawberry.Parent[Row]) -> GoalDate | None:
        return own_due(root)

    @strawberry.field(
        description="Cadence of check-ins that the {object} has of its own; null if it is inherited, see "
        "`effectiveCheckInCadence`."
    )
    @uses_columns("check_in_cadence_days", "check_in_weekday")
    def check_in_cadence(root: strawberry.Parent[Row]) -> CheckInCadence | None:
        return own_cadence(root)

    @strawberry.field(
        description="Cadence by which check-ins on the {object} are expected: its own, else that of the objective of a "
        "key result, of the cycle, of the objective's team or of the organization, the first that there is. In a "
        "closed cycle it is that of the close."
    )
    @uses_columns("cadence_days", "cadence_weekday")
    def effective_check_in_cadence(root: strawberry.Parent[Row]) -> CheckInCadence:
        return CheckInCadence(days=root.cadence_days, weekday=root.cadence_weekday)

    @strawberry.field(
        description="True if `dueAt` of the {object} has passed while it is in force (ACTIVE and not archived), is not "
        "ACHIEVED, and its cycle is not closed. It says nothing of check-ins: the staleness OVERDUE does."
    )
    @uses_columns("due_at", "lifecycle", "archived_at", "status", "status_reason")
    def is_past_due(root: strawberry.Parent[Row], info: Info) -> bool:
        return is_past_due(
            root.due_at,
            info.context.now,
            is_in_force=root.lifecycle == Lifecycle.ACTIVE and root.archived_at is None,
            is_achieved=root.status == Status.ACHIEVED,
            is_closed=root.status_reason == StatusReason.CYCLE_CLOSED,
        )

    @strawberry.field(
        description="Pace of the {object}: progress divided by the share of the time from `startsAt` to `dueAt` that "
        "has passed. 1 is exactly in time. Null before the start and without progress."
    )
    @uses_columns("starts_at", "due_at", "exact_progress")
    def pace(root: strawberry.Parent[Row], info: Info) -> float | None:
        return pace(root.exact_progress, elapsed(root.starts_at, root.due_at, info.context.now))
