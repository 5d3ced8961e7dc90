"""Validates definitions of key results."""

from collections.abc import Iterator

from service.errors import Refusal
from service.key_results.progress import CHANGES, CONTROL, Definition, baseline_of, target_of
from service.values.decimals import is_storable
from service.values.parsing import MAX_INTEGER_DIGITS
from service.values.weights import check_weight


class TargetEqualsBaseline(Refusal):
    """Target and baseline are both {baseline}, so there is nothing between them to measure.
    Choose another target, or the kind AT_LEAST or AT_MOST to hold a level."""

    meaning = (
        "Target equal to the baseline <baseline>, which leaves nothing to measure. Send another target, or use the "
        "kind AT_LEAST or AT_MOST to hold a level."
    )


class DirectionMismatch(Refusal):
    """{kind} needs a target {needed} the baseline, but the target is {target} and the baseline {baseline}."""

    meaning = (
        "Target <target> on the wrong side of the baseline <baseline>: the kind <kind> needs a target <needed> the "
        "baseline. Change the target, the baseline or the kind."
    )


class BaselineZero(Refusal):
    """A change by percent of a baseline of 0 is always 0. Use INCREASE_BY or DECREASE_BY with an amount."""

    meaning = (
        "Baseline of 0 for a change by percent, which would always be 0. Use INCREASE_BY or DECREASE_BY with an amount."
    )


class ChangeNotPositive(Refusal):
    """`changeBy` is {change}; the kind {kind} says the direction already, so give an amount above 0."""

    meaning = (
        "Value <change> of `changeBy`, which is not above 0. The kind <kind> says the direction already: send an "
        "amount above 0."
    )


class TargetOutOfRange(Refusal):
    """Baseline and `changeBy` make the target {target}, which has more than {digits} digits before the point.
    Choose a smaller change."""

    meaning = (
        "Target <target>, made of the baseline and `changeBy`, with more than <digits> digits before the point. Send "
        "a smaller change."
    )


class RangeInverted(Refusal):
    """The lower bound {lower} is above the upper bound {upper}."""

    meaning = (
        "Lower bound <lower> of a key result above its upper bound <upper>. Send a lower bound that is not above the "
        "upper one."
    )


class LimitNotPositive(Refusal):
    """The mode DISTANCE divides by the limit, so `target` has to be above 0; it is {target}."""

    meaning = (
        "Target <target> that is not above 0, though the mode DISTANCE divides by it. Send a target above 0, or use "
        "another mode."
    )


class ModeNotAllowed(Refusal):
    """The mode {mode} is not for the kind {kind}: ADHERENCE is for AT_LEAST, AT_MOST and WITHIN_RANGE,
    DISTANCE for AT_LEAST and AT_MOST."""

    meaning = (
        "Mode <mode> that does not fit the kind <kind>. Use ADHERENCE with AT_LEAST, AT_MOST or WITHIN_RANGE, "
        "DISTANCE with AT_LEAST or AT_MOST, and LATEST with any kind."
    )


def is_measurable(definition: Definition) -> bool:
    """Whether the definition has all that its kind needs. A baseline may be missing."""
    match definition.kind:
        case None:
            return False
        case "MILESTONE" | "BINARY" | "BASELINE":
            return True
        case "WITHIN_RANGE":
            return definition.lower is not None or definition.upper is not None
        case kind if kind in CHANGES:
            return definition.change_by is not None
        case _:
            return definition.target is not None


def check(definition: Definition, *, weight: float = 1.0, imported: bool = False) -> Iterator[Refusal]:
    """Yields a Refusal for each error in a definition. Drafts may be incomplete, but not contradictory.

    An imported row may have a target equal to its baseline.
    """
    yield from check_weight(weight)
    kind, change = definition.kind, definition.change_by
    if (kind not in CONTROL and definition.mode != "LATEST") or (
        definition.mode == "DISTANCE" and kind == "WITHIN_RANGE"
    ):
        yield ModeNotAllowed(("mode",), mode=definition.mode, kind=kind)
    if kind in CHANGES:
        if change is not None and change <= 0:
            yield ChangeNotPositive(("changeBy",), change=change, kind=kind)
        if kind.endswith("PERCENT") and definition.baseline == 0:
            yield BaselineZero(("baseline",))
        target = target_of(definition)
        if target is not None and not is_storable(target):
            yield TargetOutOfRange(("changeBy",), target=target, digits=MAX_INTEGER_DIGITS)
    if definition.lower is not None and definition.upper is not None and definition.lower > definition.upper:
        yield RangeInverted(("lower",), lower=definition.lower, upper=definition.upper)
    if definition.mode == "DISTANCE" and definition.target is not None and definition.target <= 0:
        yield LimitNotPositive(("target",), target=definition.target)
    if kind in ("INCREASE", "DECREASE", "REACH"):
        yield from _check_direction(definition, imported)


def _check_direction(definition: Definition, imported: bool) -> Iterator[Refusal]:
    baseline, target = baseline_of(definition), target_of(definition)
    if baseline is None or target is None:
        return
    if target == baseline:
        if not imported:
            yield TargetEqualsBaseline(("target",), baseline=baseline)
        return
    if (target < baseline) != (definition.kind == "DECREASE"):
        needed = "below" if definition.kind == "DECREASE" else "above"
        yield DirectionMismatch(("target",), kind=definition.kind, needed=needed, target=target, baseline=baseline)
