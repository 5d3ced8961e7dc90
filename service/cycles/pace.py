"""How far a cycle has gone, and what share of it a goal has kept up with."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Policy:
    """When a goal counts as on track; paces as fractions, cadence in days. Data of each organization."""

    on_track: float = 0.9
    at_risk: float = 0.7
    cadence_days: int = 7


def elapsed(starts_at: datetime, ends_at: datetime, now: datetime) -> float:
    """The share of the cycle that has passed, 0..1 (domain.md, section 4)."""
    share = (now - starts_at) / (ends_at - starts_at)
    return min(max(share, 0.0), 1.0)


def pace(progress: float | None, elapsed_share: float) -> float | None:
    """Progress against the share of time elapsed; None before the start and without progress."""
    return None if progress is None or elapsed_share == 0 else progress / elapsed_share
