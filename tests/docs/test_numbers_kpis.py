"""Periods, attainment, change and freshness of KPIs, as docs/numbers.md says them in 12 to 15."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from service.kpis.current.summary import KpiSummary
from service.kpis.enums import Aggregation, Frequency
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.calendar import day_of, last_day, start_of
from service.kpis.series.date_range import date_range, missing_periods
from service.kpis.series.expectation import Expectation
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import series
from service.kpis.targets.evaluation import Target, judge
from tests.docs.numbers_page import NULL, Row, executes, told

ALWAYS = date(2020, 1, 1)


def target(bounds: list[str], thresholds: str = "") -> Target | None:
    """The target of a cell: a value or a band, with absolute thresholds if there are any."""
    kind, _, limits = thresholds.partition(" ")
    names = ("lower", "upper") if len(bounds) > 1 else ("value",)[: len(bounds)]
    given: dict[str, Any] = dict(zip(names, map(Decimal, bounds), strict=True))
    given |= dict(zip(("green", "amber"), map(Decimal, filter(None, limits.split(", "))), strict=False))
    return Target(ALWAYS, kind=kind or "RATIO", **given) if bounds else None


def kpi_summary(points: list[tuple[date, str]], frequency: str = "MONTHLY", cumulative: bool = False) -> KpiSummary:
    newest = [PeriodValue(day, Decimal(value)) for day, value in sorted(points, reverse=True)]
    definition = KpiDefinition("HIGHER", Frequency(frequency), Aggregation.LAST, cumulative)
    return KpiSummary(definition, newest, [Target(ALWAYS, value=Decimal(10))], "UTC", datetime(2026, 1, 1, tzinfo=UTC))


@executes("periods")
def test_periods(row: Row) -> None:
    frequency, day = Frequency(row["frequency"]), day_of(datetime.fromisoformat(row["measured at"]), row["time zone"])
    start = start_of(day, frequency, int(row["fiscalYearStartMonth"]))
    assert [start.isoformat(), last_day(start, frequency).isoformat()] == [row["first day"], row["last day"]]


@executes("attainment")
def test_attainment(row: Row) -> None:
    on_scale = row["direction"] == "label"
    direction = "HIGHER" if on_scale else row["direction"]
    aim = target(row.list("target", " to "), row["thresholds"])
    found = judge(direction, row.given("value"), aim, on_scale=on_scale)
    shown = [told(each, row[name]) for name, each in (("attainment", found.attainment), ("value", row.given("value")))]
    assert shown == [row["attainment"], row["value"]]
    assert told(found.variance_to_target, row["varianceToTarget"]) == row["varianceToTarget"]
    assert found.status == row["status"]


@executes("change")
def test_change(row: Row) -> None:
    points = [each.split(": ") for each in row.list("measurements")]
    days = [(date.fromisoformat(f"{month}-01"), value) for month, value in points]
    found = kpi_summary(days, "MONTHLY", row["cumulative"] == "yes")
    values = {"current": found.current, "previous": found.previous, "change": found.change}
    for name, value in (values | {"changeRatio": found.change_ratio}).items():
        assert (name, told(value, row[name])) == (name, row[name])


@executes("freshness")
def test_freshness(row: Row) -> None:
    found = kpi_summary([(date.fromisoformat(row["period measured"]), "12")], row["frequency"])
    now, due = datetime.fromisoformat(row["asked on"]).replace(tzinfo=UTC), found.next_measurement_due_at
    assert (due.date().isoformat() if due else NULL) == row["nextMeasurementDueAt"]
    assert due is None or due == datetime.combine(due.date(), datetime.min.time(), UTC)
    assert (found.freshness(now), found.judgement_at(now).status) == (row["freshness"], row["status"])
    assert told(found.is_stale(now), row["isStale"]) == row["isStale"]


@executes("missing")
def test_missing_periods(row: Row) -> None:
    definition = KpiDefinition("HIGHER", Frequency.MONTHLY, Aggregation.LAST)
    points = [PeriodValue(date.fromisoformat(f"{month}-01"), Decimal(1)) for month in row.list("months measured")]
    today, began = date.fromisoformat(row["asked on"]), points[0].starts_on
    bounds = date_range(definition, today, None, None, only_ended=True)
    buckets = series(definition, points, [], Expectation(began, today, today), *bounds)
    assert [day.isoformat() for day in missing_periods(buckets, began)] == row.list("missingPeriods")
