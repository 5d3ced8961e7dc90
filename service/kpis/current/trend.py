"""Where a KPI is heading: the least-squares line through its last points, and what follows from it.

Source of the formulas: docs/numbers.md, 19. The interval is the 95 % prediction interval of a simple linear
regression: s · t · sqrt(1 + 1/n + (x - mean)² / Sxx), with n - 2 degrees of freedom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt

from service.kpis.enums import Direction, Trend
from service.kpis.targets.evaluation import Target
from service.values.decimals import ExactNumber, rounded

MOST, FEWEST = 6, 3
METHOD = "LEAST_SQUARES"
CONFIDENCE_LEVEL = 0.95
# Two-sided quantiles of Student's t for this level, by degrees of freedom, to all digits that a float has.
QUANTILES = {1: 12.706204736174698, 2: 4.302652729749464, 3: 3.182446305283708, 4: 2.776445105197793}

Sample = tuple[int, Decimal]


@dataclass(frozen=True, slots=True)
class Line:
    """`value = intercept + slope · x`, per period, fitted to `n` points from `first` to `last`."""

    slope: Fraction
    intercept: Fraction
    n: int
    deviation: float
    mean: Fraction
    spread: Fraction
    first: int
    last: int

    def at(self, x: int) -> Fraction:
        """The value of the line at `x`."""
        return self.intercept + self.slope * x


@dataclass(frozen=True, slots=True)
class Forecast:
    """A value expected at one moment, in the KPI's unit, and between which bounds it lies in 95 of 100 cases."""

    value: Decimal
    lower: Decimal
    upper: Decimal
    n: int


def fitted(samples: Sequence[Sample]) -> Line | None:
    """The line through the last six points, each with the number of its period; None of fewer than three."""
    last = sorted(samples)[-MOST:]
    n = len(last)
    if n < FEWEST:
        return None
    xs, ys = [Fraction(x) for x, _ in last], [Fraction(y) for _, y in last]
    mean_x, mean_y = sum(xs, Fraction(0)) / n, sum(ys, Fraction(0)) / n
    spread = sum(((x - mean_x) ** 2 for x in xs), Fraction(0))
    slope = sum(((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)), Fraction(0)) / spread
    intercept = mean_y - slope * mean_x
    errors = sum(((y - intercept - slope * x) ** 2 for x, y in zip(xs, ys, strict=True)), Fraction(0))
    return Line(slope, intercept, n, sqrt(errors / (n - 2)), mean_x, spread, last[0][0], last[-1][0])


def trend(direction: str, line: Line, target: Target | None = None) -> Trend:
    """Whether the line gets better; for RANGE, whether its last point is nearer to the band than its first."""
    if direction == Direction.RANGE:
        then, now = (_outside(line.at(x), target) for x in (line.first, line.last))
        return Trend.FLAT if now == then else Trend.IMPROVING if now < then else Trend.DECLINING
    if line.slope == 0:
        return Trend.FLAT
    return Trend.IMPROVING if (line.slope > 0) == (direction == Direction.HIGHER) else Trend.DECLINING


def forecast(line: Line, x: int) -> Forecast:
    """What the line says of the period `x`, with its 95 % prediction interval."""
    value = line.at(x)
    far = float((x - line.mean) ** 2 / line.spread)
    reach = Fraction(QUANTILES[line.n - 2] * line.deviation * sqrt(1 + 1 / line.n + far))
    return Forecast(rounded(value), rounded(value - reach), rounded(value + reach), line.n)


def required(current: Decimal, target: ExactNumber, periods: int) -> Decimal | None:
    """How much a KPI has to change in each of the periods left to be at its target; None when none is left."""
    return None if periods <= 0 else rounded((Fraction(target) - Fraction(current)) / periods)


def _outside(value: Fraction, target: Target | None) -> Fraction:
    if target is None or target.lower is None or target.upper is None:
        return Fraction(0)
    return max(Fraction(target.lower) - value, value - Fraction(target.upper), Fraction(0))
