"""Checks that a formula adds and compares only values of the same unit.

A unit is a mapping of base units to powers: EUR per order is {EUR: 1, order: -1}. None is a plain number, or a KPI
without a unit, and matches every unit.
"""

from collections import Counter
from collections.abc import Mapping

from service.kpis.formulas.ast import (
    Choice,
    Condition,
    Expression,
    Extreme,
    Lag,
    Negation,
    Number,
    Operation,
    Reference,
    SourcePosition,
    Window,
)

Unit = Mapping[str, int] | None


class UnitsDiffer(Exception):
    """Two operands of a formula have different units."""

    def __init__(self, left: Unit, right: Unit, position: SourcePosition) -> None:
        super().__init__(describe_unit(left), describe_unit(right))
        self.left, self.right, self.position = left, right, position


def unit_of(expression: Expression, units: Mapping[str, str | None]) -> Unit:
    """The unit of a formula; `units` are those of the KPIs by name. Raises UnitsDiffer."""
    match expression:
        case Number(_):
            return None
        case Reference(name, _):
            unit = units.get(name)
            return {unit: 1} if unit else None
        case Negation(operand) | Lag(operand, _) | Window(operand, _):
            return unit_of(operand, units)
        case Operation("*" | "/" as operator, left, right, _):
            return _product(unit_of(left, units), unit_of(right, units), 1 if operator == "*" else -1)
        case Operation(_, left, right, position):
            return _same(unit_of(left, units), unit_of(right, units), position)
        case Extreme(_, operands, position):
            common: Unit = None
            for each in operands:
                common = _same(common, unit_of(each, units), position)
            return common
        case Choice(condition, yes, no, position):
            _check(condition, units)
            return _same(unit_of(yes, units), unit_of(no, units), position)


def matches_unit(unit: Unit, declared: str | None) -> bool:
    """Whether a formula may have the unit that its KPI declares. False only if its unit is one other base unit."""
    is_simple = unit is not None and list(unit.values()) == [1]
    return not is_simple or declared is None or declared in (unit or {})


def describe_unit(unit: Unit) -> str:
    """A unit in words."""
    if unit is None:
        return "a plain number"
    over = " · ".join(_power(name, power) for name, power in unit.items() if power > 0)
    under = " · ".join(_power(name, -power) for name, power in unit.items() if power < 0)
    if not over and not under:
        return "a ratio without a unit"
    return f"{over or '1'} / {under}" if under else over


def _check(condition: Condition, units: Mapping[str, str | None]) -> None:
    _same(unit_of(condition.left, units), unit_of(condition.right, units), condition.position)


def _same(left: Unit, right: Unit, position: SourcePosition) -> Unit:
    if left is not None and right is not None and left != right:
        raise UnitsDiffer(left, right, position)
    return right if left is None else left


def _product(left: Unit, right: Unit, sign: int) -> Unit:
    if left is None and right is None:
        return None
    powers: Counter[str] = Counter(left or {})
    for name, power in (right or {}).items():
        powers[name] += sign * power
    return {name: power for name, power in powers.items() if power}


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"
