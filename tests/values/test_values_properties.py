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
from service.values.parsing import FRACTION, WHOLE, day, instant, number, plain, text

quick = settings(deadline=None, max_examples=150)
PLAIN = re.compile(r"-?(0|[1-9]\d{0,23})(\.\d{0,11}[1-9])?", re.ASCII)

wholes = st.integers(0, 9) | st.integers(0, 10**WHOLE - 1)
parts = st.sampled_from([0, 1, 10**FRACTION - 1]) | st.integers(0, 10**FRACTION - 1)
signs = st.sampled_from(["", "-"])
inside = st.builds(lambda sign, whole, part: f"{sign}{whole}.{part:012}", signs, wholes, parts)
offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def is_inside(value: Decimal) -> bool:
    exact = abs(Fraction(value))
    return exact < 10**WHOLE and (exact * 10**FRACTION).denominator == 1


@quick
@given(inside, st.integers(0, 20), st.integers(-12, 12))
def test_every_number_inside_the_bounds_survives_exactly(given: str, zeros: int, shift: int) -> None:
    found = number(given)
    assert Fraction(found) == Fraction(given)
    shown = plain(found)
    assert PLAIN.fullmatch(shown)
    assert shown != "-0"
    assert number(shown) == found
    assert plain(number(Decimal(given))) == shown
    # The same number written otherwise.
    assert plain(number(given + "0" * zeros)) == shown
    digits = given.replace(".", "")
    assert plain(number(f"{digits}E-{FRACTION}")) == shown
    moved = Decimal(f"{digits}E{-FRACTION - shift}")
    assert plain(number(f"{moved:f}E{shift}")) == shown


@quick
@given(signs, st.integers(1, 10**WHOLE - 1), st.integers(1, 10**9))
def test_every_number_that_is_too_great_is_refused(sign: str, digits: int, by: int) -> None:
    with pytest.raises(ValueError, match="at most"):
        number(f"{sign}{digits}E{WHOLE - len(str(digits)) + by}")


@quick
@given(st.integers(-(10**40), 10**40), st.integers(FRACTION, 60))
def test_every_finer_number_is_rounded_half_to_even(digits: int, places: int) -> None:
    exact = Fraction(digits, 10**places)
    # Python rounds fractions half to even.
    rounded = Fraction(round(exact * 10**FRACTION), 10**FRACTION)
    assume(abs(rounded) < 10**WHOLE)
    assert Fraction(number(f"{digits}E-{places}")) == rounded


@quick
@given(st.decimals() | st.decimals(places=12) | st.floats() | st.integers() | st.text())
def test_anything_is_a_number_inside_the_bounds_or_refused(given: Any) -> None:
    assume(not isinstance(given, Decimal) or not given.is_zero())
    try:
        found = number(given)
    except ValueError:
        if isinstance(given, Decimal):
            assert not given.is_finite() or len(str(given)) > 100 or abs(Fraction(given)) > 10**WHOLE - 1
        elif isinstance(given, int):
            assert abs(given) > 2**53
        return
    assert is_inside(found)
    assert PLAIN.fullmatch(plain(found))
    if not isinstance(given, str):
        exact = Fraction(repr(given) if isinstance(given, float) else given)
        assert abs(Fraction(found) - exact) * 2 <= Fraction(1, 10**FRACTION)


@quick
@given(st.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 31), timezones=offsets))
def test_an_instant_comes_back_as_it_went(when: datetime) -> None:
    found = instant(when.isoformat())
    assert found == when
    assert found.utcoffset() == timedelta(0)
    shown = SCALARS[datetime].serialize(found)
    assert shown.endswith("Z")
    assert SCALARS[datetime].parse_value(shown) == found
    assert SCALARS[datetime].serialize(when) == shown


@quick
@example(datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=14))))
@example(datetime(2200, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))))
@given(st.datetimes(datetime(1899, 12, 30), datetime(1900, 1, 3), timezones=offsets))
def test_an_instant_that_is_taken_can_be_sent_again(when: datetime) -> None:
    try:
        found = instant(when.isoformat())
    except ValueError:
        return
    assert instant(SCALARS[datetime].serialize(found)) == found


@quick
@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_day_comes_back_as_it_went(when: date) -> None:
    assert day(SCALARS[date].serialize(when)) == when


@quick
@given(st.text() | st.integers() | st.binary(max_size=12) | st.none() | st.lists(st.integers(), max_size=11))
def test_anything_else_is_refused_with_a_value_error(given: Any) -> None:
    for parse, kind in ((instant, datetime), (day, date), (text, str)):
        try:
            found = parse(given)
        except ValueError as error:
            assert str(error)  # noqa: PT017
        else:
            assert isinstance(found, kind)
            assert not isinstance(found, datetime) or found.tzinfo == UTC


@quick
@given(st.text(st.characters(codec=None, categories=None)))
def test_a_text_is_what_postgres_can_keep(given: str) -> None:
    can_be_kept = "\0" not in given and not any("\ud800" <= c <= "\udfff" for c in given)
    try:
        assert text(given) == given
        assert can_be_kept
    except ValueError:
        assert not can_be_kept
