"""What holds for the progress of any key result, against an independent computation in fractions."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.key_results.progress import Definition, Evidence, Progress, baseline_of, progress, target_of

EXACT_KINDS = ("INCREASE", "DECREASE", "REACH", "BINARY")
CHANGING = ("INCREASE_BY", "DECREASE_BY", "INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT")
KINDS = (*EXACT_KINDS, *CHANGING, "AT_LEAST", "AT_MOST", "WITHIN_RANGE", "MILESTONE", "BASELINE", None)
NO_PROGRESS = {"BASELINE_MISSING", "BASELINE_ZERO", "NO_DATA", "NO_MILESTONES", "NOT_MEASURABLE"}

numbers = st.one_of(
    st.integers(-100, 100).map(Decimal),
    st.builds(lambda n, places: Decimal(f"{n}E-{places}"), st.integers(-(10**24) + 1, 10**24 - 1), st.integers(0, 12)),
)
amounts = numbers.map(abs).filter(bool)
maybe = st.none() | numbers
factors = st.integers(1, 10**6).map(lambda thousandths: Decimal(f"{thousandths}E-3"))
definitions = st.builds(
    Definition,
    st.sampled_from(KINDS),
    st.sampled_from(["LATEST", "ADHERENCE", "DISTANCE"]),
    maybe,
    maybe,
    st.none() | amounts,
    maybe,
    maybe,
)
evidences = st.builds(
    Evidence,
    maybe,
    st.lists(numbers, max_size=5),
    st.integers(0, 8),
    st.lists(st.tuples(st.sampled_from([0.0, 0.1, 1.0, 2.5, 1e6]), st.booleans()), max_size=6),
)
quick = settings(deadline=None, max_examples=120)


def raw_of(baseline: Decimal, target: Decimal, current: Decimal) -> Fraction:
    return (Fraction(current) - Fraction(baseline)) / (Fraction(target) - Fraction(baseline))


def as_found(raw: Fraction) -> tuple[Fraction | None, Fraction | None]:
    return min(max(raw, Fraction(0)), Fraction(1)), raw


def shown(found: Progress) -> tuple[Fraction | None, Fraction | None]:
    return found.value, found.raw


@settings(deadline=None, max_examples=150)
@given(definitions, evidences)
def test_progress_is_from_0_to_1_or_null_with_a_reason(definition: Definition, evidence: Evidence) -> None:
    found = progress(definition, evidence)
    assert (found.value is None) == (found.raw is None) == (found.reason in NO_PROGRESS)
    if found.value is not None and found.raw is not None:
        assert 0 <= found.value <= 1
        assert found.value == min(max(found.raw, 0), 1)
        assert {type(found.value), type(found.raw)} == {Fraction}
    assert found.regressed == (found.raw is not None and found.raw < 0)


@quick
@given(numbers, numbers, numbers)
def test_the_formula_is_exact(baseline: Decimal, target: Decimal, current: Decimal) -> None:
    assume(baseline != target)
    kind = "INCREASE" if baseline < target else "DECREASE"
    found = progress(Definition(kind, baseline=baseline, target=target), Evidence(current))
    assert shown(found) == as_found(raw_of(baseline, target, current))


@quick
@given(numbers, numbers, numbers)
def test_from_a_baseline_beyond_the_target_it_is_met_or_not(
    baseline: Decimal, target: Decimal, current: Decimal
) -> None:
    assume(baseline != target)
    rises = baseline > target
    found = progress(
        Definition("INCREASE" if rises else "DECREASE", baseline=baseline, target=target), Evidence(current)
    )
    met = float(current >= target if rises else current <= target)
    assert (found.value, found.raw, found.reason) == (met, met, "BASELINE_BEYOND_TARGET")


@quick
@given(st.sampled_from(CHANGING), numbers, amounts, numbers)
def test_a_target_made_of_a_change_is_exact(kind: str, baseline: Decimal, change: Decimal, current: Decimal) -> None:
    assume(baseline != 0)
    definition = Definition(kind, baseline=baseline, change_by=change)
    share = Fraction(change) * abs(Fraction(baseline)) / 100 if kind.endswith("PERCENT") else Fraction(change)
    target = target_of(definition)
    assert target is not None
    assert Fraction(target) == Fraction(baseline) + (share if kind.startswith("INCREASE") else -share)
    found = progress(definition, Evidence(current))
    assert shown(found) == as_found(raw_of(baseline, target, current))


@quick
@given(st.sampled_from(["INCREASE", "DECREASE", "REACH", *CHANGING]), numbers, numbers, amounts, maybe, factors)
def test_the_unit_does_not_matter(
    kind: str, baseline: Decimal, target: Decimal, change: Decimal, current: Decimal | None, factor: Decimal
) -> None:
    def scaled(number: Decimal) -> Decimal:
        # Not a product of decimals, which the context would round.
        return Decimal(f"{Fraction(number) * Fraction(factor) * 10**15}E-15")

    one = Definition(kind, baseline=baseline, target=target, change_by=change)
    by = change if kind.endswith("PERCENT") else scaled(change)
    other = Definition(kind, baseline=scaled(baseline), target=scaled(target), change_by=by)
    latest = None if current is None else scaled(current)
    found, expected = progress(other, Evidence(latest)), progress(one, Evidence(current))
    assert (shown(found), found.reason) == (shown(expected), expected.reason)


@quick
@given(numbers, numbers, maybe)
def test_down_is_up_seen_from_below(baseline: Decimal, target: Decimal, current: Decimal | None) -> None:
    up = progress(Definition("INCREASE", baseline=baseline, target=target), Evidence(current))
    minus = None if current is None else current.copy_negate()
    down = Definition("DECREASE", baseline=baseline.copy_negate(), target=target.copy_negate())
    mirrored = progress(down, Evidence(minus))
    assert (shown(up), up.reason) == (shown(mirrored), mirrored.reason)


@quick
@given(definitions, evidences, st.randoms())
def test_neither_order_of_stages_nor_of_check_ins_matters(definition: Definition, evidence: Evidence, random) -> None:
    stages, values = list(evidence.milestones), list(evidence.adherence)
    random.shuffle(stages)
    random.shuffle(values)
    shuffled = Evidence(evidence.latest, values, evidence.expected, stages)
    found, expected = progress(definition, shuffled), progress(definition, evidence)
    assert found.reason == expected.reason
    if expected.value is not None:
        assert found.value == expected.value


@quick
@given(st.sampled_from(["REACH", "BINARY"]), numbers, numbers)
def test_a_baseline_said_of_what_begins_at_0_changes_nothing(kind: str, baseline: Decimal, current: Decimal) -> None:
    definition = Definition(kind, baseline=baseline, target=Decimal(7))
    assert baseline_of(definition) == 0
    raw = Fraction(current) / 7 if kind == "REACH" else Fraction(current >= 1)
    assert shown(progress(definition, Evidence(current))) == as_found(raw)
