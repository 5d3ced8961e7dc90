"""Attainment and status of one value of a KPI (docs/numbers.md, 13)."""

from fractions import Fraction

from tests.model.kpi_facts import Target

BEST_TO_WORST = ("GREEN", "AMBER", "RED")


def attainment(direction: str, value: Fraction, target: Target) -> Fraction | None:
    """How far a value meets a target; null where a ratio says nothing."""
    if direction == "RANGE":
        if target.lower is None or target.upper is None:
            return None
        away, width = distance(value, target), target.upper - target.lower
        return Fraction(1) if not away else max(1 - away / width, Fraction(0)) if width else Fraction(0)
    if target.value is None or target.value < 0:
        return None
    if not target.value:
        return Fraction(value >= 0 if direction == "HIGHER" else value <= 0)
    ratio = value / target.value
    return ratio if direction == "HIGHER" else 2 - ratio


def judged(direction: str, value: Fraction, target: Target) -> str:
    """GREEN, AMBER or RED; a boundary belongs to the better side."""
    if target.kind == "ABSOLUTE":
        assert target.green is not None
        assert target.amber is not None
        # So that more is better whatever the direction.
        side = value if direction == "HIGHER" else -value if direction == "LOWER" else -distance(value, target)
        sign = 1 if direction == "HIGHER" else -1
        green, amber, measure = sign * target.green, sign * target.amber, side
    else:
        found = attainment(direction, value, target)
        assert found is not None
        green = Fraction(1) if target.green is None else target.green
        amber = Fraction(9, 10) if target.amber is None else target.amber
        measure = found
    return "GREEN" if measure >= green else "AMBER" if measure >= amber else "RED"


def variance_to_target(direction: str, value: Fraction, target: Target) -> Fraction | None:
    """Value less target; for RANGE to the nearer bound, 0 inside."""
    if direction != "RANGE":
        return None if target.value is None else value - target.value
    assert target.lower is not None
    assert target.upper is not None
    return min(value - target.lower, Fraction(0)) + max(value - target.upper, Fraction(0))


def distance(value: Fraction, target: Target) -> Fraction:
    """How far outside its band a value is."""
    assert target.lower is not None
    assert target.upper is not None
    return max(target.lower - value, value - target.upper, Fraction(0))


def combined(aggregation: str, targets: list[Target]) -> Target:
    """What targets of several measurements come to: their sum for SUM, their mean for AVERAGE, else the latest."""
    if aggregation not in ("SUM", "AVERAGE"):
        return targets[-1]
    made = Target(targets[0].first, kind=targets[0].kind)
    for name in ("value", "lower", "upper"):
        setattr(made, name, together(aggregation, [getattr(each, name) for each in targets]))
    if made.kind == "RATIO":
        made.green, made.amber = targets[-1].green, targets[-1].amber
    else:
        made.green = together(aggregation, [each.green for each in targets])
        made.amber = together(aggregation, [each.amber for each in targets])
    return made


def together(aggregation: str, values: list[Fraction | None]) -> Fraction | None:
    """The sum or the mean of values; null if any is."""
    if None in values:
        return None
    total = sum((value for value in values if value is not None), Fraction(0))
    return total if aggregation == "SUM" else total / len(values)
