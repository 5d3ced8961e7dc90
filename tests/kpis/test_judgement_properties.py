"""What holds for any value beside any target."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.kpis.enums import KpiStatus
from service.kpis.targets.evaluation import Target, attainment, status, variance_to_target

quick = settings(deadline=None, max_examples=200)
values = st.decimals(-(10**24) + 1, 10**24 - 1, places=12) | st.decimals(-100, 100, places=1)
aims = st.decimals(0, 10**24 - 1, places=12) | st.decimals(0, 100, places=1)
directions = st.sampled_from(["HIGHER", "LOWER"])


def exact(direction: str, value: Decimal, aim: Decimal) -> Fraction:
    if aim == 0:
        return Fraction(value <= 0 if direction == "LOWER" else value >= 0)
    share = Fraction(value) / Fraction(aim)
    return 2 - share if direction == "LOWER" else share


def colour(share: Fraction) -> str:
    return "GREEN" if share >= 1 else "AMBER" if share >= Fraction(9, 10) else "RED"


@quick
@given(directions, values, aims)
def test_attainment_and_status_are_the_exact_ratio(direction: str, value: Decimal, aim: Decimal) -> None:
    target = Target(date(2026, 1, 1), value=aim)
    found = attainment(direction, value, target)
    assert found is not None
    assert isfinite(found)
    assert found == pytest.approx(float(exact(direction, value, aim)), rel=1e-12)
    assert status(direction, value, target)[0] == colour(exact(direction, value, aim))


@quick
@given(values, values, values)
def test_a_band_is_judged_by_the_exact_distance(value: Decimal, one: Decimal, other: Decimal) -> None:
    lower, upper = sorted([one, other])
    target = Target(date(2026, 1, 1), lower=lower, upper=upper)
    outside = max(Fraction(lower) - Fraction(value), Fraction(value) - Fraction(upper), Fraction(0))
    width = Fraction(upper) - Fraction(lower)
    share = Fraction(1) if not outside else max(1 - outside / width, Fraction(0)) if width else Fraction(0)
    assert attainment("RANGE", value, target) == pytest.approx(float(share), rel=1e-12)
    assert status("RANGE", value, target)[0] == colour(share)
    assert abs(Fraction(variance_to_target("RANGE", value, target) or 0)) == outside


@quick
@given(directions, values, values, aims)
def test_a_better_value_never_stands_worse(direction: str, one: Decimal, other: Decimal, aim: Decimal) -> None:
    worse, better = sorted([one, other], reverse=direction == "LOWER")
    target, rank = Target(date(2026, 1, 1), value=aim), list(KpiStatus).index
    assert rank(status(direction, better, target)[0]) <= rank(status(direction, worse, target)[0])
    assert (attainment(direction, better, target) or 0) >= (attainment(direction, worse, target) or 0)


@quick
@given(directions, values, aims)
def test_the_gap_is_what_has_to_be_taken_away_to_be_at_the_target(direction: str, value: Decimal, aim: Decimal) -> None:
    missing = variance_to_target(direction, value, Target(date(2026, 1, 1), value=aim))
    assert missing is not None
    assert Fraction(value) - Fraction(missing) == Fraction(aim)


@quick
@given(st.sampled_from(["HIGHER", "LOWER", "RANGE"]), values, st.decimals(-100, -1, places=1))
def test_a_negative_target_has_no_attainment_and_absolute_thresholds_judge(
    direction: str, value: Decimal, aim: Decimal
) -> None:
    band: dict[str, Any] = {"lower": aim, "upper": aim} if direction == "RANGE" else {"value": aim}
    target = Target(date(2026, 1, 1), **band, kind="ABSOLUTE", green=Decimal(0), amber=Decimal(0))
    measured = abs(value - aim) if direction == "RANGE" else value
    good = measured >= 0 if direction == "HIGHER" else measured <= 0
    assert status(direction, value, target) == ("GREEN" if good else "RED", "ABSOLUTE_THRESHOLDS")
    assert direction == "RANGE" or attainment(direction, value, target) is None
