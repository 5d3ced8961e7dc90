"""The score of an objective, by its own final score or those of its key results."""

from collections.abc import Iterable
from decimal import Decimal

from service.cycles.scores import mean_score
from service.rollup.tree import KeyResultNode, ObjectiveNode, is_in_force


def objective_score(node: ObjectiveNode, own_key_results: Iterable[KeyResultNode]) -> Decimal | None:
    """The final score of an objective, or else the mean of those of its key results in force that are not waived."""
    if node.final_score is not None:
        return node.final_score
    scores = [
        (each.weight, each.final_score)
        for each in own_key_results
        if is_in_force(each.archived, each.lifecycle) and not each.is_waived
    ]
    # Few objectives have any.
    return mean_score(scores) if any(score is not None for _, score in scores) else None
