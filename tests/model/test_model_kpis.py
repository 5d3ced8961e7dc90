"""The model of KPIs gives what the acceptance cases of KPIs say (docs/numbers.md, 5 and 12 to 19)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from statistics import linear_regression
from typing import Any

import pytest

from tests.model.exact import fraction
from tests.model.kpi_buckets import Bucket, bucket
from tests.model.kpi_facts import DAY, Kpi, Period, Target, period_of
from tests.model.kpi_standing import followed, freshness, guardrail_red, line, standing, trend
from tests.model.kpi_values import Values

CREATED = date(2026, 1, 1)


def month(number: int, year: int = 2026) -> date:
    """The first day of a month."""
    return date(year, number, 1)


def kpi(values: Sequence[object], *targets: Target, first: date = CREATED, **facts: Any) -> Kpi:
    """A KPI whose values stand for its periods from the first on; None for one that was not measured."""
    made = Kpi(first, **facts)
    for value in values:
        if value is not None:
            made.points[first] = fraction(value)
        first = period_of(made.frequency, first).last + DAY
    made.targets = {str(place): each for place, each in enumerate(targets)}
    return made


def target(value: object, first: date = CREATED, **facts: Any) -> Target:
    facts = {name: each if name == "kind" else fraction(each) for name, each in facts.items()}
    return Target(first, value=fraction(value), **facts)


def at(day: date, hour: int = 12, /, **kpis: Kpi) -> Values:
    """All KPIs at an hour of a day."""
    return Values(kpis, datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def seen(found: Bucket) -> tuple[object, ...]:
    return found.value, found.target and found.target.value, found.status, found.count, found.expected_count


def test_a_day_without_a_value_is_expected_once_its_grace_has_ended() -> None:
    days: dict[str, Any] = {"frequency": "DAILY", "aggregation": "SUM", "first": date(2026, 9, 1)}
    whole = kpi([10] * 15, target(10), **days)
    late = bucket(at(date(2026, 10, 5), k=whole), "k", date(2026, 9, 1), "MONTHLY")
    assert seen(late) == (150, 300, "RED", 15, 30)
    assert (late.attainment, late.is_complete, late.is_running) == (Fraction(1, 2), False, False)
    running = bucket(at(date(2026, 9, 16), k=whole), "k", date(2026, 9, 1), "MONTHLY")
    assert seen(running) == (150, 150, "GREEN", 15, 15)
    assert (running.attainment, running.is_complete, running.is_running) == (1, True, True)


def test_the_last_value_makes_a_quarter_complete() -> None:
    found = bucket(at(date(2026, 5, 5), k=kpi([10, None, 12], target(11))), "k", CREATED, "QUARTERLY")
    assert seen(found) == (12, 11, "GREEN", 2, 3)
    assert found.is_complete


def test_a_mean_of_eleven_months_is_incomplete() -> None:
    year = kpi([11] * 5 + [None] + [11] * 6, target(10), aggregation="AVERAGE")
    found = bucket(at(date(2027, 3, 5), k=year), "k", CREATED, "YEARLY")
    assert seen(found) == (11, 10, "INCOMPLETE", 11, 12)


@pytest.mark.parametrize(("second", "status"), [(12, "INCOMPLETE"), (20, "RED")])
def test_an_incomplete_total_of_which_less_is_better(second: int, status: str) -> None:
    costs = kpi([12, second, None], target(10), aggregation="SUM", direction="LOWER")
    found = bucket(at(date(2026, 4, 5), k=costs), "k", CREATED, "QUARTERLY")
    assert (found.status, found.attainment) == (status, None)


def test_parents_and_formulas_without_all_parts_have_no_value() -> None:
    kpis = {
        "a": kpi([50, 60], parent="parent"),
        "b": kpi([40, None], parent="parent"),
        "parent": Kpi(CREATED, source="CHILDREN_SUM"),
        "sum": Kpi(CREATED, source="FORMULA", formula=("+", ("kpi", "a"), ("kpi", "b"))),
    }
    values = at(date(2026, 3, 5), **kpis)
    cell = values.cell("parent", Period(month(2), date(2026, 2, 28)))
    assert (cell.value, cell.reason, cell.partial) == (None, "INPUT_MISSING", 60)
    assert (cell.parts, cell.expected_parts) == (1, 2)
    assert values.cell("sum", Period(month(2), date(2026, 2, 28))).reason == "INPUT_MISSING"
    assert standing(values, "parent").current == standing(values, "sum").current == 90


def test_ratio_and_absolute_targets_in_one_bucket() -> None:
    january = target(100)
    january.last = date(2026, 1, 31)
    february = target(None, month(2), kind="ABSOLUTE", green=100, amber=80)
    mixed = kpi([30, 80], january, february, aggregation="SUM")
    found = bucket(at(date(2026, 3, 1), k=mixed), "k", CREATED, "QUARTERLY")
    assert (found.value, found.status, found.is_complete) == (110, "RED", True)


def test_a_guardrail_keeps_its_last_judgement() -> None:
    kpis = {
        "a": kpi([5, 5]),
        "b": kpi([10, 0]),
        "ratio": kpi([], target(1), source="FORMULA", formula=("/", ("kpi", "a"), ("kpi", "b"))),
    }
    values = at(date(2026, 3, 1), **kpis)
    assert guardrail_red(values, "ratio")
    assert standing(values, "ratio").current is None
    kpis["ratio"].targets["0"].archived = True
    assert not guardrail_red(values, "ratio")


def test_formulas_of_the_acceptance_case() -> None:
    sales, leads = ("kpi", "sales"), ("kpi", "leads")
    kpis = {
        "sales": kpi([30, 0]),
        "leads": kpi([120, 0]),
        "rate": Kpi(CREATED, source="FORMULA", formula=("/", sales, leads)),
        "growth": Kpi(CREATED, source="FORMULA", formula=("/", ("-", sales, ("lag", sales, 1)), ("lag", sales, 1))),
    }
    values = at(date(2026, 2, 15), **kpis)
    cells = {name: [values.cell(name, each) for each in values.history(name)] for name in ("rate", "growth")}
    assert [(cell.value, cell.reason) for cell in cells["rate"]] == [(Fraction(1, 4), None), (None, "DIVIDE_BY_ZERO")]
    assert [(cell.value, cell.reason) for cell in cells["growth"]] == [(None, "INPUT_MISSING"), (-1, None)]


@pytest.mark.parametrize(
    ("cumulative", "values", "targets", "shares", "year"),
    [
        (True, [220, 480, 710, 968], [250, 500, 750, 1000], ["0.88", "0.96", "0.9467", "0.968"], "0.968"),
        (False, [220, 240, 200, 230], [250] * 4, ["0.88", "0.96", "0.8", "0.92"], "0.89"),
    ],
)
def test_quarters_and_their_year(
    cumulative: bool, values: list[int], targets: list[int], shares: list[str], year: str
) -> None:
    quarters = [Period(month(n), period_of("QUARTERLY", month(n)).last) for n in (1, 4, 7, 10)]
    rows = [target(value, each.first) for value, each in zip(targets, quarters, strict=True)]
    for row, each in zip(rows, quarters, strict=True):
        row.last = each.last
    made = kpi(list(values), *rows, frequency="QUARTERLY", aggregation="SUM", cumulative=cumulative)
    known = at(date(2027, 1, 1), k=made)
    found = [bucket(known, "k", each.first, "QUARTERLY").attainment or Fraction() for each in quarters]
    assert [round(each, 4) for each in found] == [Fraction(each) for each in shares]
    assert bucket(known, "k", CREATED, "YEARLY").attainment == Fraction(year)


def test_range_target_trend_and_forecast() -> None:
    engine = Target(CREATED, lower=Fraction(85), upper=Fraction(95))
    for value, status in ((92, "GREEN"), (97, "RED")):
        made = kpi([value], engine, direction="RANGE")
        assert standing(at(date(2026, 1, 20), k=made), "k").status == status
    # A fifth of the width of the band away from it.
    assert standing(at(date(2026, 1, 20), k=kpi([97], engine, direction="RANGE")), "k").attainment == Fraction(4, 5)

    weeks = kpi([60, 61, 63, 64], frequency="WEEKLY", first=date(2026, 1, 5))
    values = at(date(2026, 2, 1), k=weeks)
    fit = line(values, "k")
    assert fit
    start = values.place("k", period_of("WEEKLY", date(2026, 1, 5)))
    assert (fit.n, fit.slope, fit.at(Fraction(start + 10)), fit.at(Fraction(start + 13))) == (
        4,
        Fraction(7, 5),
        Fraction("73.9"),
        Fraction("78.1"),
    )
    assert trend(values, "k") == "IMPROVING"
    by_library = linear_regression([0, 1, 2, 3], [60, 61, 63, 64])
    assert float(fit.slope) == pytest.approx(by_library.slope)
    assert float(fit.at(Fraction(start))) == pytest.approx(by_library.intercept)
    # Residuals 0.1, -0.3, 0.3, -0.1; ten weeks after the first, 8.5 after the middle of weeks whose spread is 5.
    expected = 4.302652729749464 * (0.2 / 2 * (1 + 1 / 4 + 8.5**2 / 5)) ** 0.5
    assert fit.half_width(Fraction(start + 10)) == pytest.approx(expected)


def test_freshness_and_a_kpi_that_is_missing() -> None:
    made = kpi([5], target(5))
    found = {
        day: (freshness(values, "k"), standing(values, "k").status)
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2), date(2026, 4, 1), date(2026, 4, 2))
        for values in [at(day, k=made)]
    }
    assert list(found.values()) == [
        ("FRESH", "GREEN"),
        ("DUE", "GREEN"),
        ("LATE", "GREEN"),
        ("LATE", "GREEN"),
        ("MISSING", "NO_DATA"),
    ]
    assert standing(at(date(2026, 6, 1), k=made), "k").current == 5


def test_key_results_follow_a_kpi() -> None:
    sales = kpi([200, 200, 200, 215, 100], aggregation="SUM")
    values = at(date(2026, 6, 1), k=sales)
    level = followed(values, "k", "INCREASE_BY_PERCENT", month(4), date(2026, 6, 30))
    assert (level.baseline, level.current) == (200, 100)
    assert followed(values, "k", "REACH", month(4), date(2026, 6, 30)).current == 315
    cumulative = kpi([100, 150, 30], first=month(11), cumulative=True)
    grown = followed(at(date(2027, 2, 1), k=cumulative), "k", "REACH", month(12), month(3, 2027))
    assert (grown.baseline, grown.current) == (0, 80)
