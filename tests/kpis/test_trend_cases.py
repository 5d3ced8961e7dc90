"""Lines through the last values, and what they say of the future: a table of cases."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import gamma, pi, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.kpis.current.trend import QUANTILES, Line, fit_line, forecast, required_per_period, trend
from service.kpis.targets.evaluation import Target

quick = settings(deadline=None, max_examples=150)
STUDENT = {3: 12.706204736174698, 4: 4.302652729749464, 5: 3.182446305283708, 6: 2.776445105197793}
numbers = st.decimals(-(10**6), 10**6, places=2)
samples = st.dictionaries(st.integers(-50, 0), numbers, min_size=3, max_size=10)


def line(*values: str | None, first: int = 0) -> Line:
    found = fit_line([(x, Decimal(value)) for x, value in enumerate(values, first) if value is not None])
    assert found is not None
    return found


def band(lower: str, upper: str) -> Target:
    return Target(date(2026, 1, 1), lower=Decimal(lower), upper=Decimal(upper))


def test_the_net_promoter_score_of_the_domain() -> None:
    score = line("60", "61", "63", "64")
    assert (score.change_per_period, score.at(10), score.at(13)) == (
        Fraction("1.4"),
        Fraction("73.9"),
        Fraction("78.1"),
    )
    found = forecast(score, 10)
    # Sum of squared errors 0.2, Sxx 5, mean 1.5: s = sqrt(0.1), 1 + 1/4 + 8.5²/5 = 15.7.
    reach = STUDENT[4] * sqrt(0.1) * sqrt(15.7)
    assert (found.value, found.n) == (Decimal("73.9"), 4)
    assert float(found.upper) == pytest.approx(73.9 + reach, rel=1e-12)
    assert float(found.lower) == pytest.approx(73.9 - reach, rel=1e-12)


@pytest.mark.parametrize(
    ("direction", "values", "found"),
    [
        ("HIGHER", ("1", "2", "3"), "IMPROVING"),
        ("HIGHER", ("3", "2", "1"), "DECLINING"),
        ("LOWER", ("1", "2", "3"), "DECLINING"),
        ("LOWER", ("3", "2", "1"), "IMPROVING"),
        ("HIGHER", ("5", "5", "5"), "FLAT"),
        ("LOWER", ("0.1", "0.3", "0.1"), "FLAT"),
        ("HIGHER", ("0.1", "0.1", "0.100000000001"), "IMPROVING"),
        ("HIGHER", ("0.3", None, None, "0.1", None, None, "0.3"), "FLAT"),
    ],
)
def test_a_line_goes_somewhere(direction: str, values: tuple[str | None, ...], found: str) -> None:
    assert trend(direction, line(*values)) == found


@pytest.mark.parametrize(
    ("values", "bounds", "found"),
    [
        (("80", "82", "84"), ("85", "95"), "IMPROVING"),
        (("100", "98", "96"), ("85", "95"), "IMPROVING"),
        (("96", "98", "100"), ("85", "95"), "DECLINING"),
        (("84", "82", "80"), ("85", "95"), "DECLINING"),
        (("86", "90", "94"), ("85", "95"), "FLAT"),
        (("80", "90", "100"), ("85", "95"), "FLAT"),
        (("70", "90", "96"), ("85", "95"), "IMPROVING"),
    ],
)
def test_to_a_band_a_line_comes_nearer_or_not(values: tuple[str, ...], bounds: tuple[str, str], found: str) -> None:
    assert trend("RANGE", line(*values, first=-2), band(*bounds)) == found


def test_to_a_band_a_line_with_gaps_is_compared_at_its_first_and_last_point() -> None:
    """By the mean of its points the line would begin far below the band, where it has no point."""
    leaving = line("86", "87", "88", *[None] * 7, "96", first=-10)
    assert (leaving.change_per_period, leaving.first, leaving.last) == (1, -10, 0)
    assert trend("RANGE", leaving, band("85", "95")) == "DECLINING"
    coming = line("96", *[None] * 7, "88", "87", "86", first=-10)
    assert trend("RANGE", coming, band("85", "95")) == "IMPROVING"


def test_fewer_than_three_values_have_no_line() -> None:
    assert [fit_line([(x, Decimal(x)) for x in range(n)]) is None for n in range(5)] == [True, True, True, False, False]


def test_only_the_last_six_count_in_whatever_order_they_come() -> None:
    last = [(x, Decimal(value)) for x, value in enumerate([7, 3, 9, 4, 6, 8], start=-5)]
    assert fit_line([*last[::-1], (-6, Decimal(1_000_000)), (-40, Decimal(5))]) == fit_line(last)


def test_gaps_are_time_that_goes_by() -> None:
    assert line("0", None, None, "3", "4").change_per_period == 1
    assert line("0", "3", "4").change_per_period == 2


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_quantiles_enclose_95_percent_of_the_students_distribution(n: int) -> None:
    """By Simpson's rule over the density, which needs no table: half of 95 percent lies between 0 and the quantile."""
    freedom, steps = n - 2, 20_000
    width = QUANTILES[freedom] / steps
    scale = gamma((freedom + 1) / 2) / (sqrt(freedom * pi) * gamma(freedom / 2))
    densities = [scale * (1 + (i * width) ** 2 / freedom) ** (-(freedom + 1) / 2) for i in range(steps + 1)]
    area = width / 3 * (densities[0] + 4 * sum(densities[1::2]) + 2 * sum(densities[2:-1:2]) + densities[-1])
    assert area == pytest.approx(0.475, abs=1e-12)


def test_a_line_without_errors_is_certain() -> None:
    found = forecast(line("1", "2", "3"), 9)
    assert (found.value, found.lower, found.upper) == (10, 10, 10)


@pytest.mark.parametrize(
    ("current", "target", "periods", "found"),
    [
        ("64", "75", 7, "1.571428571429"),
        ("64", "75", 1, "11"),
        ("75", "75", 3, "0"),
        ("80", "75", 5, "-1"),
        ("64", "75", 0, None),
        ("64", "75", -3, None),
    ],
)
def test_what_each_period_has_to_bring(current: str, target: str, periods: int, found: str | None) -> None:
    assert required_per_period(Decimal(current), Decimal(target), periods) == (
        None if found is None else Decimal(found)
    )


@quick
@given(samples, st.integers(-60, 300))
def test_line_and_interval_are_those_of_the_textbook(several: dict[int, Decimal], x: int) -> None:
    last = sorted(several.items())[-6:]
    n = len(last)
    xs, ys = [Fraction(at) for at, _ in last], [Fraction(y) for _, y in last]
    # Another way to the same: sums of products instead of deviations from means.
    sx, sy = sum(xs), sum(ys)
    sxx, sxy = sum(a * a for a in xs), sum(a * b for a, b in zip(xs, ys, strict=True))
    slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    intercept = (sy - slope * sx) / n
    found = fit_line(list(several.items()))
    assert found is not None
    assert (found.change_per_period, found.intercept, found.n) == (slope, intercept, n)
    errors = sum((b - intercept - slope * a) ** 2 for a, b in zip(xs, ys, strict=True))
    inside = 1 + Fraction(1, n) + (x - sx / n) ** 2 / (sxx - sx * sx / n)
    reach = STUDENT[n] * sqrt(errors / (n - 2)) * sqrt(inside)
    told = forecast(found, x)
    assert float(told.value) == pytest.approx(float(intercept + slope * x), abs=1e-9, rel=1e-9)
    assert float(told.upper - told.value) == pytest.approx(reach, rel=1e-9, abs=1e-9)
    assert float(told.value - told.lower) == pytest.approx(reach, rel=1e-9, abs=1e-9)


@quick
@given(samples, numbers)
def test_a_line_moves_with_its_values_and_turns_with_them(several: dict[int, Decimal], by: Decimal) -> None:
    plain: Any = fit_line(list(several.items()))
    moved: Any = fit_line([(x, y + by) for x, y in several.items()])
    turned: Any = fit_line([(x, -y) for x, y in several.items()])
    assert (moved.change_per_period, moved.deviation) == (plain.change_per_period, plain.deviation)
    assert turned.change_per_period == -plain.change_per_period
    assert trend("HIGHER", plain) == trend("LOWER", turned)
