"""Scores of goals at the close of their cycle: proposals, means, bands and flags (docs/numbers.md, 22)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from service.values.decimals import decimal_from_float, round_progress


class ScoreBand(StrEnum):
    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"


class PortfolioFlag(StrEnum):
    SANDBAGGING = "SANDBAGGING"
    OVERREACH = "OVERREACH"


GREEN_FROM, YELLOW_FROM = Decimal("0.7"), Decimal("0.4")
# The mean of ambitious goals lies between these.
OVERREACH_BELOW, SANDBAGGING_ABOVE = Decimal("0.4"), Decimal("0.85")
# The score that is expected of an objective, by its kind; a kind that is not here expects none.
EXPECTED_SCORES: Mapping[str, Decimal] = {"ASPIRATIONAL": Decimal("0.7"), "COMMITTED": Decimal(1)}


def proposed_score(progress: Decimal | None, progress_reason: str | None) -> Decimal | None:
    """The score that follows from progress (0..1): progress itself, and 0 for a limit that has no value. None if
    nothing can be said."""
    return Decimal(0) if progress is None and progress_reason == "NO_DATA" else progress


def mean_score(scores: Iterable[tuple[float, Decimal | None]]) -> Decimal | None:
    """Σ w·s / Σ w of pairs of weight and score, with 24 digits. None if a score is missing whose weight is above 0, and
    if there is no weight."""
    weighted = [(Fraction(decimal_from_float(weight)), score) for weight, score in scores if weight > 0]
    if not weighted or any(score is None for _, score in weighted):
        return None
    total = sum((weight for weight, _ in weighted), Fraction(0))
    scored = (weight * Fraction(score) for weight, score in weighted if score is not None)
    return round_progress(sum(scored, Fraction(0)) / total)


def band_of(score: Decimal | float | None) -> ScoreBand | None:
    """The band of a score; a boundary belongs to the better one."""
    if score is None:
        return None
    exact = _exact(score)
    return ScoreBand.GREEN if exact >= GREEN_FROM else ScoreBand.YELLOW if exact >= YELLOW_FROM else ScoreBand.RED


def needs_postmortem(kind: str, score: Decimal | float | None) -> bool:
    """Whether an objective was committed to and not reached."""
    return kind == "COMMITTED" and score is not None and _exact(score) < EXPECTED_SCORES[kind]


def portfolio_flag(mean: Decimal | None) -> PortfolioFlag | None:
    """What the mean score of aspirational objectives tells of how they were chosen."""
    if mean is None or OVERREACH_BELOW <= mean <= SANDBAGGING_ABOVE:
        return None
    return PortfolioFlag.SANDBAGGING if mean > SANDBAGGING_ABOVE else PortfolioFlag.OVERREACH


def _exact(score: Decimal | float) -> Decimal:
    """The decimal number that a float was written as: 0.7 as a float is a little less."""
    return decimal_from_float(score) if isinstance(score, float) else score
