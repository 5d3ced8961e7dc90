"""A series in slices is the same series, and no slice is long."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.kpis.enums import Aggregation, Frequency
from service.kpis.series import slices
from service.kpis.series.buckets import KpiDefinition, bucket, own_period_bucket
from service.kpis.series.calendar import last_day, starts
from service.kpis.series.date_range import date_range
from service.kpis.series.expectation import Expectation
from service.kpis.series.groups import group_of_one
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import coarser, series
from service.kpis.series.slices import series_in_slices
from service.kpis.targets.evaluation import Target

FIRST = date(2024, 2, 20)
EXPECTED = Expectation(FIRST, FIRST + timedelta(days=300), FIRST + timedelta(days=301))
FREQUENCIES = st.sampled_from(Frequency)


@given(
    st.sampled_from([each for each in Frequency if each is not Frequency.IRREGULAR]),
    st.integers(1, 12),
    st.sets(st.integers(0, 500), max_size=60),
    st.integers(0, 400),
)
def test_a_single_period_is_a_bucket(own: Frequency, month: int, days: set[int], length: int) -> None:
    """The shorter way to a bucket of one measurement comes to the same as the longer one."""
    definition = KpiDefinition("HIGHER", own, Aggregation.SUM, fiscal_year_start_month=month)
    first, last = date_range(definition, FIRST, FIRST, FIRST + timedelta(days=length))
    begins = list(starts(first, last, own, month))
    measurements = {start: PeriodValue(start, Decimal(start.day)) for n, start in enumerate(begins) if n in days}
    targets = [
        Target(FIRST, FIRST + timedelta(days=90), Decimal(9)),
        Target(FIRST + timedelta(days=120), None, Decimal(20)),
    ]
    for start in begins:
        period = (start, last_day(start, own))
        point = measurements.get(start)
        whole = bucket(definition, period, [group_of_one(point)] if point else [], targets, Aggregation.LAST, EXPECTED)
        assert own_period_bucket(definition, period, point, targets, EXPECTED) == whole


@given(
    FREQUENCIES,
    st.none() | FREQUENCIES,
    st.sampled_from(Aggregation),
    st.integers(1, 12),
    st.sets(st.integers(0, 500), max_size=60),
    st.integers(0, 500),
    st.integers(1, 40),
)
def test_slices_are_the_series(
    own: Frequency,
    bucket: Frequency | None,
    aggregation: Aggregation,
    month: int,
    days: set[int],
    length: int,
    size: int,
) -> None:
    definition = KpiDefinition("HIGHER", own, aggregation, fiscal_year_start_month=month)
    bounds = date_range(definition, FIRST, FIRST, FIRST + timedelta(days=length), bucket)
    every = [FIRST + timedelta(days=day) for day in sorted(days)]
    measurements = [PeriodValue(day, Decimal(day.day)) for day in every if bounds[0] <= day <= bounds[1]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE_SIZE", size)
        found = list(series_in_slices(definition, measurements, [], EXPECTED, *bounds, bucket))
    assert list(chain.from_iterable(found)) == series(definition, measurements, [], EXPECTED, *bounds, bucket)
    # One period may have more points than a slice, and is not cut.
    assert all(len(each) <= size for each in found)
    assert coarser(own, bucket or own) is Frequency.IRREGULAR or sum(map(len, found)) > 0
