"""Progress of MILESTONE and BASELINE and of drafts, case by case (docs/numbers.md, 3)."""

from decimal import Decimal as D
from fractions import Fraction

import pytest

from service.key_results.progress import Definition, Evidence, Progress, ProgressReason, progress


@pytest.mark.parametrize(
    ("stages", "value"),
    [
        ([(1, False)], 0),
        ([(1, True)], 1),
        ([(1, True), (1, False)], 0.5),
        ([(3, True), (1, False)], 0.75),
        ([(3, False), (1, True)], 0.25),
        ([(2, True), (2, True), (4, True)], 1),
        ([(0, True), (1, False)], 0),
        ([(0, False), (1, True)], 1),
        # All weights zero: the stages count alike.
        ([(0, True), (0, False), (0, False), (0, False)], 0.25),
        ([(0, True), (0, True)], 1),
        ([(0, False)], 0),
        ([(0.5, True), (1.5, False)], 0.25),
    ],
)
def test_milestones_count_by_weight_and_without_weights_by_number(
    stages: list[tuple[float, bool]], value: float
) -> None:
    done = any(is_done for _, is_done in stages)
    assert progress(Definition("MILESTONE"), Evidence(milestones=stages)) == Progress(
        Fraction(value), Fraction(value), ProgressReason.COMPUTED, None, done
    )


def test_no_milestones_are_no_progress() -> None:
    assert progress(Definition("MILESTONE"), Evidence()) == Progress(None, None, ProgressReason.NO_MILESTONES)


@pytest.mark.parametrize(
    ("baseline", "latest", "value", "current"),
    [
        (None, None, 0, None),
        (None, "40", 1, "40"),
        ("40", None, 1, "40"),
        ("0", None, 1, "0"),
        (None, "0", 1, "0"),
        ("40", "42", 1, "42"),
    ],
)
def test_a_baseline_is_done_once_it_is_recorded(
    baseline: str | None, latest: str | None, value: float, current: str | None
) -> None:
    given = [None if n is None else D(n) for n in (baseline, latest, current)]
    found = progress(Definition("BASELINE", baseline=given[0]), Evidence(given[1]))
    reason = ProgressReason.COMPUTED if value else ProgressReason.NO_CHECK_IN
    assert found == Progress(Fraction(value), Fraction(value), reason, given[2], bool(value))


@pytest.mark.parametrize("latest", [None, D(3)])
def test_a_goal_without_a_kind_cannot_be_measured(latest: D | None) -> None:
    found = progress(Definition(None, baseline=D(1), target=D(2)), Evidence(latest, milestones=[(1, True)]))
    assert (found.value, found.raw, found.reason) == (None, None, "NOT_MEASURABLE")
