"""Why a goal is not carried over."""

from service.errors import Refusal


class CarryOverTooLarge(Refusal):
    """The request carries over {count} objectives; one request may carry over {limit}. Send several requests."""

    meaning = (
        "Request to carry over <count> objectives, where one request may carry over <limit>. Send several requests; "
        "alignments lead to what earlier ones carried over."
    )


class CarryOverIntoItself(Refusal):
    """A cycle is carried over into another one. Send that cycle in `toCycleId`."""

    meaning = "Cycle that is to be carried over into itself. Send another cycle in `toCycleId`."


class GoalElsewhere(Refusal):
    """This {thing} does not belong to the {owner}."""

    meaning = (
        "Goal (<thing>) that does not belong to the <owner> which the input names. Send the one that it belongs to, or "
        "leave the goal out."
    )


class GoalRepeated(Refusal):
    """The request decides about this {thing} before. Decide once about each."""

    meaning = "Goal (<thing>) about which the request decides twice. Send one decision for each."


class ChangesWithoutModify(Refusal):
    """The decision is {decision}, which changes nothing; with MODIFY, {fields} can be changed."""

    meaning = "Changes <fields> of a goal with the decision <decision>. Send the decision MODIFY, or leave them out."


class CarriedAlready(Refusal):
    """This objective was carried over into the cycle already. Archive the objective there to give it up."""

    meaning = (
        "Decision ABANDON for an objective that was carried over into the cycle before. Archive the objective that "
        "carries it on, or cancel it."
    )
