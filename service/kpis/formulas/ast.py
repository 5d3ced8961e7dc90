"""The expression tree of a formula, and its evaluation for one period.

A value is exact, or the `NullReason` for having none, which the results computed from it inherit. A formula is
computed in fractions. The caller that stores or answers the result rounds it once.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from service.kpis.enums import NullReason
from service.values.decimals import is_storable, round_decimal
from service.values.parsing import MAX_INTEGER_DIGITS
from service.values.record import record

Value = Decimal | Fraction | NullReason
Exact = Fraction | NullReason
# Maximum bits of a denominator in intermediate results, which would otherwise grow with sums of many quotients.
MAX_BITS = 20_000
# Digits after the point to which a larger intermediate result is rounded.
ROUNDED_DIGITS = 200
# The value of a KPI by its name in the formula and the number of periods back.
Lookup = Callable[[str, int], Value]


@record
class SourcePosition:
    """A position in the text of a formula, from line 1 and column 1."""

    line: int
    column: int


@record
class Number:
    value: Decimal


@record
class Reference:
    """A KPI, by its name in the formula."""

    name: str
    position: SourcePosition


@record
class Negation:
    operand: "Expression"


@record
class Operation:
    """`left operator right`, the operator one of + - * /."""

    operator: str
    left: "Expression"
    right: "Expression"
    position: SourcePosition


@record
class Lag:
    """The value of an expression `periods` ago."""

    operand: "Expression"
    periods: int


@record
class Window:
    """The sum of an expression over `periods` periods, the current one included."""

    operand: "Expression"
    periods: int


@record
class Extreme:
    """The minimum or maximum of several expressions; `function` is min or max."""

    function: str
    operands: tuple["Expression", ...]
    position: SourcePosition


@record
class Condition:
    """`left operator right`, the operator one of < <= > >= = !=."""

    operator: str
    left: "Expression"
    right: "Expression"
    position: SourcePosition


@record
class Choice:
    """`yes` if the condition is true, else `no`; only the chosen one is computed."""

    condition: Condition
    yes: "Expression"
    no: "Expression"
    position: SourcePosition


Expression = Number | Reference | Negation | Operation | Lag | Window | Extreme | Choice


def evaluate(expression: Expression, lookup: Lookup) -> Exact:
    """The exact value of a formula; OUT_OF_RANGE if the rounded value has too many digits."""
    value = _value(expression, lookup, 0)
    if isinstance(value, NullReason):
        return value
    # A value just below the limit may be rounded up to it.
    is_in_range = abs(value) < 10**MAX_INTEGER_DIGITS and is_storable(round_decimal(value))
    return value if is_in_range else NullReason.OUT_OF_RANGE


def lookups(expression: "Expression | Condition", periods_back: int = 0) -> set[tuple[str, int]]:
    """Name and number of periods back of every KPI value that the expression may use."""
    if isinstance(expression, Reference):
        return {(expression.name, periods_back)}
    offsets = [periods_back]
    if isinstance(expression, Lag):
        offsets = [periods_back + expression.periods]
    elif isinstance(expression, Window):
        offsets = [periods_back + n for n in range(expression.periods)]
    return {item for each in offsets for operand in operands(expression) for item in lookups(operand, each)}


def references(expression: "Expression | Condition") -> Iterator[Reference]:
    """Every reference to a KPI, in the order of the text."""
    if isinstance(expression, Reference):
        yield expression
    for operand in operands(expression):
        yield from references(operand)


def lookback(expression: "Expression | Condition") -> int:
    """The number of periods that a formula looks back."""
    own_lookback = 0
    if isinstance(expression, Lag | Window):
        own_lookback = expression.periods - isinstance(expression, Window)
    return own_lookback + max((lookback(operand) for operand in operands(expression)), default=0)


def count_steps(expression: "Expression | Condition") -> int:
    """The number of expressions computed for a value; those in a window count once for each of its periods."""
    operand_steps = sum(count_steps(operand) for operand in operands(expression))
    return 1 + operand_steps * (expression.periods if isinstance(expression, Window) else 1)


def operands(expression: "Expression | Condition") -> Sequence["Expression | Condition"]:
    """The direct operands of an expression."""
    match expression:
        case Negation(operand) | Lag(operand, _) | Window(operand, _):
            return (operand,)
        case Operation(_, left, right, _) | Condition(_, left, right, _):
            return (left, right)
        case Extreme(_, several, _):
            return several
        case Choice(condition, yes, no, _):
            return (condition, yes, no)
        case _:
            return ()


def _value(expression: Expression, lookup: Lookup, periods_back: int) -> Exact:
    match expression:
        case Number(value):
            return Fraction(value)
        case Reference(name, _):
            result = lookup(name, periods_back)
            return result if isinstance(result, NullReason) else Fraction(result)
        case Negation(operand):
            negated = _value(operand, lookup, periods_back)
            return negated if isinstance(negated, NullReason) else -negated
        case Lag(operand, periods):
            return _value(operand, lookup, periods_back + periods)
        case Window(operand, periods):
            return _apply_to_all([_value(operand, lookup, periods_back + n) for n in range(periods)], _sum)
        case Extreme(function, several, _):
            return _apply_to_all(
                [_value(each, lookup, periods_back) for each in several], min if function == "min" else max
            )
        case Choice(condition, yes, no, _):
            holds = _is_true(condition, lookup, periods_back)
            return holds if isinstance(holds, NullReason) else _value(yes if holds else no, lookup, periods_back)
        case Operation(operator, left, right, _):
            return _apply_operator(operator, _value(left, lookup, periods_back), _value(right, lookup, periods_back))


def _sum(values: list[Fraction]) -> Fraction:
    """The sum by pairs, which delays the growth of denominators."""
    if len(values) <= 2:
        return _limit_size(sum(values, Fraction(0)))
    middle = len(values) // 2
    return _limit_size(_sum(values[:middle]) + _sum(values[middle:]))


def _apply_to_all(values: Sequence[Exact], function: Callable[[list[Fraction]], Fraction]) -> Exact:
    for value in values:
        if isinstance(value, NullReason):
            return value
    return function([value for value in values if isinstance(value, Fraction)])


def _apply_operator(operator: str, left: Exact, right: Exact) -> Exact:
    if isinstance(left, NullReason):
        return left
    if isinstance(right, NullReason):
        return right
    match operator:
        case "/":
            result = left / right if right else None
        case "*":
            result = left * right
        case "+":
            result = left + right
        case _:
            result = left - right
    if result is None:
        return NullReason.DIVIDE_BY_ZERO
    return NullReason.OUT_OF_RANGE if abs(result) > 10 ** (10 * MAX_INTEGER_DIGITS) else _limit_size(result)


def _limit_size(value: Fraction) -> Fraction:
    """The value, rounded if its denominator has more than MAX_BITS bits."""
    if value.denominator.bit_length() <= MAX_BITS:
        return value
    return Fraction(round(value * 10**ROUNDED_DIGITS), 10**ROUNDED_DIGITS)


def _is_true(condition: Condition, lookup: Lookup, periods_back: int) -> bool | NullReason:
    left, right = _value(condition.left, lookup, periods_back), _value(condition.right, lookup, periods_back)
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
