"""Which time zones there are."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.errors import Refusal


class UnknownTimeZone(Refusal):
    """`{time_zone}` is not the IANA name of a time zone, such as Europe/Berlin."""


def check_time_zone(name: str) -> Iterator[Refusal]:
    """Yields UnknownTimeZone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield UnknownTimeZone(("timeZone",), time_zone=name)
