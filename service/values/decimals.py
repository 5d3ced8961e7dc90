"""Exact arithmetic: enough digits to compute with, and rounding to those that the API keeps."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction

from service.values.parsing import FRACTION, WHOLE, plain

# Values have up to 36 digits; the default of 28 would round their differences.
EXACT = Context(prec=80)
# A number without rounding; a quotient may need a fraction.
ExactNumber = Decimal | Fraction
LEAST = Decimal(1).scaleb(-FRACTION)
# Digits after the point of what is stored of progress and its means.
SHARE_PLACES = 24


def fits(value: Decimal) -> bool:
    """Whether a number has no more digits before the point than the API keeps."""
    # Not abs(): it rounds to the context of whoever asks.
    return value.copy_abs() < Decimal(10) ** WHOLE


def rounded(value: Decimal | Fraction) -> Decimal:
    """A number that fits, to as many digits after the point as the API keeps, without zeros that say nothing."""
    with localcontext(EXACT):
        if isinstance(value, Fraction):
            return Decimal(plain(Decimal(round(value * 10**FRACTION)).scaleb(-FRACTION)))
        return Decimal(plain(value.quantize(LEAST, ROUND_HALF_EVEN)))


def answered(value: ExactNumber | None) -> Decimal | None:
    """A number as an answer shows it: a fraction rounded to the digits that the API keeps, a decimal as it is."""
    return rounded(value) if isinstance(value, Fraction) else value


def mean(values: Sequence[Decimal], count: int | None = None) -> Fraction:
    """The exact sum of `values` divided by `count`, by default by how many they are; at least one."""
    with localcontext(EXACT):
        return Fraction(sum(values, Decimal(0))) / (count or len(values))


def difference(left: ExactNumber, right: ExactNumber) -> ExactNumber:
    """`left - right`, exact: of two decimals a decimal, else a fraction."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return EXACT.subtract(left, right)
    return Fraction(left) - Fraction(right)


def quotient(left: ExactNumber, right: ExactNumber) -> ExactNumber:
    """`left / right`: of two decimals to 80 digits, which decides every comparison with a number that the API keeps
    as the exact quotient does; else an exact fraction. Raises DivisionByZero or ZeroDivisionError."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return EXACT.divide(left, right)
    return Fraction(left) / Fraction(right)


def stored_share(value: Fraction) -> Decimal:
    """Progress as it is stored: rounded half to even to 24 digits after the point."""
    whole, rest = divmod(value.numerator * 10**SHARE_PLACES, value.denominator)
    twice = 2 * rest
    # Half to even, without the fractions that `round` makes on its way.
    if twice > value.denominator or (twice == value.denominator and whole % 2):
        whole += 1
    return Decimal(whole).scaleb(-SHARE_PLACES, EXACT)


def decimal_of(value: float) -> Decimal:
    """The decimal number that a float was written as: 0.1 is one tenth, which no binary fraction is."""
    return Decimal(repr(float(value)))
