"""Any goal graph evaluates to what docs/numbers.md, 3 to 11, says, computed goal by goal in fractions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from service.key_results.progress import Definition, Evidence
from service.rollup.status_timeline import StatedStatus, Status, status_at
from service.rollup.tree import Edge, KeyResultNode, ObjectiveNode
from tests.kit.goal_trees import END, START, edge, evaluated, key_result, objective

Part = tuple[Fraction, Fraction | None, str]
LIFECYCLES = ["ACTIVE", "ACTIVE", "ACTIVE", "DRAFT", "CANCELLED"]
WORDS = ["ON_TRACK", "AT_RISK", "OFF_TRACK"]
STATUS = ["WORST_CONTRIBUTOR", "PACE"]
CADENCE, VALID_FOR = timedelta(days=7), timedelta(days=10)
# Shares of this length are no multiples of hundredths, so no instant here is just on a boundary.
LENGTH = (END - START) / 1009


@dataclass
class Graph:
    """Objectives in the order children first, and the naive progress and status of each at an instant."""

    objectives: Sequence[ObjectiveNode]
    key_results: Sequence[KeyResultNode]
    edges: Sequence[Edge]
    now: datetime

    def objective(self, node: ObjectiveNode) -> tuple[Fraction | None, str | None]:
        if node.progress_source == "MANUAL":
            value = None if node.stated_progress is None else Fraction(node.stated_progress)
            return value, self._stated(node, self._paced(value))
        own = [each for each in self.key_results if each.objective_id == node.id]
        parts = [self._part(each) for each in own] if node.progress_source in ("KEY_RESULTS", "BOTH") else []
        if node.progress_source in ("ALIGNED_OBJECTIVES", "BOTH"):
            parts += self._below(node.id, None)
        active = [part for part in parts if part is not None]
        mean = rounded(self._mean(active))
        derived = self._paced(mean)
        statuses = [status for weight, value, status in active if weight and value is not None]
        if node.status_source == "WORST_CONTRIBUTOR" and statuses:
            derived = max(statuses, key=list[str](Status).index)
        if derived == "ACHIEVED" and any(weight and value is None for weight, value, _ in active):
            derived = "ON_TRACK"
        return mean, self._stated(node, derived)

    def key_result(self, node: KeyResultNode) -> tuple[Fraction | None, str | None]:
        if node.value_source == "ALIGNED_OBJECTIVES":
            value = self._mean([part for part in self._below(node.objective_id, node.id) if part is not None])
        else:
            value = min(Fraction(node.evidence.latest or 0) / 100, Fraction(1)) if node.definition.kind else None
        return value, self._stated(node, self._paced(value))

    def staleness(self, node: ObjectiveNode | KeyResultNode, status: str | None) -> str | None:
        above = next(each for each in self.objectives if each.id == getattr(node, "objective_id", node.id))
        in_force = [not each.archived and each.lifecycle == "ACTIVE" for each in (node, above)]
        if isinstance(node, KeyResultNode):
            lasts = node.definition.kind == "REACH" and status == "ACHIEVED"
            expected = node.value_source == "MANUAL" and not lasts
        else:
            expected = node.progress_source == "MANUAL"
        if not all(in_force) or not expected:
            return None
        age = self.now - (node.checked_in_at or START)
        return "FRESH" if age < CADENCE else "DUE" if age < VALID_FOR else "OVERDUE"

    def _part(self, node: KeyResultNode) -> Part | None:
        value, status = self.key_result(node)
        return self._counting(node, rounded(value), status)

    def _below(self, id: UUID, key_result_id: UUID | None) -> list[Part | None]:
        aligned = [e for e in self.edges if (e.parent_id, e.parent_key_result_id) == (id, key_result_id)]
        children = {node.id: node for node in self.objectives}
        return [
            self._counting(each, *self.objective(children[each.objective_id]))
            for each in aligned
            if each.kind == "CONTRIBUTES"
        ]

    def _counting(self, each: KeyResultNode | Edge, value: Fraction | None, status: str | None) -> Part | None:
        """Weight, progress and status of a contributor in force."""
        if each.archived or each.lifecycle != "ACTIVE":
            return None
        return Fraction(each.weight), value, str(status)

    def _mean(self, parts: list[Part]) -> Fraction | None:
        counting = [(weight, value) for weight, value, _ in parts if value is not None]
        total = sum(weight for weight, _ in counting)
        return sum((weight * value for weight, value in counting), Fraction(0)) / total if total else None

    def _paced(self, value: Fraction | None) -> str:
        if value is None:
            return "PENDING"
        if value >= 1:
            return "ACHIEVED"
        elapsed = min(Fraction((self.now - START) / (END - START)), Fraction(1))
        ratio = value / elapsed
        paced = "ON_TRACK" if ratio >= Fraction(9, 10) else "AT_RISK" if ratio >= Fraction(7, 10) else "OFF_TRACK"
        return paced if elapsed >= Fraction(1, 10) else "PENDING"

    def _stated(self, node: ObjectiveNode | KeyResultNode, derived: str) -> str | None:
        """The status of a goal about which somebody may have stated one."""
        if node.lifecycle != "ACTIVE":
            return None
        if node.stated_status is None or derived == "ACHIEVED":
            return derived
        is_valid = self.now < node.stated_status.at + VALID_FOR
        return (
            node.stated_status.status
            if is_valid
            else max(derived, node.stated_status.status, key=list[str](Status).index)
        )


def rounded(value: Fraction | None) -> Fraction | None:
    """A fraction with 24 digits after the point."""
    return None if value is None else Fraction(round(value * 10**24), 10**24)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    now = START + draw(st.integers(1, 1008)) * LENGTH
    weights = st.sampled_from([1.0, 1.0, 0.0, 0.5, 3.0])
    moments = st.integers(0, 20).map(lambda days: max(START, now - timedelta(days=days)))
    word = st.builds(StatedStatus, moments, st.sampled_from(WORDS))
    objectives, key_results, edges = [], [], []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        state = {"lifecycle": draw(st.sampled_from(LIFECYCLES)), "archived": draw(st.integers(0, 5)) == 0}
        stated, checked = draw(st.none() | word), draw(st.none() | moments)
        source = draw(st.sampled_from(["KEY_RESULTS", "ALIGNED_OBJECTIVES", "BOTH", "BOTH", "MANUAL"]))
        value = draw(st.none() | st.decimals(0, 1, places=2))
        node = objective(
            UUID(int=number),
            source,
            draw(st.sampled_from(["WORST_CONTRIBUTOR", "PACE"])),
            stated_status=stated,
            **state,
        )
        objectives.append(replace(node, stated_progress=value, checked_in_at=checked))
        for order in range(draw(st.integers(0, 3))):
            said = {"stated_status": draw(st.none() | word), "checked_in_at": draw(st.none() | moments)}
            each = key_result(100 * number + order, draw(st.integers(0, 150)), draw(weights), **said)
            source = draw(st.sampled_from(["MANUAL", "MANUAL", "ALIGNED_OBJECTIVES"]))
            definition = Definition(draw(st.sampled_from(["REACH", "REACH", None])), target=Decimal(100))
            evidence = draw(st.sampled_from([each.evidence, Evidence()]))
            more: dict[str, Any] = {
                "lifecycle": draw(st.sampled_from(LIFECYCLES)),
                "archived": draw(st.integers(0, 5)) == 0,
            }
            each = replace(each, objective_id=node.id, definition=definition, evidence=evidence, **more)
            key_results.append(replace(each, value_source=source))
        for below in draw(st.lists(st.sampled_from(objectives), max_size=3, unique_by=lambda o: o.id)):
            if below.id != node.id:
                own = [None, *(each.id for each in key_results if each.objective_id == node.id)]
                kind = draw(st.sampled_from(["CONTRIBUTES", "CONTRIBUTES", "SUPPORTS"]))
                aligned = edge(below.id.int, None, draw(weights), kind, lifecycle=below.lifecycle)
                parent: dict[str, Any] = {"parent_id": node.id, "parent_key_result_id": draw(st.sampled_from(own))}
                edges.append(replace(aligned, archived=below.archived, **parent))
    return Graph(objectives, key_results, edges, now)


@settings(deadline=None, max_examples=100)
@given(graphs(), st.randoms(use_true_random=False))
def test_every_goal_of_a_graph(graph: Graph, random: Random) -> None:
    key_results = random.sample(graph.key_results, len(graph.key_results))
    edges = random.sample(graph.edges, len(graph.edges))
    found = evaluated(*graph.objectives, key_results=key_results, edges=edges)
    assert found.objectives.keys() == {node.id for node in graph.objectives}
    assert found.key_results.keys() == {node.id for node in graph.key_results}
    nodes: list[ObjectiveNode | KeyResultNode] = [*graph.objectives, *graph.key_results]
    for node in nodes:
        if isinstance(node, ObjectiveNode):
            progress, status = graph.objective(node)
            values = found.objectives[node.id].values
        else:
            progress, status = graph.key_result(node)
            values = found.key_results[node.id].values
        assert values.progress == rounded(progress)
        step = status_at(values.timeline, graph.now)
        assert (step.status, step.staleness) == (status, graph.staleness(node, status))
