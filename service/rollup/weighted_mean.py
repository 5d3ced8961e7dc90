"""The weighted mean of what counts toward a goal, in exact fractions (docs/numbers.md, 6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from uuid import UUID

from service.key_results.progress import ProgressReason, clamp
from service.rollup.tree import Exclusion, GoalValues, Term
from service.values.decimals import decimal_from_float


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Mean:
    """Σ w·p / Σ w over the `terms`, exact, `value` 0..1 and `raw` without bounds; None with a reason. `coverage` is
    Σ w of the terms / Σ w of all active contributors; None where that is 0."""

    value: Fraction | None
    raw: Fraction | None
    reason: ProgressReason
    coverage: Fraction | None
    terms: Sequence[Term]
    excluded: Sequence[Exclusion]


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
    weights = [weight_of(term.weight) for term in terms]
    total = _exact_sum([weight.as_integer_ratio() for weight in weights])
    active = _exact_sum([weight_of(each.weight).as_integer_ratio() for each in contributors if each.is_active])
    coverage = total / active if active else None
    if total == 0:
        reason = ProgressReason.ALL_WEIGHTS_ZERO if terms else ProgressReason.NO_CONTRIBUTORS
        return Mean(None, None, reason, coverage, terms, left_out)
    value = _weighted_sum(weights, [term.progress for term in terms]) / total
    raw = _weighted_sum(weights, [term.raw for term in terms]) / total
    reason = ProgressReason.REGRESSED if raw < 0 else ProgressReason.COMPUTED
    return Mean(clamp(value), raw, reason, coverage, terms, left_out)


def _weighted_sum(weights: Sequence[Fraction], values: Sequence[Decimal]) -> Fraction:
    """Σ w·p, exact."""
    ratios = []
    for weight, value in zip(weights, values, strict=True):
        numerator, denominator = value.as_integer_ratio()
        ratios.append((weight.numerator * numerator, weight.denominator * denominator))
    return _exact_sum(ratios)


def _exact_sum(ratios: Sequence[tuple[int, int]]) -> Fraction:
    """The sum of numerators over denominators. One common denominator takes a tenth of the time of fractions."""
    common = lcm(*(denominator for _, denominator in ratios))
    return Fraction(sum(numerator * (common // denominator) for numerator, denominator in ratios), common)


@lru_cache(maxsize=4096)
def weight_of(weight: float) -> Fraction:
    """The exact decimal number that a weight was written as."""
    return Fraction(decimal_from_float(weight))


def _exclusion_reason(each: Contributor) -> str | None:
    if each.archived:
        return "ARCHIVED"
    if each.lifecycle != "ACTIVE":
        return each.lifecycle
    return "NO_PROGRESS" if each.values.progress is None or each.values.raw is None else None
