"""Counts of goals by status, and of the overdue ones among them."""

from collections.abc import Iterable
from fractions import Fraction

from service.rollup.status_timeline import Status
from service.values.record import record

GREEN = (Status.ACHIEVED, Status.ON_TRACK)


@record
class StatusCount:
    """How many goals have a status, and how many of those are overdue."""

    status: Status
    count: int
    overdue_count: int


@record
class StatusReport:
    """Counts from the best status to the worst. `green_share` is 0..1, None without goals."""

    total: int
    overdue_count: int
    green_share: float | None
    counts: list[StatusCount]


def report(counts: Iterable[StatusCount]) -> StatusReport:
    """The report of these counts. Green goals are ACHIEVED or ON_TRACK and not overdue."""
    ordered = sorted(counts, key=lambda each: list(Status).index(each.status))
    total = sum(each.count for each in ordered)
    green = sum(each.count - each.overdue_count for each in ordered if each.status in GREEN)
    return StatusReport(total, sum(each.overdue_count for each in ordered), share(green, total), ordered)


def share(part: int, total: int) -> float | None:
    """part / total, 0..1; None of nothing."""
    return float(Fraction(part, total)) if total else None
