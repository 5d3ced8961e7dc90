"""Why a goal or a KPI needs attention, and in which order those that do are listed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from service.kpis.current.scorecard import LATENESS
from service.kpis.enums import KpiStatus
from service.rollup.status_timeline import Staleness, Status
from service.values.record import record

# The order of those that have no due date.
NEVER = "9999"


class AttentionReason(StrEnum):
    """The most urgent comes first."""

    GUARDRAIL_BREACHED = "GUARDRAIL_BREACHED"
    OFF_TRACK = "OFF_TRACK"
    OVERDUE = "OVERDUE"
    DIVERGING = "DIVERGING"
    KPI_LATE = "KPI_LATE"
    NO_OWNER = "NO_OWNER"


URGENCY = {reason: rank for rank, reason in enumerate(AttentionReason)}


@record
class Attention:
    """A goal or a KPI, named by type and id, with the reasons why it needs attention, the most urgent first; and its
    row, where that was read for the reasons."""

    subject_type: str
    subject_id: UUID
    due_at: datetime | None
    reasons: Sequence[AttentionReason]
    row: Any = None

    @property
    def order(self) -> tuple[int, str, str]:
        """What they are sorted by: the most urgent reason, the due date, the id."""
        due = NEVER if self.due_at is None else self.due_at.astimezone(UTC).isoformat()
        return URGENCY[self.reasons[0]], due, str(self.subject_id)


def reasons_of_goal(
    *, guardrail_breached: bool, status: str | None, staleness: str | None, status_diverges: bool, has_owner: bool
) -> list[AttentionReason]:
    """Why an objective or a key result needs attention; empty if it does not."""
    return _applying(
        {
            AttentionReason.GUARDRAIL_BREACHED: guardrail_breached,
            AttentionReason.OFF_TRACK: status == Status.OFF_TRACK,
            AttentionReason.OVERDUE: staleness == Staleness.OVERDUE,
            AttentionReason.DIVERGING: status_diverges,
            AttentionReason.NO_OWNER: not has_owner,
        }
    )


def reasons_of_kpi(*, status: str, freshness: str, has_owner: bool) -> list[AttentionReason]:
    """Why a KPI needs attention; empty if it does not."""
    return _applying(
        {
            AttentionReason.OFF_TRACK: status == KpiStatus.RED,
            AttentionReason.KPI_LATE: freshness in LATENESS,
            AttentionReason.NO_OWNER: not has_owner,
        }
    )


def _applying(holds: dict[AttentionReason, bool]) -> list[AttentionReason]:
    return [reason for reason in AttentionReason if holds.get(reason)]
