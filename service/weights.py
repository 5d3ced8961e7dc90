"""How much a weight may be, wherever one is given."""

from service.errors import Refusal

HEAVIEST = 1_000_000


class WeightOutOfRange(Refusal):
    """A weight is from 0 (tracked, not counted) to 1 000 000; this one is {weight}."""


def check_weight(weight: float) -> None:
    """Raises WeightOutOfRange."""
    if not 0 <= weight <= HEAVIEST:
        raise WeightOutOfRange(("weight",), weight=weight)
