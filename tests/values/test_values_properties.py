"""What holds for any number, instant, day and text that comes in."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from schema.scalars import SCALARS
from service.values.parsing import (
    MAX_FRACTION_DIGITS,
    MAX_INTEGER_DIGITS,
    format_decimal,
    parse_date,
    parse_decimal,
    parse_instant,
    parse_text,
)

quick = settings(deadline=None, max_examples=150)
PLAIN = re.compile(r"-?(0|[1-9]\d{0,23})(\.\d{0,11}[1-9])?", re.ASCII)

wholes = st.integers(0, 9) | st.integers(0, 10**MAX_INTEGER_DIGITS - 1)
parts = st.sampled_from([0, 1, 10**MAX_FRACTION_DIGITS - 1]) | st.integers(0, 10**MAX_FRACTION_DIGITS - 1)
signs = st.sampled_from(["", "-"])
inside = st.builds(lambda sign, integer_part, part: f"{sign}{integer_part}.{part:012}", signs, wholes, parts)
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def is_inside(value: Decimal) -> bool:
    exact = abs(Fraction(value))
    return exact < 10**MAX_INTEGER_DIGITS and (exact * 10**MAX_FRACTION_DIGITS).denominator == 1


@quick
@given(inside, st.integers(0, 20), st.integers(-12, 12))
def test_every_number_inside_the_bounds_survives_exactly(raw: str, zeros: int, shift: int) -> None:
    parsed = parse_decimal(raw)
    assert Fraction(parsed) == Fraction(raw)
    shown = format_decimal(parsed)
    assert PLAIN.fullmatch(shown)
    assert shown != "-0"
    assert parse_decimal(shown) == parsed
    assert format_decimal(parse_decimal(Decimal(raw))) == shown
    # The same number written otherwise.
    assert format_decimal(parse_decimal(raw + "0" * zeros)) == shown
    digits = raw.replace(".", "")
    assert format_decimal(parse_decimal(f"{digits}E-{MAX_FRACTION_DIGITS}")) == shown
    moved = Decimal(f"{digits}E{-MAX_FRACTION_DIGITS - shift}")
    assert format_decimal(parse_decimal(f"{moved:f}E{shift}")) == shown


@quick
@given(signs, st.integers(1, 10**MAX_INTEGER_DIGITS - 1), st.integers(1, 10**9))
def test_every_number_that_is_too_great_is_refused(sign: str, digits: int, by: int) -> None:
    with pytest.raises(ValueError, match="at most"):
        parse_decimal(f"{sign}{digits}E{MAX_INTEGER_DIGITS - len(str(digits)) + by}")


@quick
@given(st.integers(-(10**40), 10**40), st.integers(MAX_FRACTION_DIGITS, 60))
def test_every_finer_number_is_rounded_half_to_even(digits: int, exponent: int) -> None:
    exact = Fraction(digits, 10**exponent)
    # Python rounds fractions half to even.
    rounded = Fraction(round(exact * 10**MAX_FRACTION_DIGITS), 10**MAX_FRACTION_DIGITS)
    assume(abs(rounded) < 10**MAX_INTEGER_DIGITS)
    assert Fraction(parse_decimal(f"{digits}E-{exponent}")) == rounded


@quick
@given(st.decimals() | st.decimals(places=12) | st.floats() | st.integers() | st.text())
def test_anything_is_a_number_inside_the_bounds_or_refused(raw: Any) -> None:
    assume(not isinstance(raw, Decimal) or not raw.is_zero())
    try:
        parsed = parse_decimal(raw)
    except ValueError:
        if isinstance(raw, Decimal):
            assert not raw.is_finite() or len(str(raw)) > 100 or abs(Fraction(raw)) > 10**MAX_INTEGER_DIGITS - 1
        elif isinstance(raw, int):
            assert abs(raw) > 2**53
        return
    assert is_inside(parsed)
    assert PLAIN.fullmatch(format_decimal(parsed))
    if not isinstance(raw, str):
        exact = Fraction(repr(raw) if isinstance(raw, float) else raw)
        assert abs(Fraction(parsed) - exact) * 2 <= Fraction(1, 10**MAX_FRACTION_DIGITS)


@quick
@given(st.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 31), timezones=offsets))
def test_an_instant_comes_back_as_it_went(when: datetime) -> None:
    parsed = parse_instant(when.isoformat())
    assert parsed == when
    assert parsed.utcoffset() == timedelta(0)
    shown = SCALARS[datetime].serialize(parsed)
    assert shown.endswith("Z")
    assert SCALARS[datetime].parse_value(shown) == parsed
    assert SCALARS[datetime].serialize(when) == shown


@quick
@example(datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=14))))
@example(datetime(2200, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))))
@given(st.datetimes(datetime(1899, 12, 30), datetime(1900, 1, 3), timezones=offsets))
def test_an_instant_that_is_taken_can_be_sent_again(when: datetime) -> None:
    try:
        parsed = parse_instant(when.isoformat())
    except ValueError:
        return
    assert parse_instant(SCALARS[datetime].serialize(parsed)) == parsed


@quick
@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_day_comes_back_as_it_went(when: date) -> None:
    assert parse_date(SCALARS[date].serialize(when)) == when


@quick
@given(st.text() | st.integers() | st.binary(max_size=12) | st.none() | st.lists(st.integers(), max_size=11))
def test_anything_else_is_refused_with_a_value_error(raw: Any) -> None:
    for parse, kind in ((parse_instant, datetime), (parse_date, date), (parse_text, str)):
        try:
            parsed = parse(raw)
        except ValueError as error:
            assert str(error)  # noqa: PT017
        else:
            assert isinstance(parsed, kind)
            assert not isinstance(parsed, datetime) or parsed.tzinfo == UTC


@quick
@given(st.text(st.characters(codec=None, categories=None)))
def test_a_text_is_what_postgres_can_keep(raw: str) -> None:
    is_storable_text = "\0" not in raw and not any("\ud800" <= c <= "\udfff" for c in raw)
    try:
        assert parse_text(raw) == raw
        assert is_storable_text
    except ValueError:
        assert not is_storable_text
