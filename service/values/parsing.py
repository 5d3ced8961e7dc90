"""Parses and formats decimals, instants, dates, texts and UUIDs from any input."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any
from uuid import UUID

MAX_INTEGER_DIGITS = 24
MAX_FRACTION_DIGITS = 12
MAX_NUMBER_LENGTH = 100
# Floats above it cannot represent every integer, nor can a JSON integer that was read as a float.
MAX_JSON_NUMBER = 2**53
DECIMAL_STEP = Decimal(1).scaleb(-MAX_FRACTION_DIGITS)
ROUNDING_CONTEXT = Context(prec=MAX_NUMBER_LENGTH + MAX_FRACTION_DIGITS, rounding=ROUND_HALF_EVEN)
MIN_YEAR = 1900
MAX_YEAR = 2200
DECIMAL_PATTERN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
# What `format_decimal` writes of a decimal within the limits.
CANONICAL_PATTERN = re.compile(
    rf"0|-?(0(?=\.)|[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}})(\.[0-9]{{0,{MAX_FRACTION_DIGITS - 1}}}[1-9])?"
)
DATE_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT_PATTERN = re.compile(
    DATE_PATTERN.pattern + r"[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
LOCAL_TIME_PATTERN = re.compile(DATE_PATTERN.pattern + r"([Tt ][0-9:.]*)?")
BASIC_OFFSET_PATTERN = re.compile(r".*[+-][0-9]{2}([0-9]{2})?")


def parse_decimal(value: Any) -> Decimal:
    """The decimal of a string or a JSON number, rounded half to even to 12 digits after the point. -0 becomes 0.

    Raises ValueError if it is not a finite number, if it has more than 24 digits before the point, or if it is a JSON
    number above 2**53, which may have lost digits already.
    """
    if isinstance(value, str) and CANONICAL_PATTERN.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f'A Decimal is a string such as "4.5", not {value!r}.')
    text = repr(value) if isinstance(value, float) else str(value)
    if len(text) > MAX_NUMBER_LENGTH:
        raise ValueError(f"A Decimal is written with at most {MAX_NUMBER_LENGTH} characters.")
    try:
        # Decimal() also accepts underscores, blanks and the digits of all alphabets.
        if not DECIMAL_PATTERN.fullmatch(text) and text.lstrip("+-").lower() not in ("nan", "infinity", "inf"):
            raise InvalidOperation
        exact = Decimal(text)
    except InvalidOperation:
        raise ValueError(f'{text!r} is not a number. A Decimal is a string such as "4.5".') from None
    if not exact.is_finite():
        raise ValueError(f"A Decimal is finite; {text} is not.")
    if isinstance(value, int | float) and abs(value) > MAX_JSON_NUMBER:
        raise ValueError(f"{text} has more digits than a JSON number keeps. Send it as a string.")
    # Zero may have any exponent, and quantize would need as many digits.
    rounded = (
        ROUNDING_CONTEXT.quantize(exact, DECIMAL_STEP) if exact and exact.adjusted() < MAX_INTEGER_DIGITS else exact
    )
    if exact and rounded.adjusted() >= MAX_INTEGER_DIGITS:
        raise ValueError(f"A Decimal has at most {MAX_INTEGER_DIGITS} digits before the point.")
    # Not normalize(): it rounds to the precision of the context.
    return Decimal(format_decimal(rounded)) if rounded else Decimal(0)


def format_decimal(value: Decimal) -> str:
    """A number without exponent and without trailing zeros after the point. -0 becomes "0"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def to_json_value(value: Any) -> Any:
    """The JSON form of a value: decimals, UUIDs, dates and datetimes become strings."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return [to_json_value(each) for each in value]
    return value if isinstance(value, bool | int | float) else str(value)


def parse_instant(value: Any) -> datetime:
    """The instant of an RFC 3339 string with offset, or of an aware datetime, in UTC. Raises ValueError."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    try:
        if INSTANT_PATTERN.fullmatch(value):
            parsed = datetime.fromisoformat(value.upper()).astimezone(UTC)
            if MIN_YEAR <= parsed.year <= MAX_YEAR:
                return parsed
    except (ValueError, TypeError, OverflowError):
        pass
    raise ValueError(f"{value!r} {_instant_problem(value)} Write an instant like 2026-03-31T09:00:00Z.")


def _instant_problem(value: Any) -> str:
    if isinstance(value, str) and DATE_PATTERN.fullmatch(value):
        return "is a day without a time and an offset."
    if isinstance(value, str) and LOCAL_TIME_PATTERN.fullmatch(value):
        return "has no offset from UTC, such as Z or +02:00."
    if isinstance(value, str) and DATE_PATTERN.match(value) and BASIC_OFFSET_PATTERN.fullmatch(value[10:]):
        return "has an offset without a colon; write it as +02:00."
    return f"is not an instant of the years {MIN_YEAR} to {MAX_YEAR}."


def parse_date(value: Any) -> date:
    """The date of an ISO 8601 string `YYYY-MM-DD`. Raises ValueError."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if not DATE_PATTERN.fullmatch(value):
            raise ValueError
        parsed = date.fromisoformat(value)
        if not MIN_YEAR <= parsed.year <= MAX_YEAR:
            raise ValueError
    except (ValueError, TypeError):
        years = f"{MIN_YEAR} to {MAX_YEAR}"
        raise ValueError(f"{value!r} is not a day of the years {years}. Write it like 2026-03-31.") from None
    return parsed


def parse_text(value: Any) -> str:
    """The string itself if Postgres can store it: no null characters, no lone surrogates. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("This has to be a string.")
    if "\0" in value:
        raise ValueError("A text cannot contain the null character.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("A text cannot contain half of a surrogate pair.") from None
    return value


def parse_uuid(text: str) -> UUID | None:
    """The UUID of a string in the standard form of 36 characters; None for any other string."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
