"""Longer periods of KPIs, as docs/numbers.md says them in 16."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from service.kpis.enums import Aggregation, Frequency
from service.kpis.series.aggregate import aggregate
from service.kpis.series.buckets import Bucket, KpiDefinition
from service.kpis.series.calendar import shifted
from service.kpis.series.expectation import expectation
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import series
from service.kpis.targets.evaluation import Target
from service.values.decimals import to_decimal
from tests.docs.numbers_page import TIMES, Row, executes, told
from tests.docs.test_numbers_kpis import ALWAYS

Q1 = date(2026, 1, 1)
JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 1)


def values(cell: str) -> list[str]:
    """The values of a cell, those of a value and a number repeated."""
    several = [each.split(TIMES) for each in cell.split(", ")]
    return [value for value, *times in several for _ in range(int(times[0]) if times else 1)]


def bucket(
    definition: KpiDefinition, start: date, several: list[str], aims: list[Target], size: str, now: str
) -> Bucket:
    """The bucket of the first period of these values; the KPI begins with them."""
    days = [shifted(start, definition.frequency, n) for n in range(len(several))]
    points = [PeriodValue(day, Decimal(value)) for day, value in zip(days, several, strict=True) if value != "-"]
    expected = expectation(definition.frequency, "UTC", start, datetime.fromisoformat(now).replace(tzinfo=UTC))
    [found] = series(definition, points, aims, expected, start, start, Frequency(size))
    return found


def judged(found: Bucket, row: Row) -> None:
    aim = found.target.value if found.target else None
    for name, value in (("value", found.value), ("target", to_decimal(aim)), ("attainment", found.attainment)):
        assert (name, told(value, row[name])) == (name, row[name])
    assert found.status == row["status"]


@executes("aggregation")
def test_aggregation(row: Row) -> None:
    several = [Decimal(value) for value in row.list("values")]
    for function in Aggregation:
        assert (function, told(aggregate(several, function), row[function])) == (function, row[function])


@executes("buckets")
def test_buckets(row: Row) -> None:
    match = re.fullmatch(r"([A-Z]+) (so far|[A-Z]+) ([A-Z]+) ([0-9]+)", row["KPI and its target"])
    named = re.fullmatch(r"(?:(.{5}): )?(.+)", row["measurements"])
    assert match
    assert named
    frequency, function, direction, aim = match.groups()
    is_cumulative = function == "so far"
    definition = KpiDefinition(direction, Frequency(frequency), "SUM" if is_cumulative else function, is_cumulative)
    start = date.fromisoformat(f"2026-{named[1] or '01-01'}")
    aims = [Target(ALWAYS, value=Decimal(aim))]
    found = bucket(definition, start, values(named[2]), aims, row["bucket"], row["asked on"])
    judged(found, row)
    assert f"{found.count} of {found.expected_count}" == row["count"]
    assert f"{'yes' if found.is_complete else 'no'}{', running' if found.is_running else ''}" == row["complete"]


@executes("mixed")
def test_ratios_beside_absolute_thresholds(row: Row) -> None:
    value, green, amber = map(Decimal, row.list("its target, green and amber"))
    absolute = Target(FEBRUARY, None, value, kind="ABSOLUTE", green=green, amber=amber)
    aims = [Target(ALWAYS, JANUARY, row.given("its target")), absolute]
    months = [row["January"], row["February"]]
    definition = KpiDefinition("HIGHER", Frequency.MONTHLY, "SUM")
    found = bucket(definition, Q1, months, aims, "QUARTERLY", "2026-03-01")
    judged(found, row)
    assert found.status_reason == row["statusReason"]
