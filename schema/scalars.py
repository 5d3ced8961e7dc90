"""Values that GraphQL has no type for: exact numbers, dates, instants."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import strawberry
from graphql import GraphQLError, ValueNode
from graphql.language import FloatValueNode, IntValueNode, StringValueNode

from schema.execution.documents.variable_errors import UnreadableValue
from schema.execution.planning.leaves import with_serialized_type
from service.values import parsing


def _parsed(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def parse_value(value: Any) -> Any:
        if isinstance(value, UnreadableValue):
            return value
        try:
            return parse(value)
        except ValueError as error:
            raise GraphQLError(str(error)) from None

    return parse_value


def _decimal_literal(node: ValueNode, _variables: Any = None) -> Any:
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        # From the source text, so that a literal keeps all of its digits.
        return _parsed(parsing.parse_decimal)(node.value)
    raise GraphQLError('A Decimal is a string such as "4.5".', node)


def _utc(value: datetime) -> str:
    there = value if value.tzinfo is UTC else value.astimezone(UTC)
    return f"{there.isoformat()[:-6]}Z"


def _shown(value: Decimal | str) -> str:
    # Text is a number that Postgres wrote.
    return value if isinstance(value, str) else parsing.format_decimal(value)


NUMBERS = "https://www.rfc-editor.org/rfc/rfc8259#section-6"
TIMES = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
SCALARS: dict[object, Any] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description=(
            f'Exact number, as a string such as "3500000000" or "4.5": up to {parsing.MAX_INTEGER_DIGITS} digits '
            f"before and {parsing.MAX_FRACTION_DIGITS} after the point. As input, further digits after the point are "
            "rounded half to even, so that a computed 1/3 is accepted. A JSON number is accepted too, up to "
            "9007199254740992."
        ),
        specified_by_url=NUMBERS,
        serialize=with_serialized_type(_shown, str),
        parse_value=_parsed(parsing.parse_decimal),
        parse_literal=_decimal_literal,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="Instant with its offset from UTC, as in RFC 3339: 2026-03-31T09:00:00Z. Answers are in UTC.",
        specified_by_url=TIMES,
        serialize=_utc,
        parse_value=_parsed(parsing.parse_instant),
    ),
    date: strawberry.scalar(
        name="Date",
        description="Calendar day without a time, such as 2026-03-31.",
        specified_by_url=TIMES,
        serialize=date.isoformat,
        parse_value=_parsed(parsing.parse_date),
    ),
}
