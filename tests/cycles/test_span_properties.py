"""What holds for the span of any cycle, in any time zone."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import isfinite
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from service.cycles.calendar import instants
from service.cycles.pace import elapsed, pace

ZONES = [
    *("UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Asia/Kolkata"),
    *(
        "Asia/Beirut",
        "Africa/Cairo",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
        "America/St_Johns",
    ),
]
INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)
# Kiritimati went over the date line before, and left a day out.
days = st.dates(date(1996, 1, 1), date(2200, 12, 30))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 12, 31), timezones=st.just(UTC))
quick = settings(deadline=None, max_examples=120)


@quick
@given(days, st.integers(0, 800), st.sampled_from(ZONES))
def test_a_cycle_begins_with_the_first_instant_of_its_first_day(starts_on: date, length: int, zone: str) -> None:
    starts_at, ends_at = instants(starts_on, starts_on + length * DAY, zone)
    assert starts_at < ends_at
    assert starts_at.tzinfo == ends_at.tzinfo == UTC
    for day, instant in ((starts_on, starts_at), (starts_on + (length + 1) * DAY, ends_at)):
        assert instant.astimezone(ZoneInfo(zone)).date() == day
        assert (instant - INSTANT).astimezone(ZoneInfo(zone)).date() == day - DAY


@quick
@given(days, st.integers(0, 800), st.sampled_from(ZONES))
def test_cycles_of_adjoining_days_adjoin(starts_on: date, length: int, zone: str) -> None:
    last = starts_on + length * DAY
    assert instants(starts_on, last, zone)[1] == instants(last + DAY, last + DAY, zone)[0]


@quick
@given(moments, st.integers(1, 10**15), st.integers(-(10**15), 2 * 10**15))
def test_elapsed_is_the_fraction_within_0_and_1(start: datetime, length: int, passed: int) -> None:
    share = elapsed(start, start + length * INSTANT, start + passed * INSTANT)
    assert share == min(max(Fraction(passed, length), Fraction(0)), Fraction(1))


@quick
@given(st.none() | st.floats(0, 1), st.floats(1e-9, 1) | st.just(0.0))
def test_pace_is_a_number_once_there_are_progress_and_time(progress: float | None, share: float) -> None:
    found = pace(None if progress is None else Fraction(progress), Fraction(share))
    assert (found is None) == (progress is None or share == 0)
    assert found is None or (isfinite(found) and found >= 0)
    assert found is None or found == float(Fraction(progress or 0) / Fraction(share))
