"""What a formula KPI says, as a tree of expressions, and what it comes to for a period.

Values are `Decimal`, or the `NullReason` why there is none, which whatever is computed from it inherits.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from service.exact import EXACT, fits, rounded
from service.kpis.words import NullReason
from service.values import WHOLE

Value = Decimal | NullReason
# What a KPI's value is, given its name in the formula and how many periods back.
Lookup = Callable[[str, int], Value]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the text of a formula something begins, from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """A KPI by its name in the formula."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Negation:
    of: "Expression"


@dataclass(frozen=True, slots=True)
class Operation:
    """`left operator right`, the operator one of + - * /."""

    operator: str
    left: "Expression"
    right: "Expression"
    place: Place


@dataclass(frozen=True, slots=True)
class Lag:
    """An expression as it was so many periods ago."""

    of: "Expression"
    periods: int


@dataclass(frozen=True, slots=True)
class Window:
    """The sum of an expression over so many periods, this one included."""

    of: "Expression"
    periods: int


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the greatest of several, `function` being min or max."""

    function: str
    of: tuple["Expression", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left operator right`, the operator one of < <= > >= = !=."""

    operator: str
    left: "Expression"
    right: "Expression"
    place: Place


@dataclass(frozen=True, slots=True)
class Choice:
    """`yes` where the condition holds, else `no`; only the one chosen is computed."""

    condition: Comparison
    yes: "Expression"
    no: "Expression"
    place: Place


Expression = Number | Reference | Negation | Operation | Lag | Window | Extreme | Choice


def evaluate(expression: Expression, lookup: Lookup) -> Value:
    """The value of a formula, rounded to the digits that a Decimal keeps; OUT_OF_RANGE where they do not do."""
    with localcontext(EXACT):
        found = _value(expression, lookup, 0)
        if isinstance(found, NullReason):
            return found
        # What is just below the limit may be rounded up to it.
        return kept if fits(found) and fits(kept := rounded(found)) else NullReason.OUT_OF_RANGE


def references(expression: "Expression | Comparison") -> Iterator[Reference]:
    """Every KPI that is named, in the order of the text."""
    if isinstance(expression, Reference):
        yield expression
    for part in parts(expression):
        yield from references(part)


def reach(expression: "Expression | Comparison") -> int:
    """How many periods before its own a formula looks back to."""
    own = 0
    if isinstance(expression, Lag | Window):
        own = expression.periods - isinstance(expression, Window)
    return own + max((reach(part) for part in parts(expression)), default=0)


def effort(expression: "Expression | Comparison") -> int:
    """How many parts have to be computed for a value: those of a window once for each of its periods."""
    inside = sum(effort(part) for part in parts(expression))
    return 1 + inside * (expression.periods if isinstance(expression, Window) else 1)


def parts(expression: "Expression | Comparison") -> Sequence["Expression | Comparison"]:
    """What an expression is directly made of."""
    match expression:
        case Negation(of) | Lag(of, _) | Window(of, _):
            return (of,)
        case Operation(_, left, right, _) | Comparison(_, left, right, _):
            return (left, right)
        case Extreme(_, of, _):
            return of
        case Choice(condition, yes, no, _):
            return (condition, yes, no)
        case _:
            return ()


def _value(expression: Expression, lookup: Lookup, back: int) -> Value:
    match expression:
        case Number(value):
            return value
        case Reference(name, _):
            return lookup(name, back)
        case Negation(of):
            found = _value(of, lookup, back)
            return found if isinstance(found, NullReason) else -found
        case Lag(of, periods):
            return _value(of, lookup, back + periods)
        case Window(of, periods):
            return _combined([_value(of, lookup, back + n) for n in range(periods)], _total)
        case Extreme(function, of, _):
            return _combined([_value(each, lookup, back) for each in of], min if function == "min" else max)
        case Choice(condition, yes, no, _):
            holds = _holds(condition, lookup, back)
            return holds if isinstance(holds, NullReason) else _value(yes if holds else no, lookup, back)
        case Operation(operator, left, right, _):
            return _calculated(operator, _value(left, lookup, back), _value(right, lookup, back))


def _total(values: list[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _combined(values: Sequence[Value], function: Callable[[list[Decimal]], Decimal]) -> Value:
    for value in values:
        if isinstance(value, NullReason):
            return value
    return function([value for value in values if isinstance(value, Decimal)]) + Decimal(0)


def _calculated(operator: str, left: Value, right: Value) -> Value:
    if isinstance(left, NullReason):
        return left
    if isinstance(right, NullReason):
        return right
    if operator == "/":
        return left / right if right else NullReason.DIVIDE_BY_ZERO
    if operator == "*" and left and right and left.adjusted() + right.adjusted() > 10 * WHOLE:
        return NullReason.OUT_OF_RANGE
    return left + right if operator == "+" else left - right if operator == "-" else left * right


def _holds(condition: Comparison, lookup: Lookup, back: int) -> bool | NullReason:
    left, right = _value(condition.left, lookup, back), _value(condition.right, lookup, back)
    if isinstance(left, NullReason):
        return left
    if isinstance(right, NullReason):
        return right
    match condition.operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "=":
            return left == right
        case _:
            return left != right
