"""What holds for the periods of every calendar and every fiscal year."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from service.kpis.enums import Frequency
from service.kpis.series.calendar import day_of, distance, last_day, midnight, shifted, start_of, starts

quick = settings(deadline=None, max_examples=150)
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
sizes = st.sampled_from(list(Frequency))
months = st.integers(1, 12)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"])


@quick
@given(days, sizes, months)
def test_the_start_of_a_start_is_itself(day: date, size: Frequency, month: int) -> None:
    start = start_of(day, size, month)
    assert start_of(start, size, month) == start
    assert start_of(last_day(start, size), size, month) == start


@quick
@given(days, sizes, months)
def test_a_day_lies_between_the_first_and_the_last_of_its_period(day: date, size: Frequency, month: int) -> None:
    start = start_of(day, size, month)
    assert start <= day <= last_day(start, size)
    assert last_day(start, size) + timedelta(days=1) == start_of(last_day(start, size) + timedelta(days=1), size, month)


@quick
@given(days, sizes, months, st.integers(-300, 300))
def test_going_on_and_back_by_as_many_periods_ends_where_it_began(
    day: date, size: Frequency, month: int, periods: int
) -> None:
    start = start_of(day, size, month)
    there = shifted(start, size, periods)
    assert start_of(there, size, month) == there
    assert shifted(there, size, -periods) == start
    assert distance(start, there, size) == periods
    assert distance(there, start, size) == -periods


@quick
@given(days, st.integers(0, 3000), sizes, months)
def test_listed_periods_have_no_holes_and_no_overlaps(first: date, more: int, size: Frequency, month: int) -> None:
    last = first + timedelta(days=more)
    found = list(starts(first, last, size, month))
    assert found[0] == start_of(first, size, month)
    assert found[-1] == start_of(last, size, month)
    assert all(last_day(start, size) + timedelta(days=1) == after for start, after in pairwise(found))


@quick
@given(days, months)
def test_a_fiscal_year_is_four_quarters_and_twelve_months(day: date, month: int) -> None:
    year = start_of(day, Frequency.YEARLY, month)
    assert (year.month, year.day) == (month, 1)
    end = last_day(year, Frequency.YEARLY)
    assert len(list(starts(year, end, Frequency.QUARTERLY, month))) == 4
    assert len(list(starts(year, end, Frequency.MONTHLY, month))) == 12


@quick
@given(st.dates(date(2012, 1, 1), date(2037, 12, 31)), zones)
def test_a_day_begins_on_itself_and_just_before_it_is_the_day_before(day: date, zone: str) -> None:
    begin = midnight(day, zone)
    assert day_of(begin, zone) == day
    assert day_of(begin - timedelta(microseconds=1), zone) == day - timedelta(days=1)
