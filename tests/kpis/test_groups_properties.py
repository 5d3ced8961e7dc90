"""Buckets made from groups of measurements are those made from all measurements, to the last digit."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from service.kpis.definition import ORDINAL
from service.kpis.enums import Aggregation, Frequency, NullReason
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.cells import Cell, cells
from service.kpis.series.date_range import date_range
from service.kpis.series.expectation import Expectation
from service.kpis.series.groups import MeasurementGroup
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import coarser, series, series_function
from service.kpis.targets.evaluation import Target
from service.values.decimals import EXACT_CONTEXT
from tests.kit.examples import examples
from tests.kpis.generated_kpis import GeneratedKpi, generate

FIRST = date(2024, 2, 20)
SPANS = {Frequency.IRREGULAR: 120, Frequency.DAILY: 150, Frequency.WEEKLY: 600}


def groups_of(measurements: Sequence[PeriodValue], stretches: Sequence[Cell], function: str) -> list[MeasurementGroup]:
    """What Postgres returns of the cells."""
    groups = []
    for first, last in stretches:
        inside = [each for each in measurements if first <= each.starts_on <= last]
        if not inside:
            continue
        valued = [each for each in inside if each.value is not None]
        values = [each.value for each in valued if each.value is not None]
        newest = (valued or inside)[-1]
        is_extreme = function in (Aggregation.MIN, Aggregation.MAX)
        with localcontext(EXACT_CONTEXT):
            total = sum(values, Decimal(0))
        groups.append(
            MeasurementGroup(
                first,
                len(inside),
                len(values),
                total if values and function in (Aggregation.SUM, Aggregation.AVERAGE) else None,
                min(values) if values and is_extreme else None,
                max(values) if values and is_extreme else None,
                values[-1] if values and function == Aggregation.LAST else None,
                valued[-1].starts_on if valued else None,
                None if values else newest.null_reason,
                any(each.null_reason == NullReason.INPUT_MISSING for each in inside),
                newest.input_counts if len(inside) == 1 else None,
            )
        )
    return groups


@st.composite
def kpis(draw: st.DrawFn) -> tuple[GeneratedKpi, date, date, Expectation, Random]:
    """A KPI with the days of a series of it, and what is expected."""
    random = Random(draw(st.integers(0, 2**32)))
    month, length = draw(st.integers(1, 12)), draw(st.integers(0, 3_000))
    kpi = generate(random, FIRST - timedelta(days=400), FIRST + timedelta(days=length), month)
    last = FIRST + timedelta(days=min(length, SPANS.get(kpi.definition.frequency, length)))
    today = last + timedelta(days=draw(st.integers(-200, 200)))
    began = draw(st.none() | st.integers(-60, 400).map(lambda days: FIRST + timedelta(days=days)))
    expected = Expectation(began, today - timedelta(days=draw(st.integers(0, 40))), today)
    return kpi, FIRST, last, expected, random


@settings(max_examples=examples(120, 400), deadline=None)
@given(kpis(), st.sampled_from([each for each in Frequency if each is not Frequency.IRREGULAR]), st.booleans())
def test_groups_are_judged_as_their_measurements(
    drawn: tuple[GeneratedKpi, date, date, Expectation, Random], size: Frequency, has_function: bool
) -> None:
    (definition, measurements, targets), first, last, expected, random = drawn
    period = coarser(definition.frequency, size)
    if period is definition.frequency:
        return
    functions = ORDINAL if definition.on_scale else list(Aggregation)
    aggregation = random.choice(functions) if has_function else None
    bounds = date_range(definition, expected.today, first, last, size)
    inside = [each for each in measurements if bounds[0] <= each.starts_on <= bounds[1]]
    function = series_function(definition, period, aggregation)
    stretches = cells(definition, targets, expected, function, *bounds, period)
    assert [end + timedelta(days=1) for _, end in stretches[:-1]] == [start for start, _ in stretches[1:]]
    assert all(start <= end for start, end in stretches)
    groups = groups_of(inside, stretches, function)
    of_groups = series(definition, groups, targets, expected, *bounds, size, aggregation)
    of_measurements = series(definition, inside, targets, expected, *bounds, size, aggregation)
    # The texts differ also where numbers are equal that have other digits.
    assert list(map(repr, of_groups)) == list(map(repr, of_measurements))


def test_targets_of_sums_do_not_cut_a_cell() -> None:
    """A year of a daily KPI with a target for each month is one cell, and twelve for MAX."""
    definition = KpiDefinition("HIGHER", Frequency.DAILY, Aggregation.SUM)
    months = [date(2025, month, 1) for month in range(1, 13)] + [date(2026, 1, 1)]
    targets = [Target(first, following - timedelta(days=1), Decimal(9)) for first, following in pairwise(months)]
    expected = Expectation(date(2020, 1, 1), date(2027, 1, 1), date(2027, 1, 1))
    counts = {
        function: len(cells(definition, targets, expected, function, months[0], date(2025, 12, 31), Frequency.YEARLY))
        for function in Aggregation
    }
    assert counts == {**dict.fromkeys(Aggregation, 1), Aggregation.MIN: 12, Aggregation.MAX: 12}
