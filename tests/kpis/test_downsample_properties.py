"""What holds for any series with fewer points: its ends and its peaks are there, and nothing is made up."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from service.kpis.enums import KpiStatus, KpiStatusReason
from service.kpis.series.buckets import Bucket
from service.kpis.series.downsample import downsample

quick = settings(deadline=None, max_examples=200)
values = st.lists(st.none() | st.decimals(-1000, 1000, places=1), max_size=200)
most = st.integers(4, 60)


def buckets(given_values: list[Decimal | None]) -> list[Bucket]:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(len(given_values))]
    judged = (None, None, None, KpiStatus.NO_TARGET, KpiStatusReason.TARGET_MISSING)
    return [Bucket(day, day, value, 1, *judged) for day, value in zip(days, given_values, strict=True)]


@quick
@given(values, most)
def test_there_are_at_most_so_many_in_their_order_and_none_is_new(several: list[Decimal | None], limit: int) -> None:
    whole = buckets(several)
    found = downsample(whole, limit)
    assert len(found) <= limit
    assert [bucket for bucket in whole if bucket in found] == found


@quick
@given(values, most)
def test_what_is_short_enough_stays_as_it_is(several: list[Decimal | None], limit: int) -> None:
    whole = buckets(several[:limit])
    assert downsample(whole, limit) == whole


@quick
@given(values, most)
def test_the_ends_and_the_peaks_of_the_whole_are_kept(several: list[Decimal | None], limit: int) -> None:
    whole = buckets(several)
    found = downsample(whole, limit)
    assert (found[:1], found[-1:]) == (whole[:1], whole[-1:])
    known = [bucket.value for bucket in whole if bucket.value is not None]
    kept = [bucket.value for bucket in found if bucket.value is not None]
    assert (min(kept, default=None), max(kept, default=None)) == (min(known, default=None), max(known, default=None))


@quick
@given(st.integers(4, 60), st.integers(61, 200))
def test_a_series_of_gaps_keeps_gaps(limit: int, length: int) -> None:
    found = downsample(buckets([None] * length), limit)
    assert len(found) >= limit // 2
    assert {bucket.value for bucket in found} == {None}
