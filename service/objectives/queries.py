"""Reads of objectives."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Double,
    Integer,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal_column,
    select,
)

from service.cycles.models import Cycle
from service.cycles.queries import JUDGES
from service.objectives.models import Objective
from service.people.models import StatusPolicy
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.page_order import ComputedOrder
from service.reading.reader import NOW
from service.reading.statements import columns, equals_any, reached, select_by, visible
from service.reading.steps import StoredStep

_objective = columns_of(Objective)
_cycle = columns_of(Cycle)


# What rollup says of goals.
STATUSES = ("ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK")
STALENESS = ("FRESH", "DUE", "OVERDUE")
REASONS = (
    *("BEFORE_CYCLE", "TOO_EARLY", "NOT_DUE_YET", "NO_PROGRESS_YET", "PACE", "TARGET_MET", "STATED_IN_CHECK_IN"),
    *("STATED_STATUS_EXPIRED", "WORST_CONTRIBUTOR", "CONTRIBUTORS_WITHOUT_DATA", "GUARDRAIL_BREACHED", "CYCLE_CLOSED"),
    "GUARDRAIL_UNKNOWN",
)
FILTERED_STATUS = frozenset(("status", "status_reason", "staleness", "next_check_in_due_at"))


def status_columns(goal: Any) -> tuple[ColumnElement[Any], ...]:
    """How objectives or key results stand at `:now`: `status`, `status_reason`, `staleness`, `status_diverges` and
    `next_check_in_due_at`. Their courses begin before all time; one that is empty says nothing."""
    step = func.greatest(literal_column("1"), func.width_bucket(NOW, goal.status_since), type_=Integer)
    staleness = goal.staleness_steps[step]
    return (
        goal.status_steps[step].label("status"),
        goal.status_reasons[step].label("status_reason"),
        staleness.label("staleness"),
        func.coalesce(goal.diverging_steps[step], false(), type_=Boolean).label("status_diverges"),
        case((staleness.is_not(None), goal.check_in_due_at)).label("next_check_in_due_at"),
    )


def stored_step(goal: Any) -> StoredStep:
    """The status, its reason and the staleness of objectives or key results that are stored for indexes."""
    return StoredStep(
        {"status": goal.c.step_status, "staleness": goal.c.step_staleness, "status_reason": goal.c.step_reason},
        {"status": STATUSES, "staleness": STALENESS, "status_reason": REASONS},
        goal.c.step_since,
        goal.c.step_until,
    )


def exact(goal: Any) -> ColumnElement[Any]:
    """Progress with all of its digits."""
    return goal.progress.label("exact_progress")  # type: ignore[no-any-return]


def status_filters(columns: Sequence[ColumnElement[Any]]) -> dict[str, ColumnElement[Any]]:
    """What filters compare with of `status_columns`."""
    return {each.name: each for each in columns if each.name in FILTERED_STATUS}


def _pace(goal: Any) -> ColumnElement[Any]:
    """Pace at `:now`, as `pace` has it."""
    passed, span = (extract("epoch", end - goal.starts_at) for end in (NOW, goal.due_at))
    pace = case((goal.due_at <= NOW, goal.progress), (goal.starts_at < NOW, goal.progress * span / passed))
    return cast(pace, Double)


def computed_orders(goal: Any) -> dict[str, ComputedOrder]:
    """The orders of objectives or key results by numbers and instants that not all of them have."""
    due = next(each for each in status_columns(goal) if each.name == "next_check_in_due_at")
    return {
        "PROGRESS": ComputedOrder(goal.progress_order, column=goal.progress_order, has_nulls=True),
        "CONFIDENCE": ComputedOrder(goal.confidence, column=goal.confidence),
        "NEXT_CHECK_IN_DUE_AT": ComputedOrder(due.element, depends_on_now=True, column=goal.check_in_due_at),
        "PACE": ComputedOrder(_pace(goal), depends_on_now=True, within_cycle=True),
    }


STATUS_COLUMNS = (*status_columns(Objective), exact(Objective))
STATUS_FILTERS = status_filters(STATUS_COLUMNS)
OBJECTIVES = select_by(Objective, more=STATUS_COLUMNS)
BY_EXTERNAL_ID = select_by(Objective, "external_id", more=STATUS_COLUMNS)
# What permissions follow from.
ACCESS = (
    select(
        *(_objective.id, _objective.visibility, _objective.owner_id, _objective.team_id, _objective.archived_at),
        *(_cycle.state, _cycle.activation, _cycle.starts_at),
    )
    .join(Cycle, and_(visible(Cycle), _cycle.id == _objective.cycle_id))
    .where(reached(Objective), equals_any(_objective.id))
)
# The version of the status policy that judges the objectives and their key results.
STATUS_POLICIES = (
    select(*columns(StatusPolicy), _objective.id.label("objective_id"))
    .select_from(
        table_of(Objective)
        .join(table_of(Cycle), and_(reached(Cycle), _cycle.id == _objective.cycle_id))
        .join(table_of(StatusPolicy), JUDGES)
    )
    .where(visible(Objective), equals_any(_objective.id))
)
ORDERS = {
    "POSITION": _objective.position,
    "CREATED_AT": _objective.created_at,
    "UPDATED_AT": _objective.updated_at,
    "CHANGED_AT": _objective.changed_at,
    "TITLE": _objective.title,
    "STARTS_AT": _objective.starts_at,
    "DUE_AT": _objective.due_at,
    **computed_orders(_objective),
}
COLUMNS = (*columns(Objective), *STATUS_COLUMNS)


def listing(key: str | None = None) -> Listing:
    """All objectives, or those that have a parent's id in the column `key`."""
    where = (visible(Objective),)
    parent = _objective[key] if key else None
    return Listing(
        COLUMNS, table_of(Objective), where, ORDERS, _objective.id, parent, step=stored_step(table_of(Objective))
    )


ALL_OBJECTIVES = listing()
OF_CYCLES, OF_OWNERS, OF_TEAMS, OF_PILLARS = map(listing, ("cycle_id", "owner_id", "team_id", "pillar_id"))
