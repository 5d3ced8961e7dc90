"""Computes the progress of a key result from its definition and its evidence."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from service.values.decimals import EXACT_CONTEXT, ExactNumber, decimal_from_float, difference, to_decimal
from service.values.record import record


class ProgressReason(StrEnum):
    """The reason why progress has its value or is missing."""

    COMPUTED = "COMPUTED"
    NO_CHECK_IN = "NO_CHECK_IN"
    REGRESSED = "REGRESSED"
    BASELINE_MISSING = "BASELINE_MISSING"
    BASELINE_ZERO = "BASELINE_ZERO"
    TARGET_EQUALS_BASELINE = "TARGET_EQUALS_BASELINE"
    BASELINE_BEYOND_TARGET = "BASELINE_BEYOND_TARGET"
    NO_DATA = "NO_DATA"
    NO_MILESTONES = "NO_MILESTONES"
    NOT_MEASURABLE = "NOT_MEASURABLE"
    NO_CONTRIBUTORS = "NO_CONTRIBUTORS"
    ALL_WEIGHTS_ZERO = "ALL_WEIGHTS_ZERO"


@record
class Definition:
    """The definition of a key result. `target` is the limit of AT_LEAST and AT_MOST; `change_by` is the amount
    or the percentage of the BY kinds, always positive; `lower` and `upper` bound WITHIN_RANGE, inclusive."""

    kind: str | None
    mode: str = "LATEST"
    baseline: Decimal | None = None
    target: Decimal | None = None
    change_by: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None


@record
class Evidence:
    """The values of a key result. `latest` is in its unit; a mean is an exact fraction. `adherence` has one value for
    each period with a value, of `expected` periods in the cycle. `missing` are the ends of the periods without a value,
    in order. `milestones` are pairs (weight, done)."""

    latest: ExactNumber | None = None
    adherence: Sequence[Decimal] = ()
    expected: int = 0
    milestones: Sequence[tuple[float, bool]] = field(default=())
    missing: Sequence[datetime] = ()


@record
class Progress:
    """`value` in 0..1 and `raw` unclamped, both exact, and None if progress is missing. `current` is in the unit of the
    key result, rounded as it is stored."""

    value: Fraction | None
    raw: Fraction | None
    reason: ProgressReason
    current: Decimal | None = None
    has_data: bool = False

    @property
    def regressed(self) -> bool:
        """Whether the value is worse than the baseline."""
        return self.raw is not None and self.raw < 0


def progress(definition: Definition, evidence: Evidence) -> Progress:
    """Progress of a key result that aligned objectives do not measure (docs/numbers.md, 3 and 4).

    raw = (current - baseline) / (target - baseline) for the linear kinds, in either direction.
    """
    if definition.kind is None:
        return _computed(None, evidence, ProgressReason.NOT_MEASURABLE)
    if definition.kind == "MILESTONE":
        return _milestones(evidence)
    if definition.kind == "BASELINE":
        return _baseline(definition, evidence)
    if definition.kind in CONTROL:
        return _control(definition, evidence)
    return _linear(definition, evidence)


NONE_DONE, ALL_DONE = Fraction(0), Fraction(1)
CONTROL = frozenset({"AT_LEAST", "AT_MOST", "WITHIN_RANGE"})
CHANGES = frozenset({"INCREASE_BY", "DECREASE_BY", "INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT"})
FALLING = frozenset({"DECREASE", "DECREASE_BY", "DECREASE_BY_PERCENT", "AT_MOST"})


def baseline_of(definition: Definition) -> Decimal | None:
    """The baseline of a linear key result: 0 for REACH and BINARY."""
    return Decimal(0) if definition.kind in ("REACH", "BINARY") else definition.baseline


def target_of(definition: Definition) -> Decimal | None:
    """The target: baseline ± change or baseline ± percent · |baseline| for the BY kinds, None without a baseline."""
    baseline, change = definition.baseline, definition.change_by
    if definition.kind == "BINARY":
        return Decimal(1)
    if definition.kind not in CHANGES:
        return definition.target
    if baseline is None or change is None:
        return None
    with localcontext(EXACT_CONTEXT):
        amount = change * abs(baseline) / 100 if definition.kind.endswith("PERCENT") else change
        return baseline - amount if definition.kind in FALLING else baseline + amount


def met(definition: Definition, value: ExactNumber) -> bool:
    """Whether a value meets the limit of a control kind; a value exactly on the limit does."""
    if definition.kind == "WITHIN_RANGE":
        return (definition.lower is None or value >= definition.lower) and (
            definition.upper is None or value <= definition.upper
        )
    assert definition.target is not None
    return value <= definition.target if definition.kind in FALLING else value >= definition.target


def clamp(raw: Fraction) -> Fraction:
    """`raw` within 0..1."""
    # Comparisons of fractions take most of the time of `min` and `max`.
    return NONE_DONE if raw.numerator < 0 else ALL_DONE if raw.numerator > raw.denominator else raw


def is_all_or_nothing(definition: Definition, evidence: Evidence) -> bool:
    """Whether progress can only be 0 or 1."""
    return definition.kind in ("BINARY", "BASELINE") or (
        definition.kind == "MILESTONE" and len(evidence.milestones) == 1
    )


def _linear(definition: Definition, evidence: Evidence) -> Progress:
    baseline, target = baseline_of(definition), target_of(definition)
    if baseline is None:
        return _computed(None, evidence, ProgressReason.BASELINE_MISSING)
    if target is None:
        return _computed(None, evidence, ProgressReason.NOT_MEASURABLE)
    current = baseline if evidence.latest is None else evidence.latest
    if target == baseline:
        if definition.kind in ("INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT"):
            return _computed(None, evidence, ProgressReason.BASELINE_ZERO)
        # Only an import creates such a row. The quotient is undefined, so progress is 1 if met, else 0.
        return _computed(
            _target_met(definition, current, target), evidence, ProgressReason.TARGET_EQUALS_BASELINE, current
        )
    if definition.kind in ("INCREASE", "DECREASE") and (baseline > target) == (definition.kind == "INCREASE"):
        # Only a KPI sets such a baseline. The quotient would reward the wrong direction, so it is 1 or 0.
        return _computed(
            _target_met(definition, current, target), evidence, ProgressReason.BASELINE_BEYOND_TARGET, current
        )
    raw = Fraction(difference(current, baseline)) / Fraction(difference(target, baseline))
    if definition.kind == "BINARY":
        # A value from before a change of the kind may be any number.
        raw = Fraction(current >= target)
    reason = ProgressReason.REGRESSED if raw < 0 else ProgressReason.COMPUTED
    if evidence.latest is None:
        reason = ProgressReason.NO_CHECK_IN
    return _computed(raw, evidence, reason, current)


def _target_met(definition: Definition, current: ExactNumber, target: Decimal) -> Fraction:
    """1 if the target is met, else 0."""
    return Fraction(current <= target if definition.kind in FALLING else current >= target)


def _control(definition: Definition, evidence: Evidence) -> Progress:
    unbounded = definition.lower is None and definition.upper is None
    if unbounded if definition.kind == "WITHIN_RANGE" else definition.target is None:
        return _computed(None, evidence, ProgressReason.NOT_MEASURABLE)
    if evidence.latest is None:
        return _computed(None, evidence, ProgressReason.NO_DATA)
    if definition.mode == "ADHERENCE":
        expected = max(evidence.expected, len(evidence.adherence), 1)
        return _computed(Fraction(periods_met(definition, evidence), expected), evidence)
    if definition.mode == "DISTANCE" and definition.target is not None and definition.target > 0:
        share = Fraction(evidence.latest) / Fraction(definition.target)
        return _computed(2 - share if definition.kind == "AT_MOST" else share, evidence)
    return _computed(Fraction(met(definition, evidence.latest)), evidence)


def periods_met(definition: Definition, evidence: Evidence) -> int:
    """The number of adherence periods with a value that meets the limit."""
    return sum(met(definition, value) for value in evidence.adherence)


def _milestones(evidence: Evidence) -> Progress:
    if not evidence.milestones:
        return Progress(None, None, ProgressReason.NO_MILESTONES)
    weights = [Fraction(decimal_from_float(weight)) for weight, _ in evidence.milestones]
    # If all weights are 0, milestones count equally.
    counted = weights if sum(weights) else [Fraction(1)] * len(weights)
    done_weight = sum(weight for weight, (_, is_done) in zip(counted, evidence.milestones, strict=True) if is_done)
    share = Fraction(done_weight, sum(counted))
    return Progress(share, share, ProgressReason.COMPUTED, None, any(d for _, d in evidence.milestones))


def _baseline(definition: Definition, evidence: Evidence) -> Progress:
    recorded = definition.baseline if evidence.latest is None else evidence.latest
    reason = ProgressReason.NO_CHECK_IN if recorded is None else ProgressReason.COMPUTED
    share = Fraction(recorded is not None)
    return Progress(share, share, reason, to_decimal(recorded), recorded is not None)


def _computed(
    raw: Fraction | None,
    evidence: Evidence,
    reason: ProgressReason = ProgressReason.COMPUTED,
    current: ExactNumber | None = None,
) -> Progress:
    value = None if raw is None else clamp(raw)
    displayed = evidence.latest if current is None else current
    return Progress(value, raw, reason, to_decimal(displayed), evidence.latest is not None)
