"""The value of one period of a KPI."""

from dataclasses import field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from service.values.record import record


@record
class InputCounts:
    """How many inputs of a computed value have a value, of how many expected. `value` is the partial value of a parent
    KPI; None for a formula."""

    count: int
    expected: int
    value: Decimal | None = None


@record
class PeriodValue:
    """The value of the period that begins on `starts_on`, or the reason for having none. `input_counts` is set for a
    computed value. `exact` is the value of a formula before rounding; it is not stored."""

    starts_on: date
    value: Decimal | None
    null_reason: str | None = None
    input_counts: InputCounts | None = None
    exact: Fraction | None = field(default=None, compare=False)
