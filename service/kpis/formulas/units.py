"""Whether the units of a formula agree: what is added or compared is of one kind.

A unit is what it is made of, each part with its power: EUR per order is {EUR: 1, order: -1}. None is a plain
number, or a KPI that says no unit, and agrees with everything.
"""

from collections import Counter
from collections.abc import Mapping

from service.kpis.formulas.ast import (
    Choice,
    Comparison,
    Expression,
    Extreme,
    Lag,
    Negation,
    Number,
    Operation,
    Place,
    Reference,
    Window,
)

Unit = Mapping[str, int] | None


class UnitsDiffer(Exception):
    """Two parts of a formula cannot be added or compared."""

    def __init__(self, left: Unit, right: Unit, place: Place) -> None:
        super().__init__(shown(left), shown(right))
        self.left, self.right, self.place = left, right, place


def unit_of(expression: Expression, units: Mapping[str, str | None]) -> Unit:
    """The unit that a formula comes to, given those of the KPIs that it names. Raises UnitsDiffer."""
    match expression:
        case Number(_):
            return None
        case Reference(name, _):
            unit = units.get(name)
            return {unit: 1} if unit else None
        case Negation(of) | Lag(of, _) | Window(of, _):
            return unit_of(of, units)
        case Operation("*" | "/" as operator, left, right, _):
            return _product(unit_of(left, units), unit_of(right, units), 1 if operator == "*" else -1)
        case Operation(_, left, right, place):
            return _same(unit_of(left, units), unit_of(right, units), place)
        case Extreme(_, of, place):
            found: Unit = None
            for each in of:
                found = _same(found, unit_of(each, units), place)
            return found
        case Choice(condition, yes, no, place):
            _check(condition, units)
            return _same(unit_of(yes, units), unit_of(no, units), place)


def fits(found: Unit, declared: str | None) -> bool:
    """Whether a formula may have the unit that its KPI declares: not where it plainly comes to another one."""
    plain = found is not None and list(found.values()) == [1]
    return not plain or declared is None or declared in (found or {})


def shown(unit: Unit) -> str:
    """A unit in words."""
    if unit is None:
        return "a plain number"
    over = " · ".join(_power(name, power) for name, power in unit.items() if power > 0)
    under = " · ".join(_power(name, -power) for name, power in unit.items() if power < 0)
    if not over and not under:
        return "a ratio without a unit"
    return f"{over or '1'} / {under}" if under else over


def _check(condition: Comparison, units: Mapping[str, str | None]) -> None:
    _same(unit_of(condition.left, units), unit_of(condition.right, units), condition.place)


def _same(left: Unit, right: Unit, place: Place) -> Unit:
    if left is not None and right is not None and left != right:
        raise UnitsDiffer(left, right, place)
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
