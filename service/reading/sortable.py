"""Which orders a list may have: those within a cycle need the goals of one."""

from service.errors import BadUserInput
from service.reading.filters import Shape
from service.reading.keyset import Listing
from service.reading.page_order import ComputedOrder


def ensure_sortable(listing: Listing, order: str, shape: Shape) -> None:
    """Raises BadUserInput if an order compares what only the goals of one cycle have in common, and there may be others
    among those that meet a filter of the shape."""
    sorts = listing.orders[order]
    if not isinstance(sorts, ComputedOrder) or not sorts.within_cycle or _is_of_one_cycle(shape):
        return
    # The list of a parent has the goals of one cycle if that is the parent, or an objective with its key results.
    if listing.key is None or listing.key.name not in ("cycle_id", "objective_id"):
        raise BadUserInput(
            f"The order {order} is within one cycle. Name the cycle in `filter`: by `cycleId: {{eq: ...}}`, or by "
            "`cycle: {isCurrent: true, kind: {eq: ...}}`; of key results, those of their `objective`."
        )


def _is_of_one_cycle(shape: Shape) -> bool:
    compared = dict(shape)
    return (
        "eq" in compared.get("cycle_id", ())
        or "eq" in compared.get("objective_id", ())
        or {("is_current", ("true",)), ("kind", ("eq",))} <= set(compared.get("cycle", ()))
        or ("objective" in compared and _is_of_one_cycle(compared["objective"]))
        or any(map(_is_of_one_cycle, compared.get("and_", ())))
    )
