"""Shares of a limit and of stages are the fractions they are, not a digit beside them."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.key_results.progress import Definition, Evidence, progress

hundredths = st.integers(-(10**6), 10**6).map(lambda n: Decimal(f"{n}E-2"))
limits = st.integers(1, 10**6).map(lambda n: Decimal(f"{n}E-2"))
tenths = st.integers(0, 50).map(lambda n: n / 10)
quick = settings(deadline=None, max_examples=120)


def clamped(share: Fraction) -> Fraction:
    return min(max(share, Fraction(0)), Fraction(1))


@quick
@given(hundredths, limits)
def test_at_least_is_the_share_of_the_limit(actual: Decimal, limit: Decimal) -> None:
    share = Fraction(actual) / Fraction(limit)
    found = progress(Definition("AT_LEAST", "DISTANCE", target=limit), Evidence(actual))
    assert (found.value, found.raw) == (clamped(share), share)


@quick
@example(Decimal(11), Decimal(10))
@given(hundredths, limits)
def test_at_most_is_2_less_the_share_of_the_limit(actual: Decimal, limit: Decimal) -> None:
    share = 2 - Fraction(actual) / Fraction(limit)
    found = progress(Definition("AT_MOST", "DISTANCE", target=limit), Evidence(actual))
    assert (found.value, found.raw) == (clamped(share), share)


@quick
@example([(0.1, number < 7) for number in range(10)])
@given(st.lists(st.tuples(tenths, st.booleans()), min_size=1, max_size=12).filter(lambda s: any(w for w, _ in s)))
def test_milestones_are_the_weight_done_of_the_whole_weight(stages: list[tuple[float, bool]]) -> None:
    done = sum((Fraction(str(weight)) for weight, is_done in stages if is_done), Fraction(0))
    share = done / sum((Fraction(str(weight)) for weight, _ in stages), Fraction(0))
    assert progress(Definition("MILESTONE"), Evidence(milestones=stages)).value == share


@quick
@given(hundredths, st.lists(hundredths, max_size=9), st.integers(0, 12), st.sampled_from(["AT_LEAST", "AT_MOST"]))
def test_adherence_is_what_met_of_what_was_expected(
    limit: Decimal, values: list[Decimal], expected: int, kind: str
) -> None:
    count = sum(value >= limit if kind == "AT_LEAST" else value <= limit for value in values)
    found = progress(Definition(kind, "ADHERENCE", target=limit), Evidence(Decimal(0), values, expected))
    assert found.value == Fraction(count, max(expected, len(values), 1))
