"""Exact numbers: fractions in, and out again the Float or the Decimal that an answer shows."""

from decimal import Decimal
from fractions import Fraction

STORED_DECIMALS = 24
SHOWN_DECIMALS = 12


def fraction(value: object) -> Fraction | None:
    """A number of the API as the decimal that it is written as: 0.1 is one tenth, whatever a float makes of it."""
    if value is None or isinstance(value, Fraction):
        return value
    return Fraction(repr(value) if isinstance(value, float) else str(value))


def rounded(value: Fraction, decimals: int) -> Fraction:
    """The nearest decimal with so many places; of two as near, the even one."""
    # Python rounds a fraction to an integer half to even.
    return Fraction(round(value * 10**decimals), 10**decimals)


def stored(value: Fraction) -> Fraction:
    """Progress as it is stored and as it enters means, filters and thresholds of other goals."""
    return rounded(value, STORED_DECIMALS)


def clamped(value: Fraction) -> Fraction:
    """The value held to 0 to 1."""
    return min(max(value, Fraction(0)), Fraction(1))


def shown_float(value: Fraction | None) -> float | None:
    """The Float nearest to an exact value."""
    return None if value is None else float(value)


def shown_decimal(value: Fraction | None) -> Decimal | None:
    """The Decimal of an answer, rounded once."""
    if value is None:
        return None
    exact = rounded(value, SHOWN_DECIMALS)
    return Decimal(exact.numerator) / Decimal(exact.denominator)
