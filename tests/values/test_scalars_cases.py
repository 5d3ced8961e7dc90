"""The scalars of the schema keep what they are given, or refuse it as GraphQL does."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from graphql import GraphQLError, parse_value

from schema.scalars import SCALARS


@pytest.mark.parametrize(
    ("literal", "shown"),
    [
        ('"123456789012345678901234.123456789012"', "123456789012345678901234.123456789012"),
        ("123456789012345678901234.123456789012", "123456789012345678901234.123456789012"),
        ("123456789012345678901234", "123456789012345678901234"),
        ("0.1", "0.1"),
        ("-0.0", "0"),
        ("35e8", "3500000000"),
        ('"1E-12"', "0.000000000001"),
        ("0.30000000000000004", "0.3"),
        ("1e-13", "0"),
    ],
)
def test_a_literal_keeps_all_of_its_digits(literal: str, shown: str) -> None:
    scalar = SCALARS[Decimal]
    assert scalar.serialize(scalar.parse_literal(parse_value(literal))) == shown


@pytest.mark.parametrize("literal", ['"x"', '""', "true", "null", "[1]", "{a: 1}", "NAME", "1e24", '"NaN"'])
def test_another_literal_is_refused(literal: str) -> None:
    with pytest.raises(GraphQLError):
        SCALARS[Decimal].parse_literal(parse_value(literal))


@pytest.mark.parametrize("kind", [Decimal, datetime, date])
@pytest.mark.parametrize("raw", ["", "x", True, None, [], {}, float("nan"), "\ud800"])
def test_another_value_is_refused(kind: type, raw: Any) -> None:
    with pytest.raises(GraphQLError):
        SCALARS[kind].parse_value(raw)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Decimal, Decimal("1E+20"), "1" + "0" * 20),
        (Decimal, Decimal("-0.00"), "0"),
        (Decimal, Decimal("4.500"), "4.5"),
        (datetime, datetime(2026, 3, 31, 9, tzinfo=UTC), "2026-03-31T09:00:00Z"),
        (datetime, datetime(2026, 3, 31, 9, tzinfo=timezone(timedelta(hours=2))), "2026-03-31T07:00:00Z"),
        (datetime, datetime(2026, 3, 31, 9, 0, 0, 5, tzinfo=UTC), "2026-03-31T09:00:00.000005Z"),
        (date, date(2026, 3, 31), "2026-03-31"),
    ],
)
def test_how_a_value_is_shown(kind: type, value: Any, shown: str) -> None:
    assert SCALARS[kind].serialize(value) == shown
    assert SCALARS[kind].parse_value(shown) == value
