"""Elapsed time of a cycle, and pace of a goal."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from service.values.record import record

INSTANT = timedelta(microseconds=1)


@record
class Policy:
    """The status settings of an organization: minimum paces as fractions."""

    on_track: float = 0.9
    at_risk: float = 0.7


# Most goals of a request have the span of their cycle.
@lru_cache(1_024)
def elapsed(starts_at: datetime, ends_at: datetime, now: datetime) -> Fraction:
    """The share of the span that has passed, 0..1 (docs/numbers.md, 2)."""
    share = Fraction((now - starts_at) // INSTANT, (ends_at - starts_at) // INSTANT)
    return min(max(share, Fraction(0)), Fraction(1))


def pace(progress: Decimal | Fraction | None, elapsed_share: Fraction) -> float | None:
    """Progress against the share of time elapsed; None before the start and without progress."""
    if progress is None or not elapsed_share:
        return None
    numerator, denominator = progress.as_integer_ratio()
    return numerator * elapsed_share.denominator / (denominator * elapsed_share.numerator)
