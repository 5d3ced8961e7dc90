"""The range of weights, and the check for it."""

from collections.abc import Iterator

from service.errors import Refusal

MAX_WEIGHT = 1_000_000


class WeightOutOfRange(Refusal):
    """A weight is from 0 (tracked, not counted) to 1 000 000; this one is {weight}."""

    meaning = (
        "Weight <weight>, outside its range. Send a number from <minimum>, which is tracked but not counted, to "
        "<maximum>."
    )


def check_weight(weight: float) -> Iterator[Refusal]:
    """Yields WeightOutOfRange if a weight is not from 0 to MAX_WEIGHT."""
    if not 0 <= weight <= MAX_WEIGHT:
        yield WeightOutOfRange(("weight",), weight=weight, minimum=0, maximum=MAX_WEIGHT)
