"""What several values of a KPI come to by one function of `Aggregation`."""

from collections.abc import Sequence
from decimal import Decimal, localcontext

from service.kpis.enums import Aggregation
from service.values.decimals import EXACT, ExactNumber, mean


def aggregate(values: Sequence[Decimal], function: str) -> ExactNumber | None:
    """One value of several in the order of time, a mean as an exact fraction; None of none, also for COUNT: what is
    missing is not 0."""
    if not values:
        return None
    if function == Aggregation.AVERAGE:
        return mean(values)
    with localcontext(EXACT):
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
