"""How a value stands against its target: attainment and status.

Source of the formulas: docs/numbers.md, 13.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from service.kpis.enums import Direction, KpiStatus, KpiStatusReason, ThresholdKind
from service.values.decimals import ExactNumber, difference, quotient

GREEN, AMBER = Decimal(1), Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Target:
    """What a value should be on the days from `starts_on` to `ends_on`, both inside (None: without end).

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


@dataclass(frozen=True, slots=True)
class Judgement:
    """A value compared with its target. `share` is 1 where the target is exactly met, `variance_to_target` is in the
    KPI's unit; both are exact, and None where there is nothing to compare."""

    target: Target | None
    share: ExactNumber | None
    variance_to_target: ExactNumber | None
    status: KpiStatus
    status_reason: KpiStatusReason

    @property
    def attainment(self) -> float | None:
        """The share as an answer shows it."""
        return as_float(self.share)


def target_on(targets: Sequence[Target], day: date) -> Target | None:
    """The target that covers a day; `targets` are in the order of time, and at most one covers it."""
    place = bisect_right(targets, day, key=lambda target: target.starts_on) - 1
    if place < 0:
        return None
    found = targets[place]
    return found if found.ends_on is None or day <= found.ends_on else None


def judge(direction: str, value: ExactNumber | None, target: Target | None, *, on_scale: bool = False) -> Judgement:
    """The judgement of a value. With `on_scale`, value and target are places on the scale of a qualitative KPI."""
    if on_scale:
        return Judgement(
            target, None, variance_to_target(Direction.HIGHER, value, target), *scale_status(value, target)
        )
    found, reason = status(direction, value, target)
    return Judgement(
        target, share(direction, value, target), variance_to_target(direction, value, target), found, reason
    )


def attainment(direction: str, value: ExactNumber | None, target: Target | None) -> float | None:
    """As `share`, rounded once to a float."""
    return as_float(share(direction, value, target))


def share(direction: str, value: ExactNumber | None, target: Target | None) -> ExactNumber | None:
    """How far a value meets its target: 1 is exactly; HIGHER a/t; LOWER 2 - a/t; RANGE 1 inside the band,
    else 1 - distance / width, at least 0.

    At t = 0 it is met (1) or not (0). None without value or target, and at t < 0, where a ratio says nothing.
    """
    if value is None or target is None:
        return None
    if direction == Direction.RANGE:
        return _in_band(value, target)
    if target.value is None or target.value < 0:
        return None
    if target.value == 0:
        return Decimal(value <= 0 if direction == Direction.LOWER else value >= 0)
    found = quotient(value, target.value)
    return difference(Decimal(2), found) if direction == Direction.LOWER else found


def as_float(found: ExactNumber | None) -> float | None:
    """A share as a float; -0 is 0."""
    return None if found is None else float(found) + 0.0


def variance_to_target(direction: str, value: ExactNumber | None, target: Target | None) -> ExactNumber | None:
    """What is missing to the target in the KPI's unit: value - target, so below 0 a HIGHER one falls short;
    for RANGE the way to the nearer bound, 0 inside."""
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
    """GREEN, AMBER or RED with its reason; a boundary belongs to the better side."""
    if value is None:
        return KpiStatus.NO_DATA, KpiStatusReason.NO_VALUE
    if target is None:
        return KpiStatus.NO_TARGET, KpiStatusReason.TARGET_MISSING
    if target.kind == ThresholdKind.ABSOLUTE:
        return _absolute(direction, value, target), KpiStatusReason.ABSOLUTE_THRESHOLDS
    reached = share(direction, value, target) or Decimal(0)
    green = GREEN if target.green is None else target.green
    amber = AMBER if target.amber is None else target.amber
    found = KpiStatus.GREEN if reached >= green else KpiStatus.AMBER if reached >= amber else KpiStatus.RED
    return found, KpiStatusReason.RATIO_THRESHOLDS


def scale_status(value: ExactNumber | None, target: Target | None) -> tuple[KpiStatus, KpiStatusReason]:
    """GREEN at or above the target's place on a scale, AMBER one place below it, else RED; with the reason."""
    if value is None:
        return KpiStatus.NO_DATA, KpiStatusReason.NO_VALUE
    if target is None or target.value is None:
        return KpiStatus.NO_TARGET, KpiStatusReason.TARGET_MISSING
    below = difference(target.value, value)
    found = KpiStatus.GREEN if below <= 0 else KpiStatus.AMBER if below <= 1 else KpiStatus.RED
    return found, KpiStatusReason.TARGET_LABEL


def _absolute(direction: str, value: ExactNumber, target: Target) -> KpiStatus:
    measured = value
    falling = direction == Direction.LOWER
    if direction == Direction.RANGE:
        outside = variance_to_target(direction, value, target) or Decimal(0)
        # Not abs(): of a decimal it rounds to the context of whoever asks.
        measured, falling = outside.copy_abs() if isinstance(outside, Decimal) else abs(outside), True
    for limit, found in ((target.green, KpiStatus.GREEN), (target.amber, KpiStatus.AMBER)):
        if limit is not None and (measured <= limit if falling else measured >= limit):
            return found
    return KpiStatus.RED


def _in_band(value: ExactNumber, target: Target) -> ExactNumber | None:
    lower, upper = target.lower, target.upper
    if lower is None or upper is None:
        return None
    if lower <= value <= upper:
        return Decimal(1)
    width = difference(upper, lower)
    outside = difference(lower, value) if value < lower else difference(value, upper)
    return max(difference(Decimal(1), quotient(outside, width)), Decimal(0)) if width else Decimal(0)
