"""How a KPI stands at a moment: its values, its freshness, and why there is nothing: a table of cases."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from service.kpis.current.summary import KpiSummary
from service.kpis.enums import Aggregation, Frequency
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.period_value import PeriodValue
from service.kpis.targets.evaluation import Target

CREATED = datetime(2026, 1, 15, 9, tzinfo=UTC)
GONE, EMPTY, ZERO = "DELETED", "INPUT_MISSING", "DIVIDE_BY_ZERO"


def kpi_summary(
    values: Mapping[str, str | None], frequency: str = "MONTHLY", zone: str = "UTC", **more: Any
) -> KpiSummary:
    """Of values or null reasons by day, oldest first."""
    measurements = [
        PeriodValue(date.fromisoformat(day), None, value)
        if value in (GONE, EMPTY, ZERO)
        else PeriodValue(date.fromisoformat(day), Decimal(value or 0))
        for day, value in values.items()
    ]
    targets, grace = more.pop("targets", ()), more.pop("grace", None)
    definition = KpiDefinition("HIGHER", Frequency(frequency), Aggregation.LAST, **more)
    return KpiSummary(definition, measurements[::-1], targets, zone, CREATED, grace)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "last", "expected", "due", "late", "missing"),
    [
        # Last point, when the next is due, and the last moments of DUE (grace) and LATE (one more period).
        ("DAILY", "2026-06-01", "2026-06-03", "2026-06-04", "2026-06-05", None),
        ("WEEKLY", "2026-06-01", "2026-06-15", "2026-06-17", "2026-06-24", None),
        ("MONTHLY", "2026-06-01", "2026-08-01", "2026-08-06", "2026-09-06", None),
        ("QUARTERLY", "2026-04-01", "2026-10-01", "2026-10-11", "2027-01-11", None),
        ("YEARLY", "2025-01-01", "2027-01-01", "2027-01-31", "2028-01-31", None),
        ("MONTHLY", "2026-06-01", "2026-08-01", "2026-08-01", "2026-09-01", 0),
        ("WEEKLY", "2026-06-01", "2026-06-15", "2026-06-25", "2026-07-02", 10),
    ],
)
def test_a_point_is_due_when_its_period_is_over(
    frequency: str, last: str, expected: str, due: str, late: str, missing: int | None
) -> None:
    kpi = kpi_summary({last: "1"}, frequency, grace=missing)
    assert kpi.next_measurement_due_at == at(expected)
    just_before = ["2026-05-31T23:59:59", *(f"{day}T00:00:00" for day in (expected, due, late))]
    found = [kpi.freshness(at(moment)) for moment in just_before[1:]]
    assert found == ["LATE" if missing == 0 else "DUE", "LATE", "MISSING"]
    one = datetime.resolution
    assert [kpi.freshness(at(day) - one) for day in (expected, late)] == ["FRESH", "LATE"]
    assert kpi.freshness(at(due) - one) == ("FRESH" if missing == 0 else "DUE")


def test_a_point_is_due_at_midnight_of_its_zone_also_when_clocks_change() -> None:
    kpi = kpi_summary({"2026-03-27": "1"}, "DAILY", "Europe/Berlin", grace=1)
    assert kpi.next_measurement_due_at == at("2026-03-28T23:00:00")
    assert kpi.freshness(at("2026-03-28T22:59:59")) == "FRESH"
    assert kpi.freshness(at("2026-03-28T23:00:00")) == "DUE"
    apia = kpi_summary({"2026-06-01": "1"}, "MONTHLY", "Pacific/Apia")
    assert apia.next_measurement_due_at == at("2026-07-31T11:00:00")


def test_fiscal_periods_are_due_at_their_own_ends() -> None:
    assert kpi_summary({"2026-02-01": "1"}, "QUARTERLY", fiscal_year_start_month=2).next_measurement_due_at == at(
        "2026-08-01"
    )
    assert kpi_summary({}, "YEARLY", fiscal_year_start_month=4).next_measurement_due_at == at("2026-04-01")


def test_irregular_is_never_late_and_never_measured_is_missing() -> None:
    kpi = kpi_summary({"2020-01-01": "1"}, "IRREGULAR")
    assert (kpi.next_measurement_due_at, kpi.freshness(at("2026-07-02"))) == (None, "FRESH")
    for frequency in Frequency:
        assert kpi_summary({}, frequency).freshness(CREATED) == "MISSING"
    assert kpi_summary({}, "WEEKLY").next_measurement_due_at == at("2026-01-19")


def values(kpi: KpiSummary) -> tuple[Any, ...]:
    return kpi.current, kpi.previous, kpi.change, kpi.change_ratio, kpi.null_reason


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, (None, None, None, None, None)),
        ({"2026-05-01": "4"}, (4, None, None, None, None)),
        ({"2026-05-01": "4", "2026-06-01": "5"}, (5, 4, 1, 0.25, None)),
        ({"2026-05-01": "-4", "2026-06-01": "-5"}, (-5, -4, -1, -0.25, None)),
        ({"2026-05-01": "-4", "2026-06-01": "4"}, (4, -4, 8, 2.0, None)),
        ({"2026-05-01": "0", "2026-06-01": "5"}, (5, 0, 5, None, None)),
        ({"2026-05-01": "5", "2026-06-01": "5"}, (5, 5, 0, 0.0, None)),
        ({"2026-01-01": "4", "2026-06-01": "5"}, (5, 4, 1, 0.25, None)),
        ({"2026-04-01": "4", "2026-05-01": ZERO, "2026-06-01": "5"}, (5, 4, 1, 0.25, None)),
        ({"2026-05-01": "4", "2026-06-01": ZERO}, (None, 4, None, None, ZERO)),
        ({"2026-05-01": "4", "2026-06-01": EMPTY}, (4, None, None, None, None)),
        ({"2026-04-01": "3", "2026-05-01": "4", "2026-06-01": GONE}, (4, 3, 1, pytest.approx(1 / 3), None)),
        ({"2026-05-01": EMPTY, "2026-06-01": EMPTY}, (None, None, None, None, EMPTY)),
        ({"2026-05-01": GONE}, (None, None, None, None, None)),
    ],
)
def test_current_previous_and_change(given: dict[str, str | None], found: tuple[Any, ...]) -> None:
    assert values(kpi_summary(given)) == found


def test_a_value_is_judged_by_the_target_of_its_own_time() -> None:
    old = Target(date(2026, 5, 1), date(2026, 5, 31), Decimal(4))
    new = Target(date(2026, 6, 1), None, Decimal(100))
    judgement = kpi_summary({"2026-05-01": "4"}, targets=(old, new)).judgement
    assert (judgement.status, judgement.target, judgement.attainment) == ("GREEN", old, 1.0)
    nothing = kpi_summary({"2026-06-01": ZERO}, targets=(old, new)).judgement
    assert (nothing.status, nothing.status_reason, nothing.target) == ("NO_DATA", "NO_VALUE", new)


def test_trend_and_forecast_leave_out_what_has_no_value() -> None:
    some = {"2026-01-01": "1", "2026-02-01": ZERO, "2026-03-01": "3", "2026-04-01": "4", "2026-05-01": EMPTY}
    kpi = kpi_summary(some, targets=(Target(date(2026, 1, 1), None, Decimal(10)),))
    assert kpi.trend == "IMPROVING"
    found = kpi.forecast(date(2026, 10, 31))
    assert found is not None
    assert (found.value, found.n) == (10, 3)
    assert kpi.required_per_period(date(2026, 10, 31), kpi.targets[0]) == 1
    assert tuple(kpi.required_per_period(day, kpi.targets[0]) for day in (date(2026, 4, 30), date(2026, 3, 1))) == (
        None,
        None,
    )
    few = kpi_summary({"2026-01-01": "1", "2026-02-01": "2", "2026-03-01": ZERO})
    assert (few.trend, few.forecast(date(2027, 1, 1)), few.line) == (None, None, None)


def test_of_a_band_the_nearer_bound_is_required() -> None:
    band = (Target(date(2026, 1, 1), None, lower=Decimal(10), upper=Decimal(20)),)
    months = date(2026, 3, 1)
    needed = [
        kpi_summary({"2026-01-01": value}, targets=band).required_per_period(months, band[0])
        for value in ("4", "15", "26")
    ]
    assert needed == [3, 0, -3]
