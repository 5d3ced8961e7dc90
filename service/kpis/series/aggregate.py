"""Aggregates several values of a KPI."""

from collections.abc import Sequence
from decimal import Decimal, localcontext

from service.kpis.enums import Aggregation
from service.values.decimals import EXACT_CONTEXT, ExactNumber, mean


def aggregate(values: Sequence[Decimal], function: str) -> ExactNumber | None:
    """One value from several in the order of time. A mean is an exact fraction. Without values it is None, also for
    COUNT, since missing is not 0."""
    if not values:
        return None
    if function == Aggregation.AVERAGE:
        return mean(values)
    with localcontext(EXACT_CONTEXT):
        match function:
            case Aggregation.SUM:
                return sum(values, Decimal(0))
            case Aggregation.MIN:
                return min(values)
            case Aggregation.MAX:
                return max(values)
            case Aggregation.COUNT:
                return Decimal(len(values))
            case _:
                return values[-1]
