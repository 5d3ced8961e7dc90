"""What holds for any weighted mean of what contributes to a goal."""

from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.rollup.tree import Derivation, Edge, GoalValues
from service.values.decimals import round_progress
from tests.kit.goal_trees import edge, under

quick = settings(deadline=None, max_examples=120)
weights = st.sampled_from([0.0, 0.1, 1.0, 3.0, 1e6]) | st.floats(1e-6, 1e6)
shares = st.decimals(0, 1, places=2) | st.decimals(0, 1, places=24)
parts = st.lists(st.tuples(weights, shares), min_size=1, max_size=8)
counted = parts.filter(lambda several: any(weight for weight, _ in several))
lifecycles = st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "DRAFT", "CANCELLED"])


def contributors(several: list[tuple[float, Decimal]]) -> list[Edge]:
    return [edge(number, progress, weight) for number, (weight, progress) in enumerate(several, start=1)]


def exact(several: list[tuple[float, Decimal]]) -> Fraction:
    weights = [Fraction(str(weight)) for weight, _ in several]
    return sum((w * Fraction(p) for w, (_, p) in zip(weights, several, strict=True)), Fraction(0)) / sum(weights)


@quick
@given(counted)
def test_the_mean_is_the_sum_of_weighted_parts_over_the_sum_of_weights(several: list[tuple[float, Decimal]]) -> None:
    found = under(*contributors(several)).values
    assert found.progress == found.raw == round_progress(exact(several))
    assert found.progress is not None
    assert abs(Fraction(found.progress) - exact(several)) <= Fraction(1, 2 * 10**24)


@quick
@example([(1.0, Decimal("0.7"))] * 3)
@example([(3.0, Decimal("0.1"))])
@example([(5e-324, Decimal("0.4"))])
@given(counted)
def test_the_mean_lies_between_the_smallest_and_the_largest_that_count(several: list[tuple[float, Decimal]]) -> None:
    progress = under(*contributors(several)).values.progress
    assert progress is not None
    that_count = [share for weight, share in several if weight > 0]
    assert min(that_count) <= progress <= max(that_count)


@quick
@given(st.lists(st.tuples(weights.filter(bool), st.sampled_from([Decimal(0), Decimal(1)])), min_size=1, max_size=8))
def test_all_done_is_exactly_1_and_nothing_done_exactly_0(several: list[tuple[float, Decimal]]) -> None:
    progress = under(*contributors(several)).values.progress
    shares = {share for _, share in several}
    assert (progress == 1) == (shares == {1})
    assert (progress == 0) == (shares == {0})


@quick
@given(parts, st.randoms(use_true_random=False))
def test_the_order_of_contributors_does_not_matter(several: list[tuple[float, Decimal]], random: Random) -> None:
    one = contributors(several)
    other = random.sample(one, len(one))
    assert under(*one).values == under(*other).values


@quick
@given(counted, st.sampled_from([0.5, 2.0, 1024.0]) | st.floats(1e-3, 1e3))
def test_weights_need_no_common_sum(several: list[tuple[float, Decimal]], factor: float) -> None:
    scaled = [(weight * factor, share) for weight, share in several]
    one, other = (under(*contributors(each)).values.progress for each in (several, scaled))
    # The product of two floats is rounded, which moves the mean by no more.
    assert other is not None
    assert one is not None
    assert abs(other - one) <= Decimal("1e-14")


@quick
@given(counted, st.lists(shares, max_size=4))
def test_weight_0_changes_nothing(several: list[tuple[float, Decimal]], more: list[Decimal]) -> None:
    found = under(*contributors([*several, *((0.0, share) for share in more)])).values
    assert found._replace(timeline=()) == under(*contributors(several)).values._replace(timeline=())


def is_whole(found: Derivation) -> bool:
    values = found.values
    numbers = [number for number in (values.progress, values.raw) if number is not None]
    return (
        all(number.is_finite() and (number != 0 or not number.is_signed()) for number in numbers)
        and (values.progress is None) == (values.raw is None)
        and (values.progress is None or 0 <= values.progress <= 1)
        and (values.progress is None) == (values.reason in ("NO_CONTRIBUTORS", "ALL_WEIGHTS_ZERO"))
    )


@quick
@given(st.data())
def test_each_contributor_counts_or_is_left_out_with_a_reason(data: st.DataObject) -> None:
    several = []
    for number in range(1, data.draw(st.integers(0, 6)) + 1):
        progress, raw = data.draw(st.none() | shares), data.draw(st.decimals(-(10**6), 10**6, places=24))
        several.append(
            edge(
                number,
                progress,
                data.draw(weights),
                data.draw(st.sampled_from(["CONTRIBUTES", "CONTRIBUTES", "SUPPORTS"])),
                lifecycle=data.draw(lifecycles),
                archived=data.draw(st.booleans()),
                child=GoalValues(progress, None if progress is None else raw, "COMPUTED", None, ()),
            )
        )
    found = under(*several)
    assert is_whole(found)
    out = {exclusion.id: exclusion.reason for exclusion in found.excluded}
    assert out.keys() | {term.id for term in found.terms} == {each.objective_id for each in several}
    assert len(found.excluded) + len(found.terms) == len(several)
    for each in several:
        reasons = [
            *(["SUPPORTS"] if each.kind == "SUPPORTS" else []),
            *(["ARCHIVED"] if each.archived else []),
            *([each.lifecycle] if each.lifecycle != "ACTIVE" else []),
            *(["NO_PROGRESS"] if each.child.progress is None else []),
        ]
        assert out.get(each.objective_id) == (reasons[0] if reasons else None)
