"""Validates names of time zones."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.errors import Refusal


class TimeZoneUnknown(Refusal):
    """`{time_zone}` is not the IANA name of a time zone, such as Europe/Berlin."""

    meaning = "Text `<timeZone>` that is not the IANA name of a time zone. Send one such as Europe/Berlin."


def check_time_zone(name: str) -> Iterator[Refusal]:
    """Yields TimeZoneUnknown."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield TimeZoneUnknown(("timeZone",), time_zone=name)
