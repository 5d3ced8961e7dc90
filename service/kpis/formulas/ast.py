"""What a formula KPI says, as a tree of expressions, and what it comes to for a period.

Values are exact, or the `NullReason` why there is none, which whatever is computed from it inherits. A formula is
computed in fractions; whoever stores or answers it rounds it once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from service.kpis.enums import NullReason
from service.values.decimals import fits, rounded
from service.values.parsing import WHOLE

Value = Decimal | Fraction | NullReason
Exact = Fraction | NullReason
# Intermediate results may have so many bits; sums of very many quotients would otherwise grow without end.
MAX_BITS = 20_000
# As many digits after the point as a larger intermediate result keeps.
MAX_DIGITS = 200
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


def evaluate(expression: Expression, lookup: Lookup) -> Exact:
    """The exact value of a formula; OUT_OF_RANGE where it does not fit when it is rounded to be stored."""
    found = _value(expression, lookup, 0)
    if isinstance(found, NullReason):
        return found
    # What is just below the limit may be rounded up to it.
    return found if abs(found) < 10**WHOLE and fits(rounded(found)) else NullReason.OUT_OF_RANGE


def lookups(expression: "Expression | Comparison", back: int = 0) -> set[tuple[str, int]]:
    """Every KPI that a value may be computed from, by its name and how many periods back."""
    if isinstance(expression, Reference):
        return {(expression.name, back)}
    backs = [back]
    if isinstance(expression, Lag):
        backs = [back + expression.periods]
    elif isinstance(expression, Window):
        backs = [back + n for n in range(expression.periods)]
    return {found for each in backs for part in parts(expression) for found in lookups(part, each)}


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


def _value(expression: Expression, lookup: Lookup, back: int) -> Exact:
    match expression:
        case Number(value):
            return Fraction(value)
        case Reference(name, _):
            found = lookup(name, back)
            return found if isinstance(found, NullReason) else Fraction(found)
        case Negation(of):
            negated = _value(of, lookup, back)
            return negated if isinstance(negated, NullReason) else -negated
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


def _total(values: list[Fraction]) -> Fraction:
    """The sum, in pairs, so that long denominators meet as late as possible."""
    if len(values) <= 2:
        return _held(sum(values, Fraction(0)))
    middle = len(values) // 2
    return _held(_total(values[:middle]) + _total(values[middle:]))


def _combined(values: Sequence[Exact], function: Callable[[list[Fraction]], Fraction]) -> Exact:
    for value in values:
        if isinstance(value, NullReason):
            return value
    return function([value for value in values if isinstance(value, Fraction)])


def _calculated(operator: str, left: Exact, right: Exact) -> Exact:
    if isinstance(left, NullReason):
        return left
    if isinstance(right, NullReason):
        return right
    match operator:
        case "/":
            found = left / right if right else None
        case "*":
            found = left * right
        case "+":
            found = left + right
        case _:
            found = left - right
    if found is None:
        return NullReason.DIVIDE_BY_ZERO
    return NullReason.OUT_OF_RANGE if abs(found) > 10 ** (10 * WHOLE) else _held(found)


def _held(value: Fraction) -> Fraction:
    """The value itself, unless it has more bits than anybody's formula needs."""
    if value.denominator.bit_length() <= MAX_BITS:
        return value
    return Fraction(round(value * 10**MAX_DIGITS), 10**MAX_DIGITS)


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
