"""What counts toward an objective and what is left out, case by case (docs/numbers.md, 6)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from service.cycles.pace import Policy
from service.key_results.progress import Definition, Evidence
from service.rollup.evaluate import evaluate
from service.rollup.status_timeline import BEGINNING, Status, StatusChange, StatusReason
from service.rollup.tree import Derivation, Derivations, Edge, Exclusion, GoalValues, KeyResultNode, ObjectiveNode, Tree

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
            policy or Policy(),
            objectives,
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


@pytest.mark.parametrize(
    ("more", "percent", "reason"),
    [
        ({"archived": True}, 80, "ARCHIVED"),
        ({"lifecycle": "DRAFT"}, 80, "DRAFT"),
        ({"lifecycle": "CANCELLED"}, 80, "CANCELLED"),
        ({"archived": True, "lifecycle": "DRAFT"}, 80, "ARCHIVED"),
        ({}, None, "NO_PROGRESS"),
        ({"definition": Definition(None)}, 80, "NO_PROGRESS"),
        ({"definition": Definition("INCREASE", target=Decimal(5))}, 80, "NO_PROGRESS"),
        ({"definition": Definition("MILESTONE")}, 80, "NO_PROGRESS"),
    ],
)
def test_what_is_left_out_is_listed_with_its_reason(more: dict[str, Any], percent: int | None, reason: str) -> None:
    out = key_result(11, percent, **more)
    found = of(key_result(12, 40), out, key_result(13, 60))
    assert found.values.progress == 0.5
    assert found.excluded == [Exclusion(out.id, reason)]
    assert [term.id.int for term in found.terms] == [12, 13]
    alone = of(out)
    assert (alone.values.progress, alone.values.raw, alone.values.reason) == (None, None, "NO_CONTRIBUTORS")
    assert alone.excluded == [Exclusion(out.id, reason)]


@pytest.mark.parametrize(
    ("more", "progress", "reason"),
    [
        ({"kind": "SUPPORTS"}, 0.8, "SUPPORTS"),
        ({"kind": "SUPPORTS", "weight": 1000.0}, 0.8, "SUPPORTS"),
        ({"kind": "SUPPORTS", "archived": True}, 0.8, "SUPPORTS"),
        ({"archived": True}, 0.8, "ARCHIVED"),
        ({"lifecycle": "DRAFT"}, 0.8, "DRAFT"),
        ({"lifecycle": "CANCELLED"}, 0.8, "CANCELLED"),
        ({}, None, "NO_PROGRESS"),
    ],
)
def test_an_aligned_objective_that_does_not_count_is_listed_too(
    more: dict[str, Any], progress: float | None, reason: str
) -> None:
    out = edge(21, progress, **more)
    found = under(edge(22, 0.25), out, edge(23, 0.75))
    assert found.values.progress == 0.5
    assert found.excluded == [Exclusion(out.objective_id, reason)]
    assert [term.id.int for term in found.terms] == [22, 23]
    assert under(out).values.reason == "NO_CONTRIBUTORS"


def test_nothing_to_count_is_null() -> None:
    found = of()
    assert (found.values.progress, found.values.raw, found.values.reason) == (None, None, "NO_CONTRIBUTORS")
    assert not found.values.has_data
    assert list(found.terms) == list(found.excluded) == []
