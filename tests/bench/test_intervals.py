"""Intervals of medians."""

import pytest

from bench.intervals import confidence_interval, estimate


@pytest.mark.parametrize(
    ("values", "interval"),
    [
        ([2.0], (2, 2)),
        ([1.0, 3.0], (1, 3)),
        ([5.0, 1.0, 4.0, 2.0, 3.0], (1, 5)),
        # The second of eight is below the median of all with 1 - 9/256.
        ([float(number) for number in range(1, 9)], (2, 7)),
        ([float(number) for number in range(1, 22)], (7, 15)),
    ],
)
def test_an_interval_leaves_out_as_many_extremes_as_it_may(values: list[float], interval: tuple[float, float]) -> None:
    assert confidence_interval(values) == interval


def test_an_estimate_is_shown_with_its_interval() -> None:
    assert str(estimate([0.5, 0.7, 0.6])) == "0.60 (0.50 to 0.70)"
