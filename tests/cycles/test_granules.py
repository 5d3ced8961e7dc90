"""The first and the last day of what a date names."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.cycles.granules import MONTHS, DateGranularity, first_day, last_day

DAY = timedelta(days=1)
days, granularities, months = (
    st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    st.sampled_from(list(DateGranularity)),
    st.integers(1, 12),
)
quick = settings(deadline=None, max_examples=300)


@pytest.mark.parametrize(
    ("day", "granularity", "month", "first", "last"),
    [
        ("2026-02-10", "DAY", 1, "2026-02-10", "2026-02-10"),
        ("2026-02-10", "MONTH", 1, "2026-02-01", "2026-02-28"),
        ("2028-02-29", "MONTH", 4, "2028-02-01", "2028-02-29"),
        ("2026-02-10", "QUARTER", 1, "2026-01-01", "2026-03-31"),
        ("2026-02-10", "QUARTER", 2, "2026-02-01", "2026-04-30"),
        ("2026-01-31", "QUARTER", 2, "2025-11-01", "2026-01-31"),
        ("2026-12-31", "QUARTER", 1, "2026-10-01", "2026-12-31"),
        ("2026-06-30", "HALF_YEAR", 1, "2026-01-01", "2026-06-30"),
        ("2026-03-01", "HALF_YEAR", 10, "2025-10-01", "2026-03-31"),
        ("2026-02-10", "YEAR", 1, "2026-01-01", "2026-12-31"),
        ("2026-02-10", "YEAR", 7, "2025-07-01", "2026-06-30"),
        ("2026-12-31", "YEAR", 12, "2026-12-01", "2027-11-30"),
    ],
)
def test_cases(day: str, granularity: str, month: int, first: str, last: str) -> None:
    parsed, kind = date.fromisoformat(day), DateGranularity(granularity)
    assert first_day(parsed, kind, month) == date.fromisoformat(first)
    assert last_day(parsed, kind, month) == date.fromisoformat(last)


@quick
@given(days, granularities, months)
def test_a_day_is_inside_and_its_ends_name_the_same(day: date, granularity: DateGranularity, month: int) -> None:
    first, last = first_day(day, granularity, month), last_day(day, granularity, month)
    assert first <= day <= last
    for end in (first, last):
        assert (first_day(end, granularity, month), last_day(end, granularity, month)) == (first, last)


@quick
@given(days, st.sampled_from(list(MONTHS)), months)
def test_they_adjoin_and_have_whole_months(day: date, granularity: DateGranularity, month: int) -> None:
    first, last = first_day(day, granularity, month), last_day(day, granularity, month)
    following = first_day(last + DAY, granularity, month)
    assert following == last + DAY
    assert first.day == following.day == 1
    assert (following.year - first.year) * 12 + following.month - first.month == MONTHS[granularity]
    assert granularity == "MONTH" or (first.month - month) % MONTHS[granularity] == 0
