"""Small trees of goals as the evaluator takes them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from service.cycles.pace import Policy
from service.key_results.progress import Definition, Evidence
from service.rollup.evaluate import evaluate
from service.rollup.status_timeline import BEGINNING, Status, StatusChange, StatusReason
from service.rollup.tree import Derivation, Derivations, Edge, GoalValues, KeyResultNode, ObjectiveNode, Tree

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

EMPTY = GoalValues(None, None, None, None, ())

PARENT, CHILD = UUID(int=1), UUID(int=2)


def objective(id: UUID = PARENT, source: str = "KEY_RESULTS", status: str = "PACE", **more: Any) -> ObjectiveNode:
    """An active objective of the year 2026 about which nobody has said anything."""
    node = ObjectiveNode(id, source, status, "ACTIVE", False, START, END, None, None, None, EMPTY)
    return replace(node, **more)


def key_result(number: int, percent: int | None, weight: float = 1.0, **more: Any) -> KeyResultNode:
    """A key result that has reached so many percent; None: an AT_LEAST that nobody has measured yet."""
    definition = Definition("AT_LEAST" if percent is None else "REACH", target=Decimal(100))
    evidence = Evidence(None if percent is None else Decimal(percent))
    node = KeyResultNode(
        UUID(int=number), PARENT, definition, evidence, "MANUAL", weight, "ACTIVE", False, None, None, EMPTY
    )
    return replace(node, **more)


def edge(
    number: int, progress: float | Decimal | None, weight: float = 1.0, kind: str = "CONTRIBUTES", **more: Any
) -> Edge:
    """An alignment to PARENT of an objective with that progress, which is not in the tree itself."""
    reason = "NO_CONTRIBUTORS" if progress is None else "COMPUTED"
    timeline = (StatusChange(BEGINNING, Status.ON_TRACK, StatusReason.PACE),)
    share = None if progress is None else Decimal(str(progress))
    below = GoalValues(share, share, reason, None, timeline)
    id = UUID(int=number)
    return replace(Edge(UUID(int=number + 1000), id, PARENT, None, kind, weight, "ACTIVE", False, below), **more)


def evaluated(
    *objectives: ObjectiveNode,
    key_results: Sequence[KeyResultNode] = (),
    edges: Sequence[Edge] = (),
    policy: Policy | None = None,
) -> Derivations:
    """The derivations of these objectives, children before parents."""
    return evaluate(
        Tree(
            objectives if policy is None else [replace(node, policy=policy) for node in objectives],
            {node.id: [each for each in key_results if each.objective_id == node.id] for node in objectives},
            {node.id: [each for each in edges if each.parent_id == node.id] for node in objectives},
        )
    )


def of(*key_results: KeyResultNode) -> Derivation:
    """What these key results make of their objective."""
    return evaluated(objective(), key_results=key_results).objectives[PARENT]


def under(*edges: Edge) -> Derivation:
    """What these alignments make of the objective above."""
    return evaluated(objective(source="ALIGNED_OBJECTIVES"), edges=edges).objectives[PARENT]
