"""Scores by the pure functions: proposals, weighted means, bands, and what a portfolio's mean tells."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cycles.scores import (
    band_of,
    mean_score,
    needs_postmortem,
    portfolio_flag,
    proposed_score,
)

SHARES = st.decimals(0, 1, places=6)
WEIGHTS = st.integers(0, 1_000_000).map(lambda number: number / 1000)


@pytest.mark.parametrize(
    ("progress", "reason", "score"),
    [("0.4", "COMPUTED", "0.4"), (None, "NO_DATA", "0"), (None, "BASELINE_MISSING", None), ("0", "REGRESSED", "0")],
)
def test_what_is_proposed(progress: str | None, reason: str, score: str | None) -> None:
    found = proposed_score(None if progress is None else Decimal(progress), reason)
    assert found == (None if score is None else Decimal(score))


@pytest.mark.parametrize(
    ("score", "band"),
    [("1", "GREEN"), ("0.7", "GREEN"), ("0.699999", "YELLOW"), ("0.4", "YELLOW"), ("0.399", "RED"), ("0", "RED")],
)
def test_a_boundary_belongs_to_the_better_band(score: str, band: str) -> None:
    assert band_of(Decimal(score)) == band
    assert band_of(float(score)) == band
    assert band_of(None) is None


@pytest.mark.parametrize(
    ("mean", "flag"),
    [("0.86", "SANDBAGGING"), ("0.85", None), ("0.7", None), ("0.4", None), ("0.39", "OVERREACH"), (None, None)],
)
def test_what_a_mean_tells(mean: str | None, flag: str | None) -> None:
    assert portfolio_flag(None if mean is None else Decimal(mean)) == flag


def test_who_committed_has_to_tell_why() -> None:
    assert needs_postmortem("COMMITTED", Decimal("0.999"))
    assert not needs_postmortem("COMMITTED", Decimal(1))
    assert not needs_postmortem("COMMITTED", None)
    assert not needs_postmortem("ASPIRATIONAL", Decimal(0))


@given(st.lists(st.tuples(WEIGHTS, SHARES), max_size=6))
def test_a_mean_is_exact_and_between_its_scores(scores: list[tuple[float, Decimal]]) -> None:
    found = mean_score(scores)
    counted = [(Fraction(str(weight)), Fraction(score)) for weight, score in scores if weight > 0]
    if not counted:
        assert found is None
        return
    assert found is not None
    whole = sum((weight for weight, _ in counted), Fraction())
    exact = sum((weight * score for weight, score in counted), Fraction()) / whole
    assert abs(Fraction(found) - exact) <= Fraction(1, 2 * 10**24)
    assert min(score for _, score in counted) <= Fraction(found) + Fraction(1, 10**24)
    assert mean_score([*scores, (1.0, None)]) is None
    # What is tracked only does not count, scored or not.
    assert mean_score([*scores, (0.0, None)]) == found
