"""The weighted mean and its sources, case by case (docs/numbers.md, 6)."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from service.key_results.progress import Definition, Evidence
from tests.kit.goal_trees import CHILD, EMPTY, PARENT, edge, evaluated, key_result, objective, of, under


@pytest.mark.parametrize(
    ("parts", "progress"),
    [
        ([(40, 1), (50, 1), (100, 1)], "0.633333333333333333333333"),
        ([(40, 2), (50, 1), (100, 1)], "0.575"),
        ([(40, 0.5), (50, 0.25), (100, 0.25)], "0.575"),
        ([(59, 1), (30, 1)], "0.445"),
        ([(59, 0.1), (30, 0.1)], "0.445"),
        # Weights are the decimal numbers that they were written as: a tenth and three tenths.
        ([(100, 0.1), (0, 0.3)], "0.25"),
        ([(100, 1), (100, 1), (0, 1)], "0.666666666666666666666667"),
        ([(40, 1_000_000), (100, 1_000_000)], "0.7"),
        ([(40, 1), (100, 0)], "0.4"),
        ([(40, 0), (100, 3)], "1"),
        ([(0, 1), (0, 1)], "0"),
        ([(250, 1), (0, 1)], "0.5"),
        ([(-250, 1), (100, 3)], "0.75"),
    ],
)
def test_the_mean_is_over_clamped_progress_and_weights_need_no_common_sum(
    parts: list[tuple[int, float]], progress: str
) -> None:
    numbered = list(enumerate(parts, start=11))
    found = of(*(key_result(number, *part) for number, part in numbered))
    assert found.values.progress == Decimal(progress)
    assert found.values.has_data
    aligned = under(*(edge(number, min(max(percent / 100, 0), 1), weight) for number, (percent, weight) in numbered))
    assert aligned.values.progress == Decimal(progress)


@pytest.mark.parametrize("percents", [[50], [50, 100], [0, 0, 0]])
def test_all_weights_zero_is_null_and_neither_nan_nor_0(percents: list[int]) -> None:
    found = of(*(key_result(number, percent, 0) for number, percent in enumerate(percents, start=11)))
    assert (found.values.progress, found.values.raw) == (None, None)
    assert found.values.reason == "ALL_WEIGHTS_ZERO"


def test_weights_zero_of_what_does_not_count_anyway_are_no_contributors() -> None:
    assert of(key_result(11, 50, 0, lifecycle="DRAFT")).values.reason == "NO_CONTRIBUTORS"


def test_weight_0_is_tracked_and_not_counted() -> None:
    found = of(key_result(11, 50), key_result(12, 100, 0))
    assert found.values.progress == 0.5
    listed = {term.id.int: term.weight for term in found.terms} | {each.id.int: 0 for each in found.excluded}
    assert listed == {11: 1, 12: 0}


KEY_RESULTS = [key_result(11, 27), key_result(12, 18)]
BELOW = edge(21, 0.73)


@pytest.mark.parametrize(
    ("source", "progress", "counted"),
    [
        ("KEY_RESULTS", "0.225", {11, 12}),
        ("ALIGNED_OBJECTIVES", "0.73", {21}),
        ("BOTH", "0.393333333333333333333333", {11, 12, 21}),
        ("MANUAL", "0.9", set()),
    ],
)
def test_the_source_says_whose_mean_it_is(source: str, progress: str, counted: set[int]) -> None:
    node = objective(source=source, stated_progress=Decimal("0.9"))
    found = evaluated(node, key_results=KEY_RESULTS, edges=[BELOW]).objectives[PARENT]
    assert found.values.progress == Decimal(progress)
    assert {term.id.int for term in found.terms} == counted


def test_both_are_peers_in_one_mean_and_not_a_mean_of_means() -> None:
    heavy = [replace(KEY_RESULTS[0], weight=2.0), KEY_RESULTS[1]]
    found = evaluated(objective(source="BOTH"), key_results=heavy, edges=[BELOW]).objectives[PARENT]
    assert found.values.progress == (2 * Decimal("0.27") + Decimal("0.18") + Decimal("0.73")) / 4


@pytest.mark.parametrize(
    ("said", "reason"), [(None, "NO_DATA"), (Decimal(0), "COMPUTED"), (Decimal("0.4"), "COMPUTED")]
)
def test_a_manual_objective_is_what_was_said(said: Decimal | None, reason: str) -> None:
    found = (
        evaluated(objective(source="MANUAL", stated_progress=said), key_results=KEY_RESULTS).objectives[PARENT].values
    )
    assert (found.progress, found.raw, found.reason, found.has_data) == (said, said, reason, said is not None)


def test_a_manual_minus_0_is_0() -> None:
    found = evaluated(objective(source="MANUAL", stated_progress=Decimal("-0"))).objectives[PARENT].values
    assert found.progress == 0
    assert not found.progress.is_signed()


def test_a_key_result_out_of_aligned_objectives_counts_them_once() -> None:
    served = key_result(11, 3, value_source="ALIGNED_OBJECTIVES")
    to_it = [edge(21, 0.2, parent_key_result_id=served.id), edge(22, 0.4, 3.0, parent_key_result_id=served.id)]
    direct = [edge(23, 0.85), edge(24, 0.6, kind="SUPPORTS")]
    found = evaluated(objective(source="BOTH"), key_results=[served], edges=[*to_it, *direct])
    assert found.key_results[served.id].values.progress == Decimal("0.35")
    assert {term.id.int for term in found.key_results[served.id].terms} == {21, 22}
    above = found.objectives[PARENT]
    assert above.values.progress == Decimal("0.6")
    assert {term.id.int for term in above.terms} == {11, 23}
    assert [each.id.int for each in above.excluded] == [24]


def test_a_key_result_nobody_serves_has_nothing_to_count() -> None:
    served = key_result(11, 3, value_source="ALIGNED_OBJECTIVES")
    supported = edge(21, 0.2, kind="SUPPORTS", parent_key_result_id=served.id)
    found = evaluated(objective(), key_results=[served], edges=[supported, edge(22, 0.9)])
    values = found.key_results[served.id]
    assert (values.values.progress, values.values.reason) == (None, "NO_CONTRIBUTORS")
    assert [(each.id.int, each.reason) for each in values.excluded] == [(21, "SUPPORTS")]
    assert found.objectives[PARENT].values.progress is None


def test_two_parents_both_count_their_common_child_as_it_is_now() -> None:
    other, top = UUID(int=3), UUID(int=4)
    stale = edge(CHILD.int, 0.99)
    assert stale.child != EMPTY
    found = evaluated(
        objective(CHILD),
        objective(PARENT, source="ALIGNED_OBJECTIVES"),
        objective(other, source="BOTH"),
        objective(top, source="ALIGNED_OBJECTIVES"),
        key_results=[key_result(11, 40, objective_id=CHILD), key_result(12, 80, objective_id=other)],
        edges=[
            stale,
            replace(stale, parent_id=other),
            replace(stale, objective_id=PARENT, parent_id=top),
            replace(stale, objective_id=other, parent_id=top),
        ],
    )
    progress = {id.int: derivation.values.progress for id, derivation in found.objectives.items()}
    assert progress == {2: Decimal("0.4"), 1: Decimal("0.4"), 3: Decimal("0.6"), 4: Decimal("0.5")}


def test_regress_is_seen_above_and_progress_stays_above_0() -> None:
    node = key_result(11, 0, definition=Definition("DECREASE", baseline=Decimal(12), target=Decimal(4)))
    found = of(replace(node, evidence=Evidence(Decimal(14)))).values
    assert (found.progress, found.raw, found.reason, found.regressed) == (0, -0.25, "REGRESSED", True)
