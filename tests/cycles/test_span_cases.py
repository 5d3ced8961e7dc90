"""Where cycles begin and end, and how far they have gone, case by case."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from service.cycles.calendar import instants
from service.cycles.pace import Policy, elapsed, pace

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "zone", "starts_at", "ends_at"),
    [
        (("2026-01-01", "2026-12-31"), "UTC", "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
        (("2026-01-01", "2026-01-01"), "UTC", "2026-01-01T00:00Z", "2026-01-02T00:00Z"),
        (("2026-01-01", "2026-03-31"), "Europe/Berlin", "2025-12-31T23:00Z", "2026-03-31T22:00Z"),
        (("2026-04-01", "2026-06-30"), "America/New_York", "2026-04-01T04:00Z", "2026-07-01T04:00Z"),
        (("2026-01-01", "2026-12-31"), "Asia/Kathmandu", "2025-12-31T18:15Z", "2026-12-31T18:15Z"),
        (("2024-02-29", "2024-02-29"), "Pacific/Kiritimati", "2024-02-28T10:00Z", "2024-02-29T10:00Z"),
        # Midnight was skipped, so the day began at one o'clock; and it came twice.
        (("2018-11-04", "2018-11-04"), "America/Sao_Paulo", "2018-11-04T03:00Z", "2018-11-05T02:00Z"),
        (("2026-11-01", "2026-11-01"), "America/Havana", "2026-11-01T04:00Z", "2026-11-02T05:00Z"),
    ],
)
def test_days_are_half_open_spans_in_the_time_zone(
    days: tuple[str, str], zone: str, starts_at: str, ends_at: str
) -> None:
    first, last = (date.fromisoformat(day) for day in days)
    found = instants(first, last, zone)
    assert found == (datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at))
    assert [each.tzinfo for each in found] == [UTC, UTC]


@pytest.mark.parametrize(
    ("days", "share"), [(-1, 0), (0, 0), (1, 0.01), (10, 0.1), (50, 0.5), (99, 0.99), (100, 1), (101, 1), (9999, 1)]
)
def test_elapsed_is_the_share_that_has_passed(days: int, share: float) -> None:
    assert elapsed(START, END, START + timedelta(days=days)) == Fraction(str(share))


@pytest.mark.parametrize(
    ("progress", "share", "found"),
    [
        (None, "0.5", None),
        (None, "0", None),
        ("0.4", "0", None),
        ("0", "0.5", 0),
        ("0.45", "0.5", 0.9),
        ("1", "0.5", 2),
        ("0.5", "1", 0.5),
        # As floats 0.3 / 0.1 comes to 2.9999999999999996.
        ("0.3", "0.1", 3),
    ],
)
def test_pace_is_progress_against_elapsed(progress: str | None, share: str, found: float | None) -> None:
    assert pace(None if progress is None else Decimal(progress), Fraction(share)) == found


def test_the_default_policy() -> None:
    assert Policy() == Policy(on_track=0.9, at_risk=0.7)
