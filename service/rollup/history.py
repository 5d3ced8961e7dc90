"""The state of goals at moments of the past, evaluated from the facts that were known then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import NamedTuple
from uuid import UUID

from service.rollup.evaluate import evaluate
from service.rollup.history_buckets import Bucket
from service.rollup.status_timeline import Status, StatusReason, status_at
from service.rollup.tree import Derivation, Tree

# Objectives that are evaluated at a time.
OBJECTIVES_A_TURN = 8


class GoalState(NamedTuple):
    """A goal at a moment. Objectives have no value and no target of their own."""

    current: Decimal | None
    target: Decimal | None
    progress: Decimal | None
    confidence: float | None
    status: Status | None
    status_reason: StatusReason | None


class HistoryPoint(NamedTuple):
    """A goal in a bucket from one day to another, at a moment: None if the goal was not there, or is yet to be."""

    starts_on: date
    ends_on: date
    at: datetime | None
    current: Decimal | None = None
    target: Decimal | None = None
    progress: float | None = None
    confidence: float | None = None
    status: Status | None = None
    status_reason: StatusReason | None = None


def points(id: UUID, own: Sequence[Bucket], states: Mapping[datetime, Mapping[UUID, GoalState]]) -> list[HistoryPoint]:
    """The points of a goal in its own buckets, by the states of all goals at their moments."""
    return [_point(bucket, None if bucket.at is None else states[bucket.at].get(id)) for bucket in own]


def _point(bucket: Bucket, state: GoalState | None) -> HistoryPoint:
    if state is None:
        return HistoryPoint(bucket.starts_on, bucket.ends_on, None)
    progress = None if state.progress is None else float(state.progress)
    return HistoryPoint(
        *bucket, state.current, state.target, progress, state.confidence, state.status, state.status_reason
    )


def states_at(tree: Tree, moment: datetime) -> Iterator[Mapping[UUID, GoalState]]:
    """The states of all objectives and key results of a tree at a moment, by id, a part of them at a time. The tree has
    all that was known then, its objectives in any order."""
    ordered, below = in_order(tree), dict[UUID, Derivation]()
    for start in range(0, len(ordered.objectives), OBJECTIVES_A_TURN):
        part = replace(ordered, objectives=ordered.objectives[start : start + OBJECTIVES_A_TURN])
        computed = evaluate(part, below)
        below |= computed.objectives
        states = {id: _state(derivation, None, moment) for id, derivation in computed.objectives.items()}
        for objective in part.objectives:
            for node in tree.key_results.get(objective.id, ()):
                derivation = computed.key_results[node.id]
                target = node.definition.target
                shown = derivation.values.measured_target if target is None else target
                states[node.id] = _state(derivation, shown, moment)
        yield states


def in_order(tree: Tree) -> Tree:
    """The tree with its objectives in the order that an evaluation needs: children before parents."""
    nodes = {node.id: node for node in tree.objectives}
    children = {
        id: [edge.objective_id for edge in tree.edges.get(id, ()) if edge.objective_id in nodes] for id in nodes
    }
    return Tree([nodes[id] for id in TopologicalSorter(children).static_order()], tree.key_results, tree.edges)


def _state(derivation: Derivation, target: Decimal | None, moment: datetime) -> GoalState:
    values = derivation.values
    step = status_at(values.timeline, moment)
    return GoalState(values.current, target, values.progress, values.confidence, step.status, step.reason)
