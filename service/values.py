"""What an exact number, an instant, a day and a text may be, wherever they come in."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

WHOLE, FRACTION = 24, 12
EXACT_FLOAT_DIGITS = 15
FIRST_YEAR, LAST_YEAR = 1900, 2200
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})")


def number(value: Any) -> Decimal:
    """An exact number from a string, or from a JSON number that is still exact; -0 is 0. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f'A Decimal is a string such as "4.5", not {value!r}.')
    text = repr(value) if isinstance(value, float) else str(value)
    if len(text) > 100:
        raise ValueError("A Decimal has at most 36 digits.")
    try:
        # Decimal itself also takes underscores, blanks and the digits of all alphabets.
        if not NUMBER.fullmatch(text) and text.lstrip("+-").lower() not in ("nan", "infinity", "inf"):
            raise InvalidOperation
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(f'{text!r} is not a number. A Decimal is a string such as "4.5".') from None
    if not found.is_finite():
        raise ValueError(f"A Decimal is finite; {text} is not.")
    if not found:
        return Decimal(0)
    digits = found.as_tuple().digits
    used = len("".join(map(str, digits)).rstrip("0"))
    if found.adjusted() >= WHOLE or used - 1 - found.adjusted() > FRACTION:
        raise ValueError(f"A Decimal has at most {WHOLE} digits before and {FRACTION} after the point.")
    if isinstance(value, float) and (used > EXACT_FLOAT_DIGITS or abs(value) >= 10**EXACT_FLOAT_DIGITS):
        raise ValueError(f"{text} has more digits than a JSON number keeps. Send it as a string.")
    # Not normalize(): it rounds to the precision of the context.
    return Decimal(plain(found))


def plain(value: Decimal) -> str:
    """A number in full, without an exponent, without zeros that say nothing; -0 is 0."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def instant(value: Any) -> datetime:
    """An instant with its offset, as RFC 3339 has it, in UTC. Raises ValueError."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    hint = "Write an instant like 2026-03-31T09:00:00Z."
    try:
        if not INSTANT.fullmatch(value):
            raise LookupError if DAY.match(value) else ValueError
        found = datetime.fromisoformat(value.upper()).astimezone(UTC)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError
        return found
    except LookupError:
        raise ValueError(f"{value!r} has no offset. {hint}") from None
    except (ValueError, TypeError, AttributeError, OverflowError):
        years = f"{FIRST_YEAR} to {LAST_YEAR}"
        raise ValueError(f"{value!r} is not an instant of the years {years}. {hint}") from None


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
