"""KPIs with measurements and targets that are generated from a seed, with numbers that rounding would show in."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from service.kpis.definition import ORDINAL
from service.kpis.enums import Aggregation, Direction, Frequency, NullReason, ThresholdKind
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.calendar import DAY, starts
from service.kpis.series.period_value import InputCounts, PeriodValue
from service.kpis.targets.evaluation import Target

AWKWARD = (
    *("0", "10", "100", "33.333333333333", "99.999999999999", "0.000000000001", "-0.000000000001"),
    *("123456789012345678901234.123456789012", "-999999999999999999999999.999999999999"),
)
REASONS = (NullReason.DIVIDE_BY_ZERO, NullReason.INPUT_MISSING, NullReason.OUT_OF_RANGE)


class GeneratedKpi(NamedTuple):
    """A KPI, all that was measured of it, and its targets, both in the order of time."""

    definition: KpiDefinition
    measurements: list[PeriodValue]
    targets: list[Target]


def generate(random: Random, first: date, last: date, fiscal_year_start_month: int) -> GeneratedKpi:
    """A KPI with periods that begin from one day to another."""
    on_scale = random.random() < 0.1
    direction = Direction.HIGHER if on_scale else random.choice(list(Direction))
    aggregation = random.choice(ORDINAL if on_scale else list(Aggregation))
    frequency, cumulative = random.choice(list(Frequency)), random.random() < 0.15
    definition = KpiDefinition(direction, frequency, aggregation, cumulative, fiscal_year_start_month, on_scale)
    days = [day for day in starts(first, last, frequency, fiscal_year_start_month) if first <= day <= last]
    share = random.choice((0.05, 0.5, 0.9, 1))
    measurements = [_measurement(random, day, on_scale) for day in days if random.random() < share]
    return GeneratedKpi(definition, measurements, _targets(random, direction, first, last))


def number(random: Random) -> Decimal:
    """A number within the limits of the API."""
    if random.random() < 0.2:
        return Decimal(random.choice(AWKWARD))
    return Decimal(random.randint(-30_000, 200_000)).scaleb(-random.choice((0, 1, 2, 3)))


def _measurement(random: Random, day: date, on_scale: bool) -> PeriodValue:
    if random.random() < 0.15:
        counts = random.choice((None, InputCounts(1, 2, number(random))))
        return PeriodValue(day, None, random.choice(REASONS), counts)
    value = Decimal(random.randint(1, 5)) if on_scale else number(random)
    return PeriodValue(day, value, None, random.choice((None, InputCounts(2, 2))))


def _targets(random: Random, direction: Direction, first: date, last: date) -> list[Target]:
    targets: list[Target] = []
    count = random.choice((0, 1, 3, 8))
    begin = first - timedelta(days=random.randint(0, 100))
    for _ in range(count):
        begin += timedelta(days=random.choice((0, 0, 1, 20)))
        end = begin + timedelta(days=random.randint(0, (last - first).days // count + 1))
        is_open = random.random() < 0.2
        targets.append(_target(random, direction, begin, None if is_open else end))
        if is_open:
            break
        begin = end + DAY
    return targets


def _target(random: Random, direction: Direction, begin: date, end: date | None) -> Target:
    kind = random.choice((ThresholdKind.RATIO, ThresholdKind.RATIO, ThresholdKind.ABSOLUTE))
    has_limits = kind is ThresholdKind.ABSOLUTE or random.random() < 0.4
    green, amber = (number(random) if has_limits and random.random() < 0.8 else None for _ in range(2))
    if direction is Direction.RANGE:
        lower, upper = sorted((number(random), number(random)))
        return Target(begin, end, None, lower, upper, kind, green, amber)
    return Target(begin, end, number(random), None, None, kind, green, amber)
