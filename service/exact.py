"""Exact arithmetic: enough digits to compute with, and rounding to those that the API keeps."""

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction

from service.values import FRACTION, WHOLE, plain

# Values have up to 36 digits; the default of 28 would round their differences.
EXACT = Context(prec=80)
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
