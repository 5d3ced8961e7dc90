"""What a number, an instant, a day and a text may be, case by case."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson
import pytest

from service.values.parsing import format_decimal, parse_date, parse_decimal, parse_instant, parse_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        *(("3500000000", "3500000000"), ("4.5", "4.5"), ("4.50", "4.5"), ("-4.50", "-4.5"), ("007", "7")),
        *(("0", "0"), ("-0", "0"), ("-0.000", "0"), ("0.0", "0"), ("0E+99", "0"), ("-0E+3", "0"), ("0E-30", "0")),
        *(("1e5", "100000"), ("1E-12", "0.000000000001"), ("12E-1", "1.2"), ("1.50E+1", "15"), ("100", "100")),
        ("9" * 24 + "." + "9" * 12, "9" * 24 + "." + "9" * 12),
        ("-" + "9" * 24 + "." + "9" * 12, "-" + "9" * 24 + "." + "9" * 12),
        ("0.0000000000010", "0.000000000001"),
        ("1.000000000000000000000000000", "1"),
        *((0, "0"), (-0.0, "0"), (4.5, "4.5"), ("9" * 24, "9" * 24), (0.1, "0.1")),
        *((123456789012345.0, "123456789012345"), (123.456789012345, "123.456789012345"), (1e-12, "0.000000000001")),
        *((0.1 + 0.2, "0.3"), (1 / 3, "0.333333333333"), (2 / 3, "0.666666666667"), (1e-13, "0"), (5e-324, "0")),
        *(
            (1234567890123456.0, "1234567890123456"),
            (2.0**53, "9007199254740992"),
            (123456789.12345679, "123456789.12345679"),
        ),
        # Half to even.
        *(("0.0000000000005", "0"), ("0.0000000000015", "0.000000000002"), ("0.0000000000025", "0.000000000002")),
        *(
            ("-0.0000000000015", "-0.000000000002"),
            ("-0.0000000000005", "0"),
            ("1.0000000000001", "1"),
            ("1E-999999", "0"),
        ),
        *((Decimal("-0"), "0"), (Decimal("4.500"), "4.5"), (Decimal("1E+20"), "1" + "0" * 20)),
    ],
)
def test_a_number_in_full(raw: Any, shown: str) -> None:
    assert format_decimal(parse_decimal(raw)) == shown


@pytest.mark.parametrize(
    "raw",
    [
        *("", "x", "1,5", "1.2.3", "--1", "0x10", "1 000", "NaN", "sNaN", "Infinity", "-inf", "1e", "½"),
        *("1_000", " 4.5", "4.5\n", "\uff14.5", "\u0664", ".", "e5", "+"),
        *("1" + "0" * 24, "-1E24", "1E999999", "9" * 24 + ".9999999999995"),
        *("1E99999999999999999999", "9" * 101),
        *(None, True, False, [], {}, b"1", 1j, float("nan"), float("inf"), 1e24, 2**53 + 1, 10**24, -(10**24)),
        *(2.0**53 + 2, -(2.0**53) - 2, 10**4000, Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+24")),
    ],
)
def test_no_number(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_decimal(raw)


def test_an_integer_that_python_does_not_spell_out_is_no_number() -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_decimal(10**5000)


@pytest.mark.parametrize("raw", ["100000000000000000001", "-100000000000000000001"])
def test_a_json_integer_is_exact_or_refused(raw: str) -> None:
    try:
        assert parse_decimal(orjson.loads(raw)) == Decimal(raw)
    except ValueError as refused:
        assert str(refused)  # noqa: PT017


@pytest.mark.parametrize("raw", ["0E-999999999999999999", "-0E-999999999999999999"])
def test_a_nought_of_a_great_many_places_takes_no_memory(raw: str) -> None:
    try:
        assert format_decimal(parse_decimal(raw)) == "0"
    except ValueError as refused:
        assert str(refused)  # noqa: PT017


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("2026-03-31T09:00:00Z", datetime(2026, 3, 31, 9)),
        ("2026-03-31t09:00:00z", datetime(2026, 3, 31, 9)),
        ("2026-03-31T09:00:00.123456Z", datetime(2026, 3, 31, 9, 0, 0, 123456)),
        ("2026-03-31T09:00:00+02:00", datetime(2026, 3, 31, 7)),
        ("2026-03-31T00:30:00+05:45", datetime(2026, 3, 30, 18, 45)),
        ("2026-03-31T23:30:00-00:30", datetime(2026, 4, 1)),
        ("1900-01-01T00:00:00Z", datetime(1900, 1, 1)),
        ("2200-12-31T23:59:59.999999Z", datetime(2200, 12, 31, 23, 59, 59, 999999)),
    ],
)
def test_an_instant_in_utc(raw: str, utc: datetime) -> None:
    parsed = parse_instant(raw)
    assert parsed == utc.replace(tzinfo=UTC)
    assert parsed.tzinfo == UTC


@pytest.mark.parametrize(
    "raw",
    [
        *("", "now", "2026-03-31", "2026-03-31T09:00:00", "2026-03-31 09:00:00Z", "2026-13-31T09:00:00Z"),
        *("2026-02-29T09:00:00Z", "2026-03-31T25:00:00Z", "1899-12-31T23:59:59Z", "2201-01-01T00:00:00Z"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-03-31T09:00:00+25:00"),
        *(None, 5, 5.5, [], b"2026-03-31T09:00:00Z", datetime(2026, 3, 31), "\ud800"),
        *("2026-W10-1T09:00Z", "20260331T090000Z", "2026-03-31T09Z", "2026-03-31T09:00:00Z\0", "2026-03-31T09:00:60Z"),
    ],
)
def test_no_instant(raw: Any) -> None:
    with pytest.raises(ValueError, match="2026-03-31T09:00:00Z"):
        parse_instant(raw)


@pytest.mark.parametrize("raw", ["1900-01-01", "2024-02-29", "2026-03-31", "2200-12-31"])
def test_a_day(raw: str) -> None:
    assert parse_date(raw) == date.fromisoformat(raw)


@pytest.mark.parametrize(
    "raw",
    [
        *("", "20260331", "2026-3-31", "2026-02-29", "1899-12-31", "2201-01-01", "2026-03-31T00:00:00Z", "31.03.2026"),
        *(None, 5, [0] * 10, b"2026-03-31", datetime(2026, 3, 31), "2026-W10-1", "\uff12026-03-3"),
    ],
)
def test_no_day(raw: Any) -> None:
    with pytest.raises(ValueError, match="2026-03-31"):
        parse_date(raw)


def test_what_is_an_instant_or_a_day_already_stays_one() -> None:
    when = datetime(2026, 3, 31, 9, tzinfo=timezone(timedelta(hours=2)))
    assert parse_instant(when) == when
    assert parse_instant(when).tzinfo == UTC
    assert parse_date(date(2026, 3, 31)) == date(2026, 3, 31)


@pytest.mark.parametrize("raw", ["", "a", "ü", "🎯", "line\nbreak", "\x01"])
def test_a_text(raw: str) -> None:
    assert parse_text(raw) == raw


@pytest.mark.parametrize("raw", ["\0", "a\0b", "\ud800", "\udfff!", None, 5, b"a", ["a"]])
def test_no_text(raw: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_text(raw)
