"""The calendar of cycles that are planned ahead: consecutive periods without gaps, as a calendar has them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cycles.schedule import SchedulePattern, next_day, periods

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
PATTERNS = st.sampled_from(SchedulePattern)
STARTS = st.integers(1, 12)
COUNTS = st.integers(1, 60)
DAY = timedelta(days=1)
EN_DASH = "\N{EN DASH}"
MONTHS = {SchedulePattern.MONTHS: 1, SchedulePattern.FISCAL_QUARTERS: 3, SchedulePattern.HALF_YEARS: 6}


@given(PATTERNS, DAYS, COUNTS, STARTS)
def test_periods_follow_each_other(pattern: SchedulePattern, day: date, count: int, fiscal_start: int) -> None:
    found = periods(pattern, day, count, fiscal_start)
    assert len(found) == len({each.name for each in found}) == count
    assert found[0].starts_on <= day <= found[0].ends_on
    assert all(each.ends_on + DAY == following.starts_on for each, following in pairwise(found))


@given(PATTERNS, DAYS, STARTS)
def test_a_period_is_as_long_as_its_pattern(pattern: SchedulePattern, day: date, fiscal_start: int) -> None:
    [found] = periods(pattern, day, 1, fiscal_start)
    after = found.ends_on + DAY
    if pattern is SchedulePattern.SIX_WEEKS:
        assert (after - found.starts_on, found.starts_on.weekday()) == (timedelta(days=42), 0)
        return
    months = (after.year - found.starts_on.year) * 12 + after.month - found.starts_on.month
    assert (months, found.starts_on.day, after.day) == (MONTHS[pattern], 1, 1)
    if pattern is not SchedulePattern.MONTHS:
        assert (found.starts_on.month - fiscal_start) % months == 0


@given(PATTERNS, DAYS, COUNTS, STARTS)
def test_any_day_of_a_period_means_it(pattern: SchedulePattern, day: date, count: int, fiscal_start: int) -> None:
    found = periods(pattern, day, count, fiscal_start)
    assert periods(pattern, found[0].starts_on, count, fiscal_start) == found
    if pattern is not SchedulePattern.SIX_WEEKS:
        assert periods(pattern, found[0].ends_on, count, fiscal_start) == found
    assert periods(pattern, found[-1].starts_on, 1, fiscal_start) == found[-1:]


@given(PATTERNS, DAYS, STARTS)
def test_the_next_one_begins_after_the_last(pattern: SchedulePattern, day: date, fiscal_start: int) -> None:
    [found] = periods(pattern, day, 1, fiscal_start)
    assert next_day(pattern, found.ends_on, fiscal_start) == found.ends_on + DAY
    # After cycles with other days it is the first whole period.
    [following] = periods(pattern, next_day(pattern, day, fiscal_start), 1, fiscal_start)
    assert following.starts_on > day
    shortest = timedelta(days=7) if pattern is SchedulePattern.SIX_WEEKS else found.ends_on + DAY - found.starts_on
    assert following.starts_on - day <= shortest


@given(DAYS, STARTS)
def test_quarters_make_up_half_years(day: date, fiscal_start: int) -> None:
    [half] = periods(SchedulePattern.HALF_YEARS, day, 1, fiscal_start)
    quarters = periods(SchedulePattern.FISCAL_QUARTERS, half.starts_on, 2, fiscal_start)
    months = periods(SchedulePattern.MONTHS, half.starts_on, 6, fiscal_start)
    assert quarters[1].ends_on == months[5].ends_on == half.ends_on


@pytest.mark.parametrize(
    ("pattern", "day", "fiscal_start", "name", "starts_on", "ends_on"),
    [
        ("FISCAL_QUARTERS", "2026-07-02", 1, "Q3 2026", "2026-07-01", "2026-09-30"),
        ("FISCAL_QUARTERS", "2026-07-02", 7, "FY2027 Q1", "2026-07-01", "2026-09-30"),
        ("FISCAL_QUARTERS", "2026-06-30", 7, "FY2026 Q4", "2026-04-01", "2026-06-30"),
        ("FISCAL_QUARTERS", "2026-01-31", 2, "FY2026 Q4", "2025-11-01", "2026-01-31"),
        ("FISCAL_QUARTERS", "2024-02-29", 12, "FY2024 Q1", "2023-12-01", "2024-02-29"),
        ("HALF_YEARS", "2026-12-31", 1, "H2 2026", "2026-07-01", "2026-12-31"),
        ("HALF_YEARS", "2026-12-31", 10, "FY2027 H1", "2026-10-01", "2027-03-31"),
        ("MONTHS", "2026-07-31", 7, "July 2026", "2026-07-01", "2026-07-31"),
        ("MONTHS", "2024-02-10", 1, "February 2024", "2024-02-01", "2024-02-29"),
        ("MONTHS", "2100-02-10", 1, "February 2100", "2100-02-01", "2100-02-28"),
        ("SIX_WEEKS", "2026-07-08", 1, f"2026-07-06 {EN_DASH} 2026-08-16", "2026-07-06", "2026-08-16"),
        ("SIX_WEEKS", "2026-12-27", 4, f"2026-12-21 {EN_DASH} 2027-01-31", "2026-12-21", "2027-01-31"),
    ],
)
def test_names_and_days(pattern: str, day: str, fiscal_start: int, name: str, starts_on: str, ends_on: str) -> None:
    [found] = periods(SchedulePattern(pattern), date.fromisoformat(day), 1, fiscal_start)
    assert (found.name, str(found.starts_on), str(found.ends_on)) == (name, starts_on, ends_on)
