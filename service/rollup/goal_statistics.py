"""Statistics of groups of goals: counts by status, means and medians of what the goals of a group come to."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from service.rollup.status_counts import StatusCount, StatusReport, report
from service.rollup.status_timeline import Status
from service.values.decimals import mean, round_progress
from service.values.record import record


class GoalDimension(StrEnum):
    """What goals are grouped by."""

    TEAM = "TEAM"
    OWNER = "OWNER"
    LEVEL = "LEVEL"
    CYCLE = "CYCLE"
    PILLAR = "PILLAR"
    PERSPECTIVE = "PERSPECTIVE"
    KIND = "KIND"
    STATUS = "STATUS"
    STALENESS = "STALENESS"


class GoalSums(Protocol):
    """What the goals of a group add up to; `key` is the group. All but `count` are of goals with a status.

    `middle_progress` are the two that are in the middle of the sorted progress; of an odd number both are the same.
    """

    @property
    def key(self) -> str | None: ...
    @property
    def count(self) -> int: ...
    @property
    def status_counts(self) -> Sequence[int]: ...
    @property
    def overdue_counts(self) -> Sequence[int]: ...
    @property
    def progress_sum(self) -> Decimal | None: ...
    @property
    def progress_count(self) -> int: ...
    @property
    def middle_progress(self) -> Sequence[Decimal] | None: ...
    @property
    def confidence_sum(self) -> Decimal | None: ...
    @property
    def confidence_count(self) -> int: ...


@record
class GoalStatistics:
    """The statistics of a group of goals.

    `count` are all of them, `statuses` those with a status, which drafts and cancelled ones are not. The others are
    0..1 and of those with a status, each with the same weight; None if none of them has such a value.
    """

    count: int
    statuses: StatusReport
    mean_progress: Decimal | None
    median_progress: Decimal | None
    mean_confidence: Decimal | None


def statistics_of(sums: GoalSums) -> GoalStatistics:
    """The statistics of the group with these sums. Each number is rounded once, as stored progress is."""
    counts = zip(Status, sums.status_counts, sums.overdue_counts, strict=True)
    return GoalStatistics(
        sums.count,
        report(StatusCount(status, count, overdue) for status, count, overdue in counts if count),
        _mean([sums.progress_sum], sums.progress_count),
        _mean(sums.middle_progress or (), 2 if sums.middle_progress else 0),
        _mean([sums.confidence_sum], sums.confidence_count),
    )


def _mean(sums: Sequence[Decimal | None], count: int) -> Decimal | None:
    known = [each for each in sums if each is not None]
    return round_progress(mean(known, count)) if count and known else None
