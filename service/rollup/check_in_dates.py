"""When the next check-ins on goals are due (docs/numbers.md, 11)."""

from dataclasses import replace
from datetime import datetime

from service.rollup.status_timeline import CheckInDue, check_in_due_after
from service.rollup.tree import KeyResultNode, ObjectiveNode, Span, is_in_force

# Once achieved, these kinds stay achieved, so no check-in is expected.
LASTING = frozenset({"MILESTONE", "BINARY", "BASELINE", "REACH"})


def due_of_key_result(node: KeyResultNode, objective: ObjectiveNode, span: Span) -> CheckInDue | None:
    """When the next check-in is due; None if none is expected."""
    both_in_force = is_in_force(node.archived, node.lifecycle) and is_in_force(objective.archived, objective.lifecycle)
    if not both_in_force or objective.closed or objective.planned or node.value_source == "ALIGNED_OBJECTIVES":
        return None
    is_lasting = node.definition.kind in LASTING
    if node.kpi_due is not None:
        return replace(node.kpi_due, is_lasting=is_lasting)
    active_since = max(objective.active_since, node.active_since)
    cadence_start = _cadence_start(span, active_since, node.checked_in_at)
    return check_in_due_after(cadence_start, node.cadence, is_lasting=is_lasting)


def due_of_manual_objective(node: ObjectiveNode, span: Span) -> CheckInDue | None:
    """The same for an objective with progress source MANUAL, in a cycle that is neither closed nor planned."""
    if node.archived:
        return None
    return check_in_due_after(_cadence_start(span, node.active_since, node.checked_in_at), node.cadence)


def _cadence_start(span: Span, active_since: datetime, checked_in_at: datetime | None) -> datetime:
    """The newest check-in, else the instant at which the goal came into force; not before the goal begins."""
    return max(span.starts_at, checked_in_at or active_since)
