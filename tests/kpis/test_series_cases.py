"""Points gathered into longer periods: a table of cases."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from service.kpis.enums import Aggregation, Frequency
from service.kpis.series.aggregate import aggregate
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.expectation import Expectation
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import coarser, judge_measurement, series
from service.kpis.targets.evaluation import Target


def definition(aggregation: str = "SUM", frequency: str = "MONTHLY", **more: Any) -> KpiDefinition:
    return KpiDefinition("HIGHER", Frequency(frequency), Aggregation(aggregation), **more)


def measurements(values: Mapping[str, str | None]) -> list[PeriodValue]:
    return [
        PeriodValue(
            date.fromisoformat(day), None if value is None else Decimal(value), None if value else "DIVIDE_BY_ZERO"
        )
        for day, value in values.items()
    ]


def target(first: str, last: str | None, value: str, **more: Any) -> Target:
    return Target(date.fromisoformat(first), last and date.fromisoformat(last), Decimal(value), **more)  # type: ignore[arg-type]


def shown(found: list[Any]) -> list[tuple[Any, ...]]:
    return [(str(b.starts_on), str(b.ends_on), b.value and str(b.value), b.count, b.null_reason) for b in found]


# Long after everything: whatever has no value is missing.
LATER = Expectation(date(2026, 1, 1), date(2027, 6, 1), date(2027, 6, 1))
# Nothing is expected but what has a value.
NEVER = Expectation(None, date(2027, 6, 1), date(2027, 6, 1))
HALF = measurements({"2026-01-01": "10", "2026-02-01": "40", "2026-04-01": "25"})
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)


@pytest.mark.parametrize(
    ("aggregation", "first", "second"),
    [
        ("LAST", "40", "25"),
        ("SUM", "50", "25"),
        ("AVERAGE", "25", "25"),
        ("MIN", "10", "25"),
        ("MAX", "40", "25"),
        ("COUNT", "2", "1"),
    ],
)
def test_months_become_quarters(aggregation: str, first: str, second: str) -> None:
    quarters = [
        ("2026-01-01", "2026-03-31", first, 2, None),
        ("2026-04-01", "2026-06-30", second, 1, None),
        ("2026-07-01", "2026-09-30", None, 0, None),
    ]
    end = date(2026, 8, 1)
    assert shown(series(definition(aggregation), HALF, (), NEVER, FIRST, end, Frequency.QUARTERLY)) == quarters
    other = definition("SUM" if aggregation != "SUM" else "MAX")
    asked = series(other, HALF, (), NEVER, FIRST, end, Frequency.QUARTERLY, Aggregation(aggregation))
    assert shown(asked) == quarters


def test_every_period_has_a_bucket_and_what_is_missing_is_null() -> None:
    found = series(definition(), HALF, (), NEVER, date(2025, 12, 15), date(2026, 5, 2))
    assert [(str(bucket.starts_on), bucket.value) for bucket in found] == [
        ("2025-12-01", None),
        ("2026-01-01", Decimal(10)),
        ("2026-02-01", Decimal(40)),
        ("2026-03-01", None),
        ("2026-04-01", Decimal(25)),
        ("2026-05-01", None),
    ]
    assert [bucket.status for bucket in found] == [
        "NO_DATA",
        "NO_TARGET",
        "NO_TARGET",
        "NO_DATA",
        "NO_TARGET",
        "NO_DATA",
    ]


def test_a_bucket_is_never_finer_than_the_calendar_of_the_kpi() -> None:
    for finer in (Frequency.IRREGULAR, Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY):
        assert len(series(definition(), HALF, (), NEVER, FIRST, LAST, finer)) == 6
        assert coarser(Frequency.MONTHLY, finer) is Frequency.MONTHLY
    assert coarser(Frequency.YEARLY, Frequency.QUARTERLY) is Frequency.YEARLY


def test_of_a_cumulative_kpi_the_latest_wins_with_its_own_target() -> None:
    quarters = {"2026-01-01": "220", "2026-04-01": "480", "2026-07-01": "710", "2026-10-01": "968"}
    planned = [
        target("2026-01-01", "2026-03-31", "250"),
        target("2026-04-01", "2026-06-30", "500"),
        target("2026-07-01", "2026-09-30", "750"),
        target("2026-10-01", "2026-12-31", "1000"),
    ]
    growing = definition("SUM", "QUARTERLY", cumulative=True)
    own = series(growing, measurements(quarters), planned, NEVER, FIRST, date(2026, 12, 31))
    assert [bucket.attainment for bucket in own] == [0.88, 0.96, pytest.approx(71 / 75), 0.968]
    [year] = series(growing, measurements(quarters), planned, NEVER, FIRST, LAST, Frequency.YEARLY)
    assert (year.value, year.target and year.target.value, year.attainment, year.count) == (968, 1000, 0.968, 4)


def test_targets_of_points_are_added_or_averaged_like_the_points() -> None:
    aims = [target("2026-01-01", "2026-01-31", "20"), target("2026-02-01", None, "30")]
    for aggregation, aimed in {"SUM": 50, "AVERAGE": 25, "LAST": 30, "MIN": 20, "MAX": 30, "COUNT": 30}.items():
        first, second = series(definition(aggregation), HALF, aims, NEVER, FIRST, LAST, Frequency.QUARTERLY)
        assert (first.target and first.target.value, second.target and second.target.value) == (aimed, 30)


def test_absolute_thresholds_are_gathered_and_ratios_are_not() -> None:
    limits = {"green": Decimal(20), "amber": Decimal(10)}
    [absolute] = series(
        definition(), HALF[:2], [target("2026-01-01", None, "20", kind="ABSOLUTE", **limits)], NEVER, FIRST, LAST
    )[:1]
    assert (absolute.target and absolute.target.green, absolute.status) == (20, "AMBER")
    for kind, green in (("ABSOLUTE", 40), ("RATIO", 20)):
        aims = [target("2026-01-01", None, "20", kind=kind, **limits)]
        quarter = series(definition(), HALF[:2], aims, NEVER, FIRST, FIRST, Frequency.QUARTERLY)[0]
        assert quarter.target is not None
        assert (quarter.target.value, quarter.target.green) == (40, green)


@pytest.mark.parametrize("aggregation", list(Aggregation))
def test_a_period_with_an_expected_measurement_that_has_no_target_has_none(aggregation: str) -> None:
    aims = [target("2026-02-01", None, "30")]
    [quarter] = series(definition(aggregation), HALF[:2], aims, NEVER, FIRST, FIRST, Frequency.QUARTERLY)
    assert (quarter.target, quarter.status) == (None, "NO_TARGET")
    [since] = series(definition(aggregation), HALF[1:2], aims, NEVER, FIRST, FIRST, Frequency.QUARTERLY)
    assert since.target == aims[0]
    [expected] = series(definition(aggregation), HALF[1:2], aims, LATER, FIRST, FIRST, Frequency.QUARTERLY)
    assert (expected.target, expected.status) == (None, "NO_TARGET")


def test_points_without_value_count_for_nothing_and_tell_why_when_there_is_no_other() -> None:
    some = measurements({"2026-01-01": "10", "2026-02-01": None, "2026-04-01": None})
    assert shown(series(definition("AVERAGE"), some, (), NEVER, FIRST, LAST, Frequency.QUARTERLY)) == [
        ("2026-01-01", "2026-03-31", "10", 1, None),
        ("2026-04-01", "2026-06-30", None, 0, "DIVIDE_BY_ZERO"),
    ]


def test_an_irregular_kpi_has_buckets_where_it_has_points() -> None:
    events = measurements({"2026-01-05": "1", "2026-01-31": "2", "2026-03-01": "4"})
    irregular = definition("SUM", "IRREGULAR")
    assert [str(b.starts_on) for b in series(irregular, events, (), NEVER, FIRST, LAST)] == [
        *("2026-01-05", "2026-01-31", "2026-03-01"),
    ]
    months = series(irregular, events, (), NEVER, FIRST, date(2026, 3, 31), Frequency.MONTHLY)
    assert [bucket.value for bucket in months] == [3, None, 4]


def test_years_are_fiscal_years_and_a_week_belongs_to_where_it_begins() -> None:
    fiscal = definition(fiscal_year_start_month=4)
    assert shown(series(fiscal, HALF, (), NEVER, FIRST, LAST, Frequency.YEARLY)) == [
        ("2025-04-01", "2026-03-31", "50", 2, None),
        ("2026-04-01", "2027-03-31", "25", 1, None),
    ]
    weeks = measurements({"2026-06-29": "1", "2026-07-06": "2"})
    months = series(
        definition(frequency="WEEKLY"), weeks, (), NEVER, date(2026, 6, 1), date(2026, 7, 31), Frequency.MONTHLY
    )
    assert [bucket.value for bucket in months] == [1, 2]


def test_a_point_is_judged_by_the_target_of_the_last_day_of_its_period() -> None:
    aims = [target("2026-01-01", "2026-01-30", "1"), target("2026-01-31", "2026-01-31", "10")]
    found = judge_measurement(definition(), HALF[0], aims)
    assert (found.target, found.attainment, found.status) == (aims[1], 1.0, "GREEN")


def test_a_mean_is_exact_and_of_nothing_there_is_nothing() -> None:
    thirds = [Decimal(1), Decimal(0), Decimal(0)]
    assert aggregate(thirds, Aggregation.AVERAGE) == Fraction(1, 3)
    assert aggregate([Decimal(10) ** 24 - 1] * 3, Aggregation.SUM) == 3 * (10**24 - 1)
    assert {aggregate([], function) for function in Aggregation} == {None}


THRICE = {"2026-01-01": "9.06", "2026-02-01": "9.06", "2026-03-01": "9.06"}


@pytest.mark.parametrize(
    ("direction", "values", "more", "attained", "status"),
    [
        # 27.18 of 30.2 is exactly 0.9; the mean target 10.0666... rounded up would make it less.
        ("HIGHER", THRICE, {}, 0.9, "AMBER"),
        ("HIGHER", THRICE | {"2026-03-01": "9.059999999999"}, {}, 0.9, "RED"),
        # 2 - 33.22 / 30.2 is exactly 0.9.
        ("LOWER", {"2026-01-01": "11", "2026-02-01": "11.1", "2026-03-01": "11.12"}, {}, 0.9, "AMBER"),
        ("HIGHER", THRICE, {"kind": "ABSOLUTE", "green": Decimal("9.06"), "amber": Decimal(5)}, 0.9, "GREEN"),
    ],
)
def test_a_mean_is_judged_against_the_mean_of_its_targets_before_either_is_rounded(
    direction: str, values: dict[str, str | None], more: dict[str, Any], attained: float, status: str
) -> None:
    aims = [target("2026-01-01", "2026-02-28", "10", **more), target("2026-03-01", None, "10.2", **more)]
    average = KpiDefinition(direction, Frequency.MONTHLY, Aggregation.AVERAGE)
    [quarter] = series(average, measurements(values), aims, LATER, FIRST, FIRST, Frequency.QUARTERLY)
    assert quarter.target is not None
    assert (quarter.target.value, quarter.status) == (Fraction("30.2") / 3, status)
    assert quarter.attainment == pytest.approx(attained, abs=1e-12)
    assert (quarter.attainment == attained) is (status != "RED")


def test_a_mean_is_compared_with_a_band_and_thresholds_before_it_is_rounded() -> None:
    """The mean 29/3 is above 9.666666666666, below 9.666666666667, and rounded to the latter."""
    several = measurements({"2026-01-01": "10", "2026-02-01": "12", "2026-03-01": "7"})
    band = Target(date(2026, 1, 1), lower=Decimal("9.666666666667"), upper=Decimal(20))
    ranging = KpiDefinition("RANGE", Frequency.MONTHLY, Aggregation.AVERAGE)
    [below] = series(ranging, several, [band], LATER, FIRST, FIRST, Frequency.QUARTERLY)
    assert (below.value, below.variance_to_target, below.status) == (Decimal("9.666666666667"), 0, "AMBER")
    limits = {"kind": "ABSOLUTE", "green": Decimal("9.666666666667"), "amber": Decimal("9.666666666666")}
    aims = [target("2026-01-01", None, "4.2", **limits)]
    [quarter] = series(definition("AVERAGE"), several, aims, LATER, FIRST, FIRST, Frequency.QUARTERLY)
    assert (quarter.value, quarter.variance_to_target) == (Decimal("9.666666666667"), Decimal("5.466666666667"))
    assert (quarter.attainment, quarter.status) == (2.3015873015873014, "AMBER")
