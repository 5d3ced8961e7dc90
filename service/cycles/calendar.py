"""Converts the days of a cycle to instants in the organization's time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def instants(starts_on: date, ends_on: date, time_zone: str) -> tuple[datetime, datetime]:
    """The half-open span of the days from `starts_on` to `ends_on`, both inside, in UTC."""
    zone = ZoneInfo(time_zone)
    return (
        datetime.combine(starts_on, time(), zone).astimezone(UTC),
        datetime.combine(ends_on + timedelta(days=1), time(), zone).astimezone(UTC),
    )
