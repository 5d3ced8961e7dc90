"""Trend and forecast of a KPI by the least-squares line through its last values.

Source of the formulas: docs/numbers.md, 19. The interval is the 95 % prediction interval of a simple linear
regression: s · t · sqrt(1 + 1/n + (x - mean)² / Sxx), with n - 2 degrees of freedom.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import sqrt

from service.kpis.enums import Direction, Trend
from service.kpis.targets.evaluation import Target
from service.values.decimals import EXACT_CONTEXT, ExactNumber, round_decimal
from service.values.record import record

MAX_TREND_VALUES = 6
MIN_TREND_VALUES = 3
METHOD = "LEAST_SQUARES"
CONFIDENCE_LEVEL = 0.95
# Two-sided quantiles of Student's t for this level, by degrees of freedom, to all digits that a float has.
QUANTILES = {1: 12.706204736174698, 2: 4.302652729749464, 3: 3.182446305283708, 4: 2.776445105197793}

Sample = tuple[int, Decimal]


@record
class Line:
    """`value = intercept + change_per_period · x`, fitted to `n` values at periods from `first` to `last`."""

    change_per_period: Fraction
    intercept: Fraction
    n: int
    deviation: float
    mean: Fraction
    spread: Fraction
    first: int
    last: int

    def at(self, x: int) -> Fraction:
        """The value of the line at `x`."""
        return self.intercept + self.change_per_period * x


@record
class Forecast:
    """A forecast value in the KPI's unit, with the bounds of its 95 % prediction interval."""

    value: Decimal
    lower: Decimal
    upper: Decimal
    n: int


def fit_line(samples: Sequence[Sample]) -> Line | None:
    """The line through the last six samples (period number, value); None for fewer than three."""
    last = sorted(samples)[-MAX_TREND_VALUES:]
    n = len(last)
    if n < MIN_TREND_VALUES:
        return None
    # Sums of integers, since sums of fractions take fifty times as long: all values times a power of ten.
    digits = max(0, *(-int(y.as_tuple().exponent) for _, y in last))
    xs, ys = [x for x, _ in last], [int(y.scaleb(digits, EXACT_CONTEXT)) for _, y in last]
    sum_x, sum_y, unit = sum(xs), sum(ys), 10**digits
    # n times the sums of squares and products of the distances from the means.
    spread = n * sum(x * x for x in xs) - sum_x * sum_x
    covariation = n * sum(x * y for x, y in zip(xs, ys, strict=True)) - sum_x * sum_y
    variation = n * sum(y * y for y in ys) - sum_y * sum_y
    errors = Fraction(variation * spread - covariation * covariation, n * spread * unit * unit)
    return Line(
        Fraction(covariation, spread * unit),
        Fraction(sum_y * spread - covariation * sum_x, n * spread * unit),
        n,
        sqrt(errors / (n - 2)),
        Fraction(sum_x, n),
        Fraction(spread, n),
        xs[0],
        xs[-1],
    )


def trend(direction: str, line: Line, target: Target | None = None) -> Trend:
    """Whether the line improves; for RANGE, whether it ends nearer to the band than it begins."""
    if direction == Direction.RANGE:
        first, last = (_outside(line.at(x), target) for x in (line.first, line.last))
        return Trend.FLAT if last == first else Trend.IMPROVING if last < first else Trend.DECLINING
    if line.change_per_period == 0:
        return Trend.FLAT
    return Trend.IMPROVING if (line.change_per_period > 0) == (direction == Direction.HIGHER) else Trend.DECLINING


def forecast(line: Line, x: int) -> Forecast:
    """The forecast for period `x`, with its 95 % prediction interval."""
    value = line.at(x)
    distance = float((x - line.mean) ** 2 / line.spread)
    margin = Fraction(QUANTILES[line.n - 2] * line.deviation * sqrt(1 + 1 / line.n + distance))
    return Forecast(round_decimal(value), round_decimal(value - margin), round_decimal(value + margin), line.n)


def required_per_period(current: Decimal, target: ExactNumber, periods: int) -> Decimal | None:
    """(target - current) / periods; None if no period is left."""
    return None if periods <= 0 else round_decimal((Fraction(target) - Fraction(current)) / periods)


def _outside(value: Fraction, target: Target | None) -> Fraction:
    if target is None or target.lower is None or target.upper is None:
        return Fraction(0)
    return max(Fraction(target.lower) - value, value - Fraction(target.upper), Fraction(0))
