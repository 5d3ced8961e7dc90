"""What cells of a report add up to, by the pure functions."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from service.alignment.states import AlignmentState
from service.cycles.scores import PortfolioFlag, ScoreBand, band_of, needs_postmortem
from service.rollup.cycle_report import (
    ConfidenceLevel,
    cells_by_key,
    confidence_level,
    count_goals,
    ordered_keys,
)
from service.rollup.status_counts import share
from service.rollup.status_timeline import Staleness, Status
from service.values.decimals import round_progress


@dataclass(frozen=True)
class ACell:
    """A cell of an objective or several equal ones."""

    key: str | None
    status: str
    overdue_status: str | None
    staleness: str | None
    score_band: str | None
    confidence_level: str
    kind: str | None
    postmortem_kind: str | None
    alignment_state: str | None
    count: int
    score_sum: Decimal | None
    confidence_sum: Decimal | None


def cell(
    key: str | None,
    status: str,
    staleness: str | None,
    score: Decimal | None,
    confidence: Decimal | None,
    kind: str,
    alignment: str,
    count: int,
) -> ACell:
    level = confidence_level(None if confidence is None else float(confidence))
    return ACell(
        *(key, status, status if staleness == "OVERDUE" else None, staleness, band_of(score), level, kind),
        *("COMMITTED" if needs_postmortem(kind, score) else None, alignment, count),
        None if score is None else score * count,
        None if confidence is None else confidence * count,
    )


SHARES = st.none() | st.decimals(0, 1, places=3)
CELLS = st.lists(
    st.builds(
        cell,
        st.none() | st.sampled_from(["a", "b"]),
        st.sampled_from(Status),
        st.none() | st.sampled_from(Staleness),
        SHARES,
        SHARES,
        st.sampled_from(["ASPIRATIONAL", "COMMITTED", "LEARNING"]),
        st.sampled_from(AlignmentState),
        st.integers(1, 3),
    ),
    max_size=12,
)


@given(CELLS)
def test_each_facet_adds_up_to_the_goals(cells: list[ACell]) -> None:
    counts = count_goals(cells)
    facets = (counts.staleness, counts.score_bands, counts.confidence_levels, counts.alignment)
    sums = [sum(each.values()) for each in facets]
    sums += [counts.statuses.total, sum(each.count for each in counts.kinds)]
    assert sums == [sum(each.count for each in cells)] * 6 == [counts.count] * 6
    assert all(0 not in each.values() for each in facets)
    assert counts.statuses.overdue_count == counts.staleness.get(Staleness.OVERDUE, 0)


@given(CELLS)
def test_groups_add_up_to_the_report(cells: list[ACell]) -> None:
    total, groups = count_goals(cells), [count_goals(each) for each in cells_by_key(cells).values()]
    for facet in ("staleness", "score_bands", "confidence_levels", "alignment"):
        sums: Counter[object] = Counter()
        for group in groups:
            sums.update(getattr(group, facet))
        assert sums == Counter(getattr(total, facet))
    assert sum(group.statuses.overdue_count for group in groups) == total.statuses.overdue_count
    assert sum(kind.postmortem_count for group in groups for kind in group.kinds) == sum(
        kind.postmortem_count for kind in total.kinds
    )


@given(CELLS)
def test_means_are_exact(cells: list[ACell]) -> None:
    counts = count_goals(cells)
    for kind in counts.kinds:
        own = [each for each in cells if each.kind == kind.kind and each.score_sum is not None]
        scored = sum(each.count for each in own)
        assert kind.scored_count == scored
        total = sum((Fraction(each.score_sum) for each in own if each.score_sum is not None), Fraction(0))
        assert kind.mean_score == (round_progress(total / scored) if scored else None)
        if kind.kind != "ASPIRATIONAL":
            assert kind.portfolio_flag is None
    stated = [each for each in cells if each.confidence_sum is not None]
    mean = sum((Fraction(each.confidence_sum or 0) for each in stated), Fraction(0))
    assert counts.confidence == (round_progress(mean / sum(each.count for each in stated)) if stated else None)


@given(st.floats(0, 1))
def test_a_level_is_a_third(confidence: float) -> None:
    level = confidence_level(confidence)
    assert level is not ConfidenceLevel.NONE
    third = (ConfidenceLevel.LOW, ConfidenceLevel.MEDIUM, ConfidenceLevel.HIGH).index(level)
    assert third / 3 - 1e-15 <= confidence <= (third + 1) / 3


def test_nothing_comes_to_nothing() -> None:
    counts = count_goals([])
    assert (counts.count, counts.confidence, counts.alignment_rate, counts.kinds) == (0, None, None, [])
    assert counts.statuses.green_share is None
    assert share(0, 0) is None
    assert share(1, 3) == 1 / 3


def test_the_top_needs_no_parent() -> None:
    def rate(*states: AlignmentState) -> float | None:
        return count_goals(
            [cell(None, "PENDING", None, None, None, "LEARNING", each, 1) for each in states]
        ).alignment_rate

    top, aligned, unaligned = AlignmentState.TOP, AlignmentState.ALIGNED, AlignmentState.UNALIGNED
    assert rate(top) is None
    assert rate(top, aligned) == 1
    assert rate(aligned, unaligned, unaligned, unaligned, top) == 0.25


def test_the_flag_is_on_aspirational_objectives() -> None:
    cells = [
        cell(None, "ACHIEVED", None, Decimal("0.9"), None, kind, "TOP", 2) for kind in ("ASPIRATIONAL", "COMMITTED")
    ]
    aspirational, committed = count_goals(cells).kinds
    assert (aspirational.portfolio_flag, aspirational.postmortem_count) == (PortfolioFlag.SANDBAGGING, 0)
    assert (committed.portfolio_flag, committed.postmortem_count) == (None, 2)
    assert count_goals(cells).score_bands == {ScoreBand.GREEN: 4}


def test_groups_without_a_key_come_last() -> None:
    assert ordered_keys(["b", None, "a", "b"]) == ["a", "b", None]
    assert ordered_keys(["TEAM", None, "COMPANY"], ["COMPANY", "TEAM", "INDIVIDUAL"]) == ["COMPANY", "TEAM", None]
    assert ordered_keys(["COMPANY", "INDIVIDUAL"], ["INDIVIDUAL", "COMPANY"]) == ["INDIVIDUAL", "COMPANY"]
