"""Exact decimal arithmetic, and rounding to the digits that the API stores."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, localcontext
from fractions import Fraction

from service.values.parsing import DECIMAL_STEP, MAX_FRACTION_DIGITS, MAX_INTEGER_DIGITS, format_decimal

# Values have up to 36 digits; the default precision of 28 would round their differences.
EXACT_CONTEXT = Context(prec=80)
# A sum of quotients with 80 digits: a tiny one begins far behind the point.
SUM_CONTEXT = Context(prec=400, traps=[Inexact])
# A number that is not rounded. A quotient may need a fraction.
ExactNumber = Decimal | Fraction
# Digits after the point of stored progress.
MAX_PROGRESS_DIGITS = 24
PROGRESS_SCALE = 10**MAX_PROGRESS_DIGITS


def is_storable(value: Decimal) -> bool:
    """Whether a number has at most MAX_INTEGER_DIGITS digits before the point."""
    # abs() would round to the current context.
    return value.copy_abs() < Decimal(10) ** MAX_INTEGER_DIGITS


def round_decimal(value: Decimal | Fraction) -> Decimal:
    """A storable number rounded half to even to MAX_FRACTION_DIGITS digits, without trailing zeros."""
    if isinstance(value, Decimal):
        return Decimal(format_decimal(value.quantize(DECIMAL_STEP, ROUND_HALF_EVEN, EXACT_CONTEXT)))
    rounded = _round_quotient(value.numerator * 10**MAX_FRACTION_DIGITS, value.denominator)
    return Decimal(format_decimal(Decimal(rounded).scaleb(-MAX_FRACTION_DIGITS, EXACT_CONTEXT)))


def to_decimal(value: ExactNumber | None) -> Decimal | None:
    """A fraction rounded to a decimal; a decimal or None unchanged."""
    # Not isinstance(value, Fraction): a check against an abstract base class is slow.
    return value if value is None or isinstance(value, Decimal) else round_decimal(value)


def mean(values: Sequence[Decimal], count: int | None = None) -> Fraction:
    """The exact sum of `values` divided by `count`, by default by their number, which must be at least one."""
    with localcontext(EXACT_CONTEXT):
        numerator, denominator = sum(values, Decimal(0)).as_integer_ratio()
    return Fraction(numerator, denominator * (count or len(values)))


def total(values: Iterable[ExactNumber]) -> ExactNumber:
    """The exact sum. Raises Inexact for a sum of decimals with more than 400 digits."""
    decimals, fractions = Decimal(0), Fraction(0)
    for value in values:
        if isinstance(value, Decimal):
            decimals = SUM_CONTEXT.add(decimals, value)
        else:
            fractions += value
    return decimals if fractions == 0 else fractions + Fraction(decimals)


def difference(left: ExactNumber, right: ExactNumber) -> ExactNumber:
    """`left - right`, exact: a decimal if both are decimals, else a fraction."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return EXACT_CONTEXT.subtract(left, right)
    return _to_fraction(left) - _to_fraction(right)


def quotient(left: ExactNumber, right: ExactNumber) -> ExactNumber:
    """`left / right`: an exact fraction, or a decimal with 80 digits if both are decimals.

    Compared with a storable number, 80 digits give the same result as the exact quotient. Raises DivisionByZero or
    ZeroDivisionError.
    """
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return EXACT_CONTEXT.divide(left, right)
    return _to_fraction(left) / _to_fraction(right)


def round_progress(value: Fraction) -> Decimal:
    """Progress rounded half to even to 24 digits after the point, as it is stored."""
    rounded = _round_quotient(value.numerator * PROGRESS_SCALE, value.denominator)
    return Decimal(rounded).scaleb(-MAX_PROGRESS_DIGITS, EXACT_CONTEXT)


def _round_quotient(numerator: int, denominator: int) -> int:
    """The quotient rounded half to even. `round` would create intermediate fractions."""
    rounded, remainder = divmod(numerator, denominator)
    twice_remainder = 2 * remainder
    return rounded + (twice_remainder > denominator or (twice_remainder == denominator and rounded % 2 == 1))


def _to_fraction(value: ExactNumber) -> Fraction:
    return value if type(value) is Fraction else Fraction(value)


def scaled_progress(value: Decimal) -> int:
    """Stored progress multiplied by PROGRESS_SCALE, which is a whole number."""
    return int(value.scaleb(MAX_PROGRESS_DIGITS, EXACT_CONTEXT))


def decimal_from_float(value: float) -> Decimal:
    """The decimal with the shortest digits of a float: 0.1 becomes exactly one tenth."""
    return Decimal(repr(float(value)))
