"""Medians of rounds with their confidence intervals."""

from collections.abc import Sequence
from math import comb
from statistics import median
from typing import NamedTuple

CONFIDENCE = 0.9


class Estimate(NamedTuple):
    """The median of rounds, and an interval that contains the true one with 90 %, or as near as so few rounds can."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def estimate(values: Sequence[float]) -> Estimate:
    """The median of at least one value with its interval."""
    return Estimate(median(values), *confidence_interval(values))


def confidence_interval(values: Sequence[float]) -> tuple[float, float]:
    """The narrowest interval between order statistics that contains the median with at least `CONFIDENCE`."""
    ordered, count = sorted(values), len(values)
    tail_probability, rank = 0.0, 0
    while rank < count // 2 and 2 * (tail_probability + comb(count, rank) / 2**count) <= 1 - CONFIDENCE:
        tail_probability += comb(count, rank) / 2**count
        rank += 1
    low_index = max(rank - 1, 0)
    return ordered[low_index], ordered[-1 - low_index]
