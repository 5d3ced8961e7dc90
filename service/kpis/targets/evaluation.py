"""Judges a value against its target: attainment and status.

Source of the formulas: docs/numbers.md, 13.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from service.kpis.enums import Direction, KpiStatus, KpiStatusReason, ThresholdKind
from service.values.decimals import ExactNumber, difference, quotient
from service.values.record import record

GREEN_ATTAINMENT, AMBER_ATTAINMENT = Decimal(1), Decimal("0.9")


@record
class Target:
    """The target of the days from `starts_on` to `ends_on`, both inside (None: without end).

    `value` for HIGHER and LOWER, `lower` and `upper` for RANGE. `green` and `amber` are attainments, or
    values where `kind` is ABSOLUTE (distances outside of the band for RANGE). The numbers of a mean of targets are
    exact fractions.
    """

    starts_on: date
    ends_on: date | None = None
    value: ExactNumber | None = None
    lower: ExactNumber | None = None
    upper: ExactNumber | None = None
    kind: str = ThresholdKind.RATIO
    green: ExactNumber | None = None
    amber: ExactNumber | None = None


@record
class Judgement:
    """A value compared with its target. `exact_attainment` is 1 if the target is exactly met. `variance_to_target` is
    in the KPI's unit. Both are exact, and None if there is nothing to compare."""

    target: Target | None
    exact_attainment: ExactNumber | None
    variance_to_target: ExactNumber | None
    status: KpiStatus
    status_reason: KpiStatusReason

    @property
    def attainment(self) -> float | None:
        """The exact attainment as a float, as an answer shows it."""
        return as_float(self.exact_attainment)


def target_on(targets: Sequence[Target], day: date) -> Target | None:
    """The target that covers a day; `targets` are in the order of time, and at most one covers it."""
    index = bisect_right(targets, day, key=lambda target: target.starts_on) - 1
    if index < 0:
        return None
    target = targets[index]
    return target if target.ends_on is None or day <= target.ends_on else None


def judge(direction: str, value: ExactNumber | None, target: Target | None, *, on_scale: bool = False) -> Judgement:
    """The judgement of a value. With `on_scale`, value and target are indexes of labels of a qualitative KPI."""
    if on_scale:
        return Judgement(
            target, None, variance_to_target(Direction.HIGHER, value, target), *scale_status(value, target)
        )
    attained = exact_attainment(direction, value, target)
    return Judgement(
        target,
        attained,
        variance_to_target(direction, value, target),
        *_status_of(direction, value, target, attained),
    )


def attainment(direction: str, value: ExactNumber | None, target: Target | None) -> float | None:
    """As `exact_attainment`, rounded once to a float."""
    return as_float(exact_attainment(direction, value, target))


def exact_attainment(direction: str, value: ExactNumber | None, target: Target | None) -> ExactNumber | None:
    """Attainment of target t by value a: HIGHER a/t; LOWER 2 - a/t; RANGE 1 inside the band, else
    1 - distance / width, at least 0.

    At t = 0 it is 1 if met, else 0. None without value or target, and at t < 0.
    """
    if value is None or target is None:
        return None
    if direction == Direction.RANGE:
        return _band_attainment(value, target)
    if target.value is None or target.value < 0:
        return None
    if target.value == 0:
        return Decimal(value <= 0 if direction == Direction.LOWER else value >= 0)
    ratio = quotient(value, target.value)
    return difference(Decimal(2), ratio) if direction == Direction.LOWER else ratio


def as_float(exact: ExactNumber | None) -> float | None:
    """An attainment as a float; -0 is 0."""
    return None if exact is None else float(exact) + 0.0


def variance_to_target(direction: str, value: ExactNumber | None, target: Target | None) -> ExactNumber | None:
    """value - target, in the KPI's unit; for RANGE the signed distance to the nearer bound, 0 inside the band. None
    without value or target."""
    if value is None or target is None:
        return None
    if direction == Direction.RANGE:
        if target.lower is not None and value < target.lower:
            return difference(value, target.lower)
        if target.upper is not None and value > target.upper:
            return difference(value, target.upper)
        return Decimal(0)
    return None if target.value is None else difference(value, target.value)


def status(direction: str, value: ExactNumber | None, target: Target | None) -> tuple[KpiStatus, KpiStatusReason]:
    """The status with its reason. A value exactly on a threshold has the better status."""
    return _status_of(direction, value, target, exact_attainment(direction, value, target))


def scale_status(value: ExactNumber | None, target: Target | None) -> tuple[KpiStatus, KpiStatusReason]:
    """The status on a scale with its reason: GREEN at or above the target's label, AMBER one below, else RED."""
    if value is None:
        return KpiStatus.NO_DATA, KpiStatusReason.NO_VALUE
    if target is None or target.value is None:
        return KpiStatus.NO_TARGET, KpiStatusReason.TARGET_MISSING
    below = difference(target.value, value)
    result = KpiStatus.GREEN if below <= 0 else KpiStatus.AMBER if below <= 1 else KpiStatus.RED
    return result, KpiStatusReason.TARGET_LABEL


def _status_of(
    direction: str, value: ExactNumber | None, target: Target | None, attained: ExactNumber | None
) -> tuple[KpiStatus, KpiStatusReason]:
    if value is None:
        return KpiStatus.NO_DATA, KpiStatusReason.NO_VALUE
    if target is None:
        return KpiStatus.NO_TARGET, KpiStatusReason.TARGET_MISSING
    if target.kind == ThresholdKind.ABSOLUTE:
        return _absolute_status(direction, value, target), KpiStatusReason.ABSOLUTE_THRESHOLDS
    attained = attained or Decimal(0)
    green = GREEN_ATTAINMENT if target.green is None else target.green
    amber = AMBER_ATTAINMENT if target.amber is None else target.amber
    result = KpiStatus.GREEN if attained >= green else KpiStatus.AMBER if attained >= amber else KpiStatus.RED
    return result, KpiStatusReason.RATIO_THRESHOLDS


def _absolute_status(direction: str, value: ExactNumber, target: Target) -> KpiStatus:
    compared = value
    is_lower_better = direction == Direction.LOWER
    if direction == Direction.RANGE:
        outside = variance_to_target(direction, value, target) or Decimal(0)
        # Not abs(), which rounds a Decimal to the context of the caller.
        compared, is_lower_better = outside.copy_abs() if isinstance(outside, Decimal) else abs(outside), True
    for limit, result in ((target.green, KpiStatus.GREEN), (target.amber, KpiStatus.AMBER)):
        if limit is not None and (compared <= limit if is_lower_better else compared >= limit):
            return result
    return KpiStatus.RED


def _band_attainment(value: ExactNumber, target: Target) -> ExactNumber | None:
    lower, upper = target.lower, target.upper
    if lower is None or upper is None:
        return None
    if lower <= value <= upper:
        return Decimal(1)
    width = difference(upper, lower)
    outside = difference(lower, value) if value < lower else difference(value, upper)
    return max(difference(Decimal(1), quotient(outside, width)), Decimal(0)) if width else Decimal(0)
