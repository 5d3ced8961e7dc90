"""The buckets of a history, and the moments at which a goal is shown in them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from service.cycles.pace import INSTANT
from service.kpis.enums import Frequency
from service.kpis.series.calendar import DAY, midnight, periods

MAX_BUCKETS = 400


class HistoryBucket(StrEnum):
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"


FREQUENCIES = {
    HistoryBucket.DAY: Frequency.DAILY,
    HistoryBucket.WEEK: Frequency.WEEKLY,
    HistoryBucket.MONTH: Frequency.MONTHLY,
    HistoryBucket.QUARTER: Frequency.QUARTERLY,
}


class Bucket(NamedTuple):
    """A bucket from the beginning of one day to the end of another. `at` is its last instant, or now while it is
    running; None if it has not begun."""

    starts_on: date
    ends_on: date
    at: datetime | None


def buckets(
    first: date, last: date, bucket: HistoryBucket, *, time_zone: str, fiscal_year_start_month: int, now: datetime
) -> Sequence[Bucket]:
    """The buckets from the one of `first` to the one of `last`, oldest first; no more than one too many."""
    own = []
    every = periods(first, last, FREQUENCIES[bucket], fiscal_year_start_month)
    for starts_on, ends_on in islice(every, MAX_BUCKETS + 1):
        has_begun = midnight(starts_on, time_zone) <= now
        end = midnight(ends_on + DAY, time_zone) - INSTANT
        own.append(Bucket(starts_on, ends_on, min(end, now) if has_begun else None))
    return own
