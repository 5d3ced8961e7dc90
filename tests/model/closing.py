"""States of cycles and scores of goals (docs/cycles.md; docs/numbers.md, 22)."""

from datetime import datetime
from fractions import Fraction

from tests.model.exact import stored
from tests.model.facts import Cycle, KeyResult, Objective
from tests.model.goals import Moment, stored_or_null

# What may be done in each state, and where each step leads from where.
ALLOWED = {
    "PLANNING": {"edit", "schedule"},
    "ACTIVE": {"edit", "check in", "schedule", "carry over"},
    "CLOSING": {"check in", "score", "carry over"},
    "CLOSED": {"carry over"},
}
STEPS = {
    "Activate": ({"PLANNING"}, "ACTIVE"),
    "BeginClosing": ({"ACTIVE"}, "CLOSING"),
    "Extend": ({"ACTIVE", "CLOSING"}, "ACTIVE"),
    "Close": ({"CLOSING"}, "CLOSED"),
    "Reopen": ({"CLOSED"}, "CLOSING"),
}


def state(cycle: Cycle, now: datetime) -> str:
    """The state of a cycle, which becomes ACTIVE at its start unless somebody has to activate it."""
    return "ACTIVE" if cycle.state == "PLANNING" and now >= cycle.starts and not cycle.waits else cycle.state


def in_force(goal: KeyResult | Objective) -> bool:
    """Neither archived, nor a draft, nor cancelled."""
    return not goal.archived and goal.lifecycle == "ACTIVE"


def proposed(moment: Moment, id: str) -> Fraction | None:
    """The score that is proposed for a goal by itself: its progress, and 0 for a limit without a value."""
    progress = moment.progress(id)
    return Fraction(0) if progress.raw is None and progress.reason == "NO_DATA" else stored_or_null(progress.progress)


def counted(moment: Moment, objective: str) -> dict[str, KeyResult]:
    """The key results of an objective whose scores its own is made of."""
    every = moment.world.key_results.items()
    return {id: each for id, each in every if each.objective == objective and in_force(each) and not each.is_waived}


def score(moment: Moment, id: str) -> Fraction | None:
    """The score of a goal."""
    goal = moment.world.goal(id)
    if goal.final_score is not None or isinstance(goal, KeyResult):
        return goal.final_score
    return _mean([(each.weight, each.final_score) for each in counted(moment, id).values()])


def proposed_score(moment: Moment, id: str) -> Fraction | None:
    """The score that is proposed for a goal."""
    own = {} if id in moment.world.key_results else counted(moment, id)
    if not any(each.weight for each in own.values()):
        return proposed(moment, id)
    pairs = [
        (each.weight, proposed(moment, key) if each.final_score is None else each.final_score)
        for key, each in own.items()
    ]
    return _mean(pairs)


def close(moment: Moment, cycle: str) -> None:
    """Gives all goals in force that lack one the proposed score, or waives them."""
    for id, objective in moment.world.objectives.items():
        if objective.cycle != cycle or not in_force(objective):
            continue
        if not objective.is_waived:
            for key, each in counted(moment, id).items():
                if each.final_score is None:
                    each.final_score = proposed(moment, key)
                    each.is_waived = each.final_score is None
        needs_own = not any(each.weight for each in counted(moment, id).values())
        if needs_own and objective.final_score is None and not objective.is_waived:
            objective.final_score = proposed(moment, id)
            objective.is_waived = objective.final_score is None


def _mean(pairs: list[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    weighted = [(weight, share) for weight, share in pairs if weight]
    if not weighted or any(share is None for _, share in weighted):
        return None
    total = sum(weight for weight, _ in weighted)
    return stored(sum((weight * (share or 0) for weight, share in weighted), Fraction(0)) / total)
