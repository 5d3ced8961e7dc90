"""Formulas, parents, forecasts and scorecards, as docs/numbers.md says them in 17, 19 and 20."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from service.kpis.current.scorecard import Card, Group
from service.kpis.current.trend import fit_line, forecast, required_per_period, trend
from service.kpis.enums import Frequency, Freshness, KpiSource, KpiStatus, NullReason
from service.kpis.formulas.ast import evaluate
from service.kpis.formulas.dependencies import Node
from service.kpis.formulas.evaluate import Input, Lifespan, compute_measurements
from service.kpis.formulas.parser import parse
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.period_value import PeriodValue
from service.values.decimals import round_decimal
from tests.docs.numbers_goals import parts
from tests.docs.numbers_page import NULL, TIMES, Row, executes, told
from tests.docs.test_numbers_kpis import kpi_summary

MONTH = date(2026, 1, 1)
DEFINITION = KpiDefinition("HIGHER", Frequency.MONTHLY, "LAST")


@executes("formulas")
def test_formulas(row: Row) -> None:
    inputs: Mapping[str, list[str]] = {
        name: values.split(", ")
        for name, values in (each.split(": ") for each in row.list("inputs, oldest first", "; "))
    }

    def lookup(name: str, back: int) -> Decimal | NullReason:
        values = inputs[name][::-1]
        return Decimal(values[back]) if back < len(values) else NullReason.INPUT_MISSING

    found = evaluate(parse(row["formula"]), lookup)
    value, reason = (None, found.value) if isinstance(found, NullReason) else (round_decimal(found), NULL)
    assert (told(value, row["value"]), reason) == (row["value"], row["nullReason"])


@executes("parents")
def test_parents(row: Row) -> None:
    inputs: dict[UUID, Input] = {}
    weights: list[float] = []
    for number, each in enumerate(row.list("children"), start=1):
        value, _, weight = each.partition(TIMES)
        measurements = [] if value == "-" else [PeriodValue(MONTH, Decimal(value))]
        inputs[UUID(int=number)] = Input(DEFINITION, measurements, DEFINITION, Lifespan(MONTH))
        weights.append(float(weight or 1))
    source, names = KpiSource(row["source"]), ["one", "other"][: len(inputs)]
    formula = " + ".join(names) if source is KpiSource.FORMULA else None
    node = Node(UUID(int=99), "", source, Frequency.MONTHLY, list(inputs), names, weights, formula)
    [found] = compute_measurements(node, DEFINITION, inputs, MONTH, MONTH)
    assert found.input_counts
    assert (told(found.value, row["value"]), found.null_reason or NULL) == (row["value"], row["nullReason"])
    assert told(found.input_counts.value, row["partialValue"]) == row["partialValue"]
    assert told(found.input_counts.count / found.input_counts.expected, row["coverage"]) == row["coverage"]


@executes("forecast")
def test_forecast(row: Row) -> None:
    values, aim, week = (
        [Decimal(each) for each in row.list("weekly values")],
        row.given("target"),
        int(row["week asked"]),
    )
    line = fit_line(list(enumerate(values)))
    found = forecast(line, week) if line else None
    assert aim is not None
    needed = required_per_period(values[-1], aim, week - len(values) + 1)
    shown = {
        "changePerPeriod": line and line.change_per_period,
        "trend": line and trend("HIGHER", line).value,
        "value": found and found.value,
        "lowerBound": found and found.lower,
        "upperBound": found and found.upper,
        "requiredPerPeriod": needed,
    }
    for name, value in shown.items():
        assert (name, told(value, row[name])) == (name, row[name])


@executes("scorecard")
def test_scorecard(row: Row) -> None:
    several = parts(row.list("KPIs: attainment and status"))
    cards = [
        Card(None, kpi_summary([]), KpiStatus(status), Freshness.FRESH, None if share == NULL else Decimal(share))
        for share, status, _ in several
    ]
    found = Group(None, cards)
    assert [told(found.score, row["score"]), told(found.coverage, row["coverage"])] == [row["score"], row["coverage"]]
