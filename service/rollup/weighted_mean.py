"""The weighted mean of what counts toward a goal, in exact fractions (docs/numbers.md, 6)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from operator import mul
from uuid import UUID

from service.key_results.progress import ProgressReason, clamp
from service.rollup.tree import Edge, Exclusion, GoalValues, Term
from service.values.decimals import PROGRESS_SCALE, decimal_from_float, scaled_progress
from service.values.record import record


@record
class Contributor:
    """A goal that may count toward its parent."""

    id: UUID
    weight: float
    lifecycle: str
    archived: bool
    values: GoalValues

    @property
    def is_active(self) -> bool:
        """Whether the contributor is in force, with or without progress."""
        return not self.archived and self.lifecycle == "ACTIVE"


@record
class Mean:
    """Σ w·p / Σ w over the `terms`, exact, `value` 0..1 and `raw` without bounds; None with a reason. `coverage` is
    Σ w of the terms / Σ w of all active contributors; None where that is 0."""

    value: Fraction | None
    raw: Fraction | None
    reason: ProgressReason
    coverage: Fraction | None
    terms: Sequence[Term]
    excluded: Sequence[Exclusion]


def contributing(edges: Iterable[Edge]) -> Sequence[Contributor]:
    """The objectives that contribute by these alignments."""
    return [
        Contributor(edge.objective_id, edge.weight, edge.lifecycle, edge.archived, edge.child)
        for edge in edges
        if edge.kind == "CONTRIBUTES"
    ]


def supporting_exclusions(edges: Iterable[Edge]) -> list[Exclusion]:
    """The objectives that support by these alignments, which never count."""
    return [Exclusion(edge.objective_id, "SUPPORTS") for edge in edges if edge.kind != "CONTRIBUTES"]


def mean_of(contributors: Sequence[Contributor], excluded: Iterable[Exclusion]) -> Mean:
    """The mean of the contributors that count; those that do not are listed after the `excluded`."""
    terms: list[Term] = []
    left_out = list(excluded)
    for each in contributors:
        reason = _exclusion_reason(each)
        if reason:
            left_out.append(Exclusion(each.id, reason))
        else:
            assert each.values.progress is not None
            assert each.values.raw is not None
            terms.append(Term(each.id, each.weight, each.values.progress, each.values.raw))
    active = [each for each in contributors if each.is_active]
    weights, active_weights = _integers([term.weight for term in terms], [each.weight for each in active])
    total, total_active = sum(weights), sum(active_weights)
    coverage = Fraction(total, total_active) if total_active else None
    if total == 0:
        reason = ProgressReason.ALL_WEIGHTS_ZERO if terms else ProgressReason.NO_CONTRIBUTORS
        return Mean(None, None, reason, coverage, terms, left_out)
    value = _mean(weights, [term.progress for term in terms], total)
    raw = _mean(weights, [term.raw for term in terms], total)
    reason = ProgressReason.REGRESSED if raw < 0 else ProgressReason.COMPUTED
    return Mean(clamp(value), raw, reason, coverage, terms, left_out)


@record
class Remainder:
    """How many contributors are hidden, Σ w of them, and their part of the mean, Σ w·p of them / Σ w of all; None if
    all weights are 0."""

    count: int
    weight: float
    contribution: float | None


def remainder_of(contributors: Iterable[tuple[float, Decimal, bool]]) -> Remainder | None:
    """The remainder of contributors with weight, progress and whether they are hidden; None if none is."""
    every = list(contributors)
    hidden = [(weight, progress) for weight, progress, is_hidden in every if is_hidden]
    if not hidden:
        return None
    weights, all_weights = _integers([weight for weight, _ in hidden], [weight for weight, _, _ in every])
    total = sum(all_weights)
    part = _mean(weights, [progress for _, progress in hidden], total) if total else None
    return Remainder(len(hidden), sum(weight for weight, _ in hidden), None if part is None else float(part))


def _mean(weights: Sequence[int], values: Sequence[Decimal], total: int) -> Fraction:
    """Σ w·p / `total`, exact."""
    return Fraction(sum(map(mul, weights, map(scaled_progress, values))), total * PROGRESS_SCALE)


def _integers(*lists: Sequence[float]) -> list[list[int]]:
    """The weights of several lists, multiplied by their common denominator.

    Whole numbers take a tenth of the time of fractions.
    """
    ratios = [[_ratio_of(weight) for weight in weights] for weights in lists]
    common = lcm(*(denominator for each in ratios for _, denominator in each))
    return [[numerator * (common // denominator) for numerator, denominator in each] for each in ratios]


@lru_cache(maxsize=4096)
def _ratio_of(weight: float) -> tuple[int, int]:
    """The exact decimal number that a weight was written as, as a ratio."""
    return decimal_from_float(weight).as_integer_ratio()


def _exclusion_reason(each: Contributor) -> str | None:
    if each.archived:
        return "ARCHIVED"
    if each.lifecycle != "ACTIVE":
        return each.lifecycle
    return "NO_PROGRESS" if each.values.progress is None or each.values.raw is None else None
