"""Carry-overs: what comes of decisions about objectives for another cycle (docs/cycles.md, Carry-over)."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.model.closing import ALLOWED, state
from tests.model.facts import Alignment, CarryOver, KeyResult, Milestone, Objective
from tests.model.goals import World

FROM_BASELINE = ("INCREASE", "DECREASE", "INCREASE_BY", "DECREASE_BY", "INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT")
DEFINING = ("baseline", "target", "change_by", "lower", "upper")
# An objective and, where it is one, the key result of it that is served.
Parent = tuple[str, str | None]


@dataclass
class KeyResultDecision:
    """A decision about a key result, with the facts that it changes, by column."""

    decision: str
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass
class Decision:
    """A decision about an objective, with the facts that it changes, by column, and decisions about key results."""

    objective: str
    decision: str
    takes_last_value: bool = False
    changes: dict[str, Any] = field(default_factory=dict)
    key_results: dict[str, KeyResultDecision] = field(default_factory=dict)


@dataclass
class Successor:
    """An objective that carries one on, and the key results that do, by those before; null for abandoned ones."""

    objective: Objective
    key_results: dict[str, KeyResult | None]


def former(world: World, goal: str, cycle: str) -> CarryOver | None:
    """What was decided about a goal for a cycle."""
    return next((each for each in world.carry_overs if (each.goal, each.cycle) == (goal, cycle)), None)


def outcomes(world: World, decisions: Sequence[Decision], cycle: str, now: datetime) -> list[str]:
    """What comes of each decision for a cycle, as far as no state forbids it."""
    ids = [each.objective for each in decisions]
    return [
        "REFUSED" if each.objective in ids[:place] else _outcome(world, each, cycle, now)
        for place, each in enumerate(decisions)
    ]


def is_forbidden(world: World, decisions: Sequence[Decision], source: str, cycle: str, now: datetime) -> bool:
    """Whether a state forbids what there is to do; what is done already is answered in every state."""
    bound = "carry over" in ALLOWED[state(world.cycles[source], now)]
    return not (bound and "edit" in ALLOWED[state(world.cycles[cycle], now)]) and any(
        _changes_something(world, each, cycle) for each in decisions
    )


def successor(world: World, decision: Decision, cycle: str, now: datetime) -> Successor:
    """What carries an objective on: the same facts but for the changes, without check-ins, scores and own dates."""
    old = world.objectives[decision.objective]
    facts = {name: getattr(old, name) for name in ("kind", "level", "owner", "progress_source", "status_source")}
    facts |= {"cadence": old.cadence, "team": old.team}
    objective = Objective(**(facts | decision.changes), cycle=cycle, **_beginning(old, now))
    goes_on: dict[str, KeyResult | None] = {}
    for id, each in world.key_results.items():
        own = decision.key_results.get(id)
        if each.objective != decision.objective or each.archived or (each.lifecycle == "CANCELLED" and not own):
            continue
        is_abandoned = own is not None and own.decision == "ABANDON"
        goes_on[id] = None if is_abandoned else _key_result(each, decision, own, now)
    return Successor(objective, goes_on)


def served(world: World, objective: str, source: str, cycle: str, now: datetime) -> dict[Parent, list[Alignment]]:
    """What the successor of an objective serves in a cycle, each with the alignments that come to it."""
    found: dict[Parent, list[Alignment]] = {}
    for edge in world.alignments.values():
        if edge.objective == objective and not edge.archived and (parent := _parent(world, edge, source, cycle, now)):
            found.setdefault(parent, []).append(edge)
    return found


def _outcome(world: World, decision: Decision, cycle: str, now: datetime) -> str:
    old, before = world.objectives[decision.objective], former(world, decision.objective, cycle)
    if before and (before.successor or decision.decision == "ABANDON"):
        return "REFUSED" if before.successor and decision.decision == "ABANDON" else "UNCHANGED"
    if old.archived or any(world.key_results[id].archived for id in decision.key_results):
        return "REFUSED"
    if decision.decision == "ABANDON":
        return "ABANDONED"
    pairs = successor(world, decision, cycle, now).key_results.items()
    return "CREATED" if all(_may_be(world.key_results[id], new) for id, new in pairs) else "REFUSED"


def _changes_something(world: World, decision: Decision, cycle: str) -> bool:
    """Whether a decision is about an objective that is there, and was not made before."""
    before = former(world, decision.objective, cycle)
    is_decided = before is not None and (before.successor is not None or decision.decision == "ABANDON")
    return not is_decided and not world.objectives[decision.objective].archived


def _beginning(old: KeyResult | Objective, now: datetime) -> dict[str, Any]:
    """What a successor begins with: what was cancelled is in force again."""
    lifecycle = "ACTIVE" if old.lifecycle == "CANCELLED" else old.lifecycle
    return {"lifecycle": lifecycle, "created": now, "active_since": now if lifecycle == "ACTIVE" else None}


def _key_result(old: KeyResult, decision: Decision, own: KeyResultDecision | None, now: datetime) -> KeyResult:
    new = replace(
        deepcopy(old), check_ins=[], starts=None, due=None, final_score=None, is_waived=False, kept_cadence=None
    )
    new.milestones = {id: Milestone(each.weight) for id, each in old.milestones.items() if not each.archived}
    last = old.latest("value")
    if decision.takes_last_value and old.kind in FROM_BASELINE and old.value_source == "MANUAL" and last:
        new.baseline = last.value
    return replace(new, **_beginning(old, now), **(own.changes if own else {}))


def _may_be(old: KeyResult, new: KeyResult | None) -> bool:
    """Whether the definition of a key result has a direction and a limit that can be kept; one that stays may be."""
    if new is None or all(getattr(old, name) == getattr(new, name) for name in DEFINING):
        return True
    if new.kind in ("INCREASE", "DECREASE") and new.baseline is not None and new.target is not None:
        return new.baseline < new.target if new.kind == "INCREASE" else new.baseline > new.target
    if new.kind in ("INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT"):
        return new.baseline != 0
    if new.mode == "DISTANCE":
        return new.target is None or new.target > 0
    return True


def _parent(world: World, edge: Alignment, source: str, cycle: str, now: datetime) -> Parent | None:
    """Where the alignment of a successor leads to; null: nowhere. An objective stands in for a key result of it."""
    measured = edge.parent_key_result
    parent = world.key_results[measured].objective if measured else edge.parent or ""
    above = former(world, parent, cycle)
    if above and above.successor:
        carried = former(world, measured, cycle) if measured else None
        parent, measured = above.successor, carried.successor if carried else None
    elif world.objectives[parent].cycle == source:
        return None
    if world.objectives[parent].archived:
        return None
    if "edit" not in ALLOWED[state(world.cycles[world.objectives[parent].cycle], now)]:
        return None
    return parent, None if measured and world.key_results[measured].archived else measured
