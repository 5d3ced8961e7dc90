"""Progress of a key result (docs/numbers.md, 3 and 4), in exact fractions."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil

from tests.model.exact import clamped
from tests.model.facts import CONTROL_KINDS, DAY, CheckIn, Cycle, KeyResult

LINEAR_KINDS: tuple[str, ...] = ("INCREASE", "INCREASE_BY", "INCREASE_BY_PERCENT", "REACH", "DECREASE", "DECREASE_BY")
LINEAR_KINDS += ("DECREASE_BY_PERCENT",)


@dataclass(frozen=True)
class Progress:
    """What a key result has come to; `raw` is unclamped, `reason` says why there is none or how it came about."""

    raw: Fraction | None
    reason: str
    current: Fraction | None = None
    baseline: Fraction | None = None
    target: Fraction | None = None
    has_data: bool = False
    # Of a mean, whose parts are held to 0 to 1 each.
    mean: Fraction | None = None

    @property
    def progress(self) -> Fraction | None:
        if self.mean is not None:
            return self.mean
        return None if self.raw is None else clamped(self.raw)

    @property
    def regressed(self) -> bool:
        return self.raw is not None and self.raw < 0


def key_result_progress(key_result: KeyResult, cycle: Cycle, cadence: int, now: datetime) -> Progress:
    """Progress of a key result whose value does not come from objectives."""
    value, baseline = _value(key_result), _baseline(key_result)
    # A limit has no current before there is a value; a linear kind is where it began.
    current = baseline if value is None and key_result.kind not in CONTROL_KINDS else value
    target = target_of(key_result, baseline)
    raw, reason = _raw(key_result, cycle, cadence, now, value, baseline, target)
    has_data = value is not None or (key_result.kind == "BASELINE" and baseline is not None)
    return Progress(raw, reason, current, baseline, target, has_data)


def periods(cycle: Cycle, cadence: int) -> int:
    """How many adherence periods the span has; the last may be cut short."""
    return ceil((cycle.ends - cycle.starts) / (cadence * DAY))


def met_periods(key_result: KeyResult, cycle: Cycle, cadence: int) -> dict[int, bool]:
    """By the number of the period, whether its last value is within the limit; periods without a value are left out."""
    last: dict[int, CheckIn] = {}
    for each in sorted(key_result.check_ins, key=lambda each: each.order):
        if each.value is not None and cycle.starts <= each.at < cycle.ends:
            last[(each.at - cycle.starts) // (cadence * DAY)] = each
    return {number: _within(key_result, each.value) for number, each in last.items()}


def expected_adherence(key_result: KeyResult, cycle: Cycle, cadence: int, now: datetime) -> Fraction | None:
    """Periods met / periods expected until an instant: those that have a value, and those without one that are over."""
    met, number = met_periods(key_result, cycle, cadence), range(periods(cycle, cadence))
    over = {n for n in number if min(cycle.starts + (n + 1) * cadence * DAY, cycle.ends) <= now}
    expected = len(over | met.keys())
    return Fraction(sum(met.values()), expected) if expected else None


def _value(key_result: KeyResult) -> Fraction | None:
    """The latest value, where one comes from check-ins or from a KPI."""
    if key_result.value_source == "KPI":
        return key_result.followed.current if key_result.followed else None
    latest = key_result.latest("value")
    return latest.value if latest else None


def _baseline(key_result: KeyResult) -> Fraction | None:
    if key_result.kind in ("REACH", "BINARY"):
        return Fraction(0)
    if key_result.baseline is None and key_result.followed and key_result.kind in LINEAR_KINDS:
        return key_result.followed.baseline
    return key_result.baseline


def target_of(key_result: KeyResult, baseline: Fraction | None) -> Fraction | None:
    """The target as given, or made of the baseline."""
    kind = key_result.kind or ""
    if "_BY" not in kind:
        return key_result.target
    if baseline is None or key_result.change_by is None:
        return None
    change = key_result.change_by
    if kind.endswith("PERCENT"):
        change = change / 100 * abs(baseline)
    return baseline + (change if kind.startswith("INCREASE") else -change)


def _raw(
    key_result: KeyResult,
    cycle: Cycle,
    cadence: int,
    now: datetime,
    value: Fraction | None,
    baseline: Fraction | None,
    target: Fraction | None,
) -> tuple[Fraction | None, str]:
    """Progress without bounds, with its reason."""
    kind = key_result.kind
    if kind is None:
        return None, "NOT_MEASURABLE"
    if kind in LINEAR_KINDS:
        return _linear(key_result, value, baseline, target)
    if kind == "MILESTONE":
        return _milestones(key_result, now)
    if kind in ("BINARY", "BASELINE"):
        return _all_or_nothing(key_result, value)
    return _control(key_result, cycle, cadence, value)


def _linear(
    key_result: KeyResult, value: Fraction | None, baseline: Fraction | None, target: Fraction | None
) -> tuple[Fraction | None, str]:
    up = not (key_result.kind or "").startswith("DECREASE")
    if "_BY" in (key_result.kind or ""):
        if key_result.change_by is None:
            return None, "NOT_MEASURABLE"
    elif target is None:
        return None, "NOT_MEASURABLE"
    if baseline is None:
        return None, "BASELINE_MISSING"
    if target == baseline:
        if (key_result.kind or "").endswith("PERCENT"):
            return None, "BASELINE_ZERO"
        return _met(baseline if value is None else value, target, up), "TARGET_EQUALS_BASELINE"
    assert target is not None
    if (baseline > target) == up:
        return _met(baseline if value is None else value, target, up), "BASELINE_BEYOND_TARGET"
    if value is None:
        return Fraction(0), "NO_CHECK_IN"
    raw = (value - baseline) / (target - baseline)
    return raw, "REGRESSED" if raw < 0 else "COMPUTED"


def _met(value: Fraction, target: Fraction, up: bool) -> Fraction:
    return Fraction(value >= target if up else value <= target)


def _milestones(key_result: KeyResult, now: datetime) -> tuple[Fraction | None, str]:
    stages = key_result.stages
    if not stages:
        return None, "NO_MILESTONES"
    weights = [each.weight for each in stages]
    if not any(weights):
        weights = [Fraction(1)] * len(stages)
    done = [weight for weight, each in zip(weights, stages, strict=True) if each.done_at and each.done_at <= now]
    return sum(done, Fraction(0)) / sum(weights), "COMPUTED"


def _all_or_nothing(key_result: KeyResult, value: Fraction | None) -> tuple[Fraction | None, str]:
    if key_result.kind == "BASELINE":
        recorded = value is not None or key_result.baseline is not None
        return Fraction(recorded), "COMPUTED" if recorded else "NO_CHECK_IN"
    return (Fraction(0), "NO_CHECK_IN") if value is None else (value, "COMPUTED")


def _control(key_result: KeyResult, cycle: Cycle, cadence: int, value: Fraction | None) -> tuple[Fraction | None, str]:
    needed = (key_result.lower, key_result.upper) if key_result.kind == "WITHIN_RANGE" else (key_result.target,)
    if None in needed:
        return None, "NOT_MEASURABLE"
    if value is None:
        return None, "NO_DATA"
    if key_result.mode == "ADHERENCE":
        met = met_periods(key_result, cycle, cadence)
        return Fraction(sum(met.values()), periods(cycle, cadence) or 1), "COMPUTED"
    if key_result.mode == "DISTANCE":
        assert key_result.target is not None
        ratio = value / key_result.target
        return ratio if key_result.kind == "AT_LEAST" else 2 - ratio, "COMPUTED"
    return Fraction(_within(key_result, value)), "COMPUTED"


def _within(key_result: KeyResult, value: Fraction | None) -> bool:
    """Whether a value keeps the limit; exactly on it is met."""
    assert value is not None
    if key_result.kind == "WITHIN_RANGE":
        assert key_result.lower is not None
        assert key_result.upper is not None
        return key_result.lower <= value <= key_result.upper
    assert key_result.target is not None
    return value >= key_result.target if key_result.kind == "AT_LEAST" else value <= key_result.target
