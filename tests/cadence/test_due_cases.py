"""When the next check-in is due by a cadence, and the properties of that."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.cadence.due import Cadence, Weekday, due_after

DAY = timedelta(days=1)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "America/Havana", "America/Santiago")
moments = st.datetimes(datetime(1990, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))
lengths, weekdays, zones = st.integers(7, 366), st.sampled_from(Weekday), st.sampled_from(ZONES)
quick = settings(deadline=None, max_examples=300)


@pytest.mark.parametrize("days", [1, 7, 366])
def test_without_a_weekday_it_is_due_when_the_days_have_passed(days: int) -> None:
    last = datetime(2026, 3, 28, 22, 59, 59, 999_999, tzinfo=UTC)
    assert due_after(last, Cadence(days, None, "Europe/Berlin")) == last + days * DAY


@quick
@given(moments, lengths, weekdays, zones)
def test_with_a_weekday_it_is_due_when_the_nearest_one_begins(
    last: datetime, days: int, weekday: Weekday, zone: str
) -> None:
    due_at = due_after(last, Cadence(days, weekday, zone)).astimezone(ZoneInfo(zone))
    local = last.astimezone(ZoneInfo(zone)).date()
    assert list(Weekday)[due_at.weekday()] is weekday
    instant_before = (due_at.astimezone(UTC) - timedelta(microseconds=1)).astimezone(ZoneInfo(zone))
    assert instant_before.date() == due_at.date() - DAY
    assert abs((due_at.date() - local).days - days) <= 3
    assert due_at > last


@quick
@given(moments, st.integers(1, 50), weekdays, zones, st.integers(-3, 3))
def test_up_to_three_days_early_or_late_does_not_move_the_next_one(
    last: datetime, weeks: int, weekday: Weekday, zone: str, shift: int
) -> None:
    cadence = Cadence(weeks * 7, weekday, zone)
    due_on = due_after(last, cadence).astimezone(ZoneInfo(zone)).date()
    noon = datetime.combine(due_on + shift * DAY, datetime.min.time(), ZoneInfo(zone)) + DAY / 2
    following = due_after(noon, cadence).astimezone(ZoneInfo(zone)).date()
    assert following == due_on + weeks * 7 * DAY
