"""Statistics of groups of goals, by their sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from service.rollup.goal_statistics import GoalStatistics, statistics_of
from service.rollup.status_counts import StatusCount, report
from service.rollup.status_timeline import Status

SHARES = st.integers(0, 10**24).map(lambda each: Decimal(each).scaleb(-24))


@dataclass(frozen=True)
class Sums:
    """The sums of goals, of which nothing but progress is told."""

    count: int = 0
    key: str | None = None
    status_counts: Sequence[int] = (0, 0, 0, 0, 0, 0)
    overdue_counts: Sequence[int] = (0, 0, 0, 0, 0, 0)
    progress_sum: Decimal | None = None
    progress_count: int = 0
    middle_progress: Sequence[Decimal] | None = None
    confidence_sum: Decimal | None = None
    confidence_count: int = 0


def test_no_goals_have_no_mean() -> None:
    assert statistics_of(Sums()) == GoalStatistics(0, report([]), None, None, None)


def test_numbers_are_rounded_once_to_24_digits() -> None:
    third, tiny = Decimal("0." + "3" * 24), Decimal(1).scaleb(-24)
    found = statistics_of(
        Sums(
            5,
            status_counts=(0, 0, 0, 3, 0, 1),
            overdue_counts=(0, 0, 0, 2, 0, 0),
            progress_sum=Decimal(1),
            progress_count=3,
            middle_progress=(Decimal(0), tiny),
            confidence_sum=Decimal("1.5"),
            confidence_count=2,
        )
    )
    statuses = report([StatusCount(Status.ON_TRACK, 3, 2), StatusCount(Status.OFF_TRACK, 1, 0)])
    # Half of the last digit is rounded to the even one.
    assert found == GoalStatistics(5, statuses, third, Decimal(0), Decimal("0.75"))


@given(SHARES, SHARES)
def test_the_median_is_between_the_two_in_the_middle(first: Decimal, second: Decimal) -> None:
    found = statistics_of(Sums(2, middle_progress=sorted((first, second)))).median_progress
    assert found is not None
    assert min(first, second) <= found <= max(first, second)
    assert found == first or first != second
