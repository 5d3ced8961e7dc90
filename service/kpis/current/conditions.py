"""Conditions on what follows from the measurements of a KPI: status, freshness, trend and attainment."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from service.kpis.current.scorecard import Card
from service.values.decimals import decimal_from_float

# Column to comparators with operands, as filters of lists have them.
Conditions = Mapping[str, Mapping[str, Any]]


def matches(card: Card, conditions: Conditions) -> bool:
    """Whether a KPI meets all conditions. What it has no value of is not equal to anything, and meets `neq`."""
    return all(
        _meets(value_of(card, name), comparator, operand)
        for name, comparators in conditions.items()
        for comparator, operand in comparators.items()
    )


def value_of(card: Card, name: str) -> Any:
    """What is compared: the exact attainment, or the value of an enum."""
    if name == "attainment":
        return attainment_of(card)
    return card.summary.trend if name == "trend" else getattr(card, name)


def attainment_of(card: Card) -> Fraction | None:
    """The exact attainment of a KPI."""
    return None if card.exact_attainment is None else Fraction(card.exact_attainment)


def change_of(card: Card) -> Fraction | None:
    """The change ratio of a KPI, which says of unlike KPIs which one has changed more."""
    ratio = card.summary.change_ratio
    return None if ratio is None else Fraction(ratio)


def _meets(value: Any, comparator: str, operand: Any) -> bool:
    if comparator == "is_null":
        return operand is (value is None)
    if comparator == "in_":
        return value is not None and value in operand
    if isinstance(operand, float):
        # The decimal that the literal was written as.
        operand = Fraction(decimal_from_float(operand))
    if comparator == "neq":
        return bool(value != operand)
    if value is None:
        return False
    match comparator:
        case "eq":
            return bool(value == operand)
        case "lt":
            return bool(value < operand)
        case "lte":
            return bool(value <= operand)
        case "gt":
            return bool(value > operand)
    assert comparator == "gte"
    return bool(value >= operand)
