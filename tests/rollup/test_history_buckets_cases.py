"""The buckets of a history lie in the organization's time zone and fiscal year."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.rollup.history_buckets import MAX_BUCKETS, HistoryBucket, buckets

NOW = datetime(2026, 7, 2, 12, tzinfo=UTC)
BERLIN: dict[str, Any] = {"time_zone": "Europe/Berlin", "fiscal_year_start_month": 1, "now": NOW}


def ends(first: date, last: date, bucket: HistoryBucket, **more: Any) -> list[tuple[str, str, str | None]]:
    """First day, last day and moment of each bucket, as text."""
    own = buckets(first, last, bucket, **(BERLIN | more))
    return [(str(each.starts_on), str(each.ends_on), None if each.at is None else each.at.isoformat()) for each in own]


CASES: list[tuple[date, date, HistoryBucket, dict[str, Any], list[tuple[str, str, str | None]]]] = [
    (
        *(date(2026, 3, 28), date(2026, 3, 29), HistoryBucket.DAY, {}),
        [
            ("2026-03-28", "2026-03-28", "2026-03-28T22:59:59.999999+00:00"),
            ("2026-03-29", "2026-03-29", "2026-03-29T21:59:59.999999+00:00"),
        ],
    ),
    (
        *(date(2026, 7, 1), date(2026, 7, 6), HistoryBucket.WEEK, {}),
        [
            ("2026-06-29", "2026-07-05", "2026-07-02T12:00:00+00:00"),
            ("2026-07-06", "2026-07-12", None),
        ],
    ),
    (
        *(date(2026, 6, 15), date(2026, 6, 15), HistoryBucket.MONTH, {}),
        [("2026-06-01", "2026-06-30", "2026-06-30T21:59:59.999999+00:00")],
    ),
    (
        *(date(2026, 1, 15), date(2026, 1, 15), HistoryBucket.QUARTER, {"fiscal_year_start_month": 2}),
        [("2025-11-01", "2026-01-31", "2026-01-31T22:59:59.999999+00:00")],
    ),
]


@pytest.mark.parametrize(("first", "last", "bucket", "more", "expected"), CASES)
def test_buckets(first: date, last: date, bucket: HistoryBucket, more: dict[str, Any], expected: Any) -> None:
    assert ends(first, last, bucket, **more) == expected


def test_no_more_than_one_too_many() -> None:
    assert len(buckets(date(1900, 1, 1), date(2200, 1, 1), HistoryBucket.DAY, **BERLIN)) == MAX_BUCKETS + 1
