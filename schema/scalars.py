"""Values that GraphQL has no type for: exact numbers, dates, instants."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLError, ValueNode
from graphql.language import FloatValueNode, IntValueNode, StringValueNode

from schema.execution.leaves import written
from service import values

T = TypeVar("T")


def _parsed(parse: Callable[[Any], T]) -> Callable[[Any], T]:
    def parse_value(value: Any) -> T:
        try:
            return parse(value)
        except ValueError as error:
            raise GraphQLError(str(error)) from None

    return parse_value


def _decimal_literal(node: ValueNode, _variables: Any = None) -> Decimal:
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        # From the source text, so that a literal keeps all of its digits.
        return _parsed(values.number)(node.value)
    raise GraphQLError('A Decimal is a string such as "4.5".', node)


def _utc(value: datetime) -> str:
    there = value if value.tzinfo is UTC else value.astimezone(UTC)
    return f"{there.isoformat()[:-6]}Z"


def _shown(value: Decimal | str) -> str:
    # Text is a number that Postgres wrote.
    return value if isinstance(value, str) else values.plain(value)


SCALARS: dict[object, Any] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description=(
            f'An exact number, as a string such as "3500000000" or "4.5": up to {values.WHOLE} digits before and '
            f"{values.FRACTION} after the point. As input, a JSON number of up to {values.EXACT_FLOAT_DIGITS} digits "
            "is taken too."
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259#section-6",
        serialize=written(_shown, str),
        parse_value=_parsed(values.number),
        parse_literal=_decimal_literal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant with its offset, as RFC 3339 has it: 2026-03-31T09:00:00Z. Answers are in UTC.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=_utc,
        parse_value=_parsed(values.instant),
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day without a time: 2026-03-31.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=date.isoformat,
        parse_value=_parsed(values.day),
    ),
}
