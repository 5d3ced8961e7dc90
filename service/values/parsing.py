"""What an exact number, an instant, a day and a text may be, wherever they come in."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any
from uuid import UUID

WHOLE, FRACTION = 24, 12
MAX_NUMBER_LENGTH = 100
# Floats beyond it skip integers, and so does a JSON integer that was read as one.
MAX_JSON_NUMBER = 2**53
SMALLEST = Decimal(1).scaleb(-FRACTION)
ROUNDING = Context(prec=MAX_NUMBER_LENGTH + FRACTION, rounding=ROUND_HALF_EVEN)
FIRST_YEAR, LAST_YEAR = 1900, 2200
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
LOCAL_TIME = re.compile(DAY.pattern + r"([Tt ][0-9:.]*)?")
BASIC_OFFSET = re.compile(r".*[+-][0-9]{2}([0-9]{2})?")


def number(value: Any) -> Decimal:
    """An exact number from a string or a JSON number, rounded half to even to 12 digits after the point; -0 is 0.

    Raises ValueError for what is no finite number, has more than 24 digits before the point, or is a JSON number so
    large that it may have lost digits already.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f'A Decimal is a string such as "4.5", not {value!r}.')
    text = repr(value) if isinstance(value, float) else str(value)
    if len(text) > MAX_NUMBER_LENGTH:
        raise ValueError(f"A Decimal is written with at most {MAX_NUMBER_LENGTH} characters.")
    try:
        # Decimal itself also takes underscores, blanks and the digits of all alphabets.
        if not NUMBER.fullmatch(text) and text.lstrip("+-").lower() not in ("nan", "infinity", "inf"):
            raise InvalidOperation
        exact = Decimal(text)
    except InvalidOperation:
        raise ValueError(f'{text!r} is not a number. A Decimal is a string such as "4.5".') from None
    if not exact.is_finite():
        raise ValueError(f"A Decimal is finite; {text} is not.")
    if isinstance(value, int | float) and abs(value) > MAX_JSON_NUMBER:
        raise ValueError(f"{text} has more digits than a JSON number keeps. Send it as a string.")
    # A nought may have any exponent, and quantize would write out all of its places.
    rounded = ROUNDING.quantize(exact, SMALLEST) if exact and exact.adjusted() < WHOLE else exact
    if exact and rounded.adjusted() >= WHOLE:
        raise ValueError(f"A Decimal has at most {WHOLE} digits before the point.")
    # Not normalize(): it rounds to the precision of the context.
    return Decimal(plain(rounded)) if rounded else Decimal(0)


def plain(value: Decimal) -> str:
    """A number in full, without an exponent, without zeros that say nothing; -0 is 0."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def plain_json(value: Any) -> Any:
    """A value as JSON has it: exact numbers, ids and times become strings."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return [plain_json(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def instant(value: Any) -> datetime:
    """An instant with its offset, as RFC 3339 has it, in UTC. Raises ValueError."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    try:
        if INSTANT.fullmatch(value):
            found = datetime.fromisoformat(value.upper()).astimezone(UTC)
            if FIRST_YEAR <= found.year <= LAST_YEAR:
                return found
    except (ValueError, TypeError, OverflowError):
        pass
    raise ValueError(f"{value!r} {_why_no_instant(value)} Write an instant like 2026-03-31T09:00:00Z.")


def _why_no_instant(value: Any) -> str:
    if isinstance(value, str) and DAY.fullmatch(value):
        return "is a day without a time and an offset."
    if isinstance(value, str) and LOCAL_TIME.fullmatch(value):
        return "has no offset from UTC, such as Z or +02:00."
    if isinstance(value, str) and DAY.match(value) and BASIC_OFFSET.fullmatch(value[10:]):
        return "has an offset without a colon; write it as +02:00."
    return f"is not an instant of the years {FIRST_YEAR} to {LAST_YEAR}."


def day(value: Any) -> date:
    """A day, as ISO 8601 has it. Raises ValueError."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if not DAY.fullmatch(value):
            raise ValueError
        found = date.fromisoformat(value)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError
    except (ValueError, TypeError):
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        raise ValueError(f"{value!r} is not a day of the years {years}. Write it like 2026-03-31.") from None
    return found


def text(value: Any) -> str:
    """A text that Postgres can keep: no null characters, no lone surrogates. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("This has to be a string.")
    if "\0" in value:
        raise ValueError("A text cannot contain the null character.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("A text cannot contain half of a surrogate pair.") from None
    return value


def uuid_in(text: str) -> UUID | None:
    """The UUID that a text is in its usual form of 36 characters; None for any other text."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
