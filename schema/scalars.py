"""Values that GraphQL has no type for: exact numbers, dates, instants."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import strawberry
from graphql import GraphQLError, ValueNode
from graphql.language import FloatValueNode, IntValueNode, StringValueNode

WHOLE, FRACTION = 24, 12
EXACT_FLOAT_DIGITS = 15
YEARS = (1900, 2200)


def parse_decimal(value: Any) -> Decimal:
    """An exact number from a string or from a JSON number that is still exact. Raises GraphQLError."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise GraphQLError(f'A Decimal is a string such as "4.5", not {value!r}.')
    text = repr(value) if isinstance(value, float) else str(value)
    if len(text) > 100:
        raise GraphQLError("A Decimal has at most 36 digits.")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise GraphQLError(f'{text!r} is not a number. A Decimal is a string such as "4.5".') from None
    if not number.is_finite():
        raise GraphQLError(f"A Decimal is finite; {text} is not.")
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if number.adjusted() >= WHOLE or (exponent < -FRACTION and number != round(number, FRACTION)):
        raise GraphQLError(f"A Decimal has at most {WHOLE} digits before and {FRACTION} after the point.")
    if isinstance(value, float) and len(number.normalize().as_tuple().digits) > EXACT_FLOAT_DIGITS:
        raise GraphQLError(f"{text} has more digits than a JSON number keeps. Send it as a string.")
    return number.normalize() + 0


def serialize_decimal(value: Any) -> str:
    """A number in full, without an exponent, without zeros that say nothing; -0 is 0."""
    return format(Decimal(value).normalize() + 0, "f")


def parse_datetime(value: Any) -> datetime:
    """An instant, RFC 3339 with its offset, in UTC. Raises GraphQLError."""
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None or "T" not in value.upper():
            raise GraphQLError(f"{value!r} has no offset. Write an instant like 2026-03-31T09:00:00Z.")
        if not YEARS[0] <= instant.year <= YEARS[1]:
            raise GraphQLError(f"{value!r} is outside the years {YEARS[0]} to {YEARS[1]}.")
        return instant.astimezone(UTC)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise GraphQLError(f"{value!r} is not an instant. Write it like 2026-03-31T09:00:00Z.") from None


def serialize_datetime(value: datetime) -> str:
    """An instant in UTC, as RFC 3339 has it."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_date(value: Any) -> date:
    """A day, as ISO 8601 has it. Raises GraphQLError."""
    try:
        if len(value) != 10:
            raise ValueError(value)
        day = date.fromisoformat(value)
    except (ValueError, TypeError):
        raise GraphQLError(f"{value!r} is not a date. Write it like 2026-03-31.") from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise GraphQLError(f"{value!r} is outside the years {YEARS[0]} to {YEARS[1]}.")
    return day


def serialize_float(value: Any) -> float:
    """A finite number; -0 is 0."""
    number = float(value)
    if not math.isfinite(number):
        raise GraphQLError("A Float is finite.")
    return number + 0.0


def _literal(node: ValueNode, _variables: Any = None) -> Decimal:
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        # From the source text, so that a literal keeps all of its digits.
        return parse_decimal(node.value)
    raise GraphQLError('A Decimal is a string such as "4.5".', node)


JSON = strawberry.scalars.JSON

SCALARS: dict[object, Any] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description=(
            f'An exact number, as a string such as "3500000000" or "4.5": up to {WHOLE} digits before and '
            f"{FRACTION} after the point. As input, a JSON number of up to {EXACT_FLOAT_DIGITS} digits is taken too."
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
        serialize=serialize_decimal,
        parse_value=parse_decimal,
        parse_literal=_literal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant with its offset, as RFC 3339 has it: 2026-03-31T09:00:00Z. Answers are in UTC.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=serialize_datetime,
        parse_value=parse_datetime,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day without a time: 2026-03-31.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=lambda value: value.isoformat(),
        parse_value=parse_date,
    ),
}
