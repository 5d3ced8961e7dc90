"""One pure pass over a tree: progress and status of every goal in it, each with its derivation.

Source of the formulas: domain.md, sections 2 to 4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

from service.cycles.pace import Policy
from service.key_results.progress import CONTROL, ProgressReason, clamp, progress, target_of
from service.rollup.course import guarded, overruled, pace_course, with_check_ins, worst
from service.rollup.tree import (
    Derivation,
    Derivations,
    Edge,
    Exclusion,
    KeyResultNode,
    ObjectiveNode,
    Stored,
    Term,
    Tree,
)


@dataclass(frozen=True, slots=True)
class Contributor:
    """Something that may count toward a goal."""

    id: UUID
    weight: float
    lifecycle: str
    archived: bool
    values: Stored


def evaluate(tree: Tree) -> Derivations:
    """The derivations of all objectives and key results of a tree, children before parents."""
    objectives: dict[UUID, Derivation] = {}
    key_results: dict[UUID, Derivation] = {}
    for node in tree.objectives:
        edges = [_current(edge, objectives) for edge in tree.edges.get(node.id, ())]
        own = tree.key_results.get(node.id, ())
        for key_result in own:
            key_results[key_result.id] = _key_result(key_result, node, edges, tree.policy)
        objectives[node.id] = _objective(node, own, key_results, edges, tree.policy)
    return Derivations(objectives, key_results)


def _current(edge: Edge, computed: Mapping[UUID, Derivation]) -> Edge:
    below = computed.get(edge.objective_id)
    return edge if below is None else replace(edge, child=below.values)


def _key_result(node: KeyResultNode, objective: ObjectiveNode, edges: list[Edge], policy: Policy) -> Derivation:
    if node.value_source == "ALIGNED_OBJECTIVES":
        served = [edge for edge in edges if edge.parent_key_result_id == node.id]
        mean = _mean(_aligned(served), _supporting(served))
    else:
        mean = Derivation(_own(node))
    values = mean.values
    by_pace = pace_course(
        values.progress,
        objective.starts_at,
        objective.ends_at,
        policy,
        regressed=values.regressed,
        is_control=node.definition.kind in CONTROL,
    )
    if node.value_source == "MANUAL":
        course = with_check_ins(by_pace, node.said, objective.starts_at, objective.ends_at, policy)
    else:
        course = overruled(by_pace, node.said, policy)
    if node.breached:
        course = guarded(course)
    return replace(
        mean, values=replace(values, course=course, confidence=node.confidence, guardrail_breached=node.breached)
    )


def _own(node: KeyResultNode) -> Stored:
    """Progress of a key result whose value is its own, or its KPI's."""
    definition = node.measured or node.definition
    found = progress(definition, node.evidence)
    own = Stored(found.value, found.raw, found.reason, None, (), found.current, found.has_data, found.regressed)
    if node.measured is None:
        return own
    return replace(
        own,
        measured_baseline=definition.baseline if node.definition.baseline is None else None,
        measured_target=target_of(definition) if node.definition.target is None else None,
    )


def _objective(
    node: ObjectiveNode,
    own: Iterable[KeyResultNode],
    key_results: Mapping[UUID, Derivation],
    edges: list[Edge],
    policy: Policy,
) -> Derivation:
    if node.progress_source == "MANUAL":
        return _manual(node, policy)
    contributors: list[Contributor] = []
    excluded: list[Exclusion] = []
    if node.progress_source in ("KEY_RESULTS", "BOTH"):
        contributors += [
            Contributor(kr.id, kr.weight, kr.lifecycle, kr.archived, key_results[kr.id].values) for kr in own
        ]
    if node.progress_source in ("ALIGNED_OBJECTIVES", "BOTH"):
        direct = [edge for edge in edges if edge.parent_key_result_id is None]
        contributors += _aligned(direct)
        excluded += _supporting(direct)
    mean = _mean(contributors, excluded)
    counted = {term.id for term in mean.terms}
    by_pace = pace_course(mean.values.progress, node.starts_at, node.ends_at, policy, regressed=mean.values.regressed)
    course = by_pace
    if node.status_source == "WORST_CONTRIBUTOR":
        course = worst(c.values.course for c in contributors if c.id in counted and c.weight > 0) or by_pace
    course = overruled(course, node.said, policy)
    return replace(mean, values=replace(mean.values, course=course, confidence=node.confidence))


def _manual(node: ObjectiveNode, policy: Policy) -> Derivation:
    raw = node.said_value
    value = None if raw is None else clamp(raw)
    reason = ProgressReason.NO_DATA if raw is None else ProgressReason.COMPUTED
    course = with_check_ins(
        pace_course(value, node.starts_at, node.ends_at, policy),
        node.said,
        node.starts_at,
        node.ends_at,
        policy,
    )
    return Derivation(Stored(value, raw, reason, node.confidence, course, None, raw is not None))


def _aligned(edges: Iterable[Edge]) -> list[Contributor]:
    return [
        Contributor(edge.objective_id, edge.weight, edge.lifecycle, edge.archived, edge.child)
        for edge in edges
        if edge.kind == "CONTRIBUTES"
    ]


def _supporting(edges: Iterable[Edge]) -> list[Exclusion]:
    return [Exclusion(edge.objective_id, "SUPPORTS") for edge in edges if edge.kind != "CONTRIBUTES"]


def _mean(contributors: Iterable[Contributor], excluded: list[Exclusion]) -> Derivation:
    """Σ w·p / Σ w over what counts, in exact fractions: no order shows, and a mean of equals is that value."""
    terms: list[Term] = []
    left_out = list(excluded)
    for each in contributors:
        reason = _why_not(each)
        if reason:
            left_out.append(Exclusion(each.id, reason))
        else:
            assert each.values.progress is not None
            assert each.values.raw is not None
            terms.append(Term(each.id, each.weight, each.values.progress, each.values.raw))
    weights = [Fraction(term.weight) for term in terms]
    total = sum(weights)
    if total == 0:
        reason = ProgressReason.ALL_WEIGHTS_ZERO if terms else ProgressReason.NO_CONTRIBUTORS
        return Derivation(Stored(None, None, reason, None, ()), terms, left_out)
    value = clamp(float(sum(w * Fraction(term.progress) for w, term in zip(weights, terms, strict=True)) / total))
    raw = float(sum(w * Fraction(term.raw) for w, term in zip(weights, terms, strict=True)) / total) + 0.0
    reason = ProgressReason.REGRESSED if raw < 0 else ProgressReason.COMPUTED
    return Derivation(Stored(value, raw, reason, None, (), None, True, raw < 0), terms, left_out)


def _why_not(each: Contributor) -> str | None:
    if each.archived:
        return "ARCHIVED"
    if each.lifecycle != "ACTIVE":
        return each.lifecycle
    return "NO_PROGRESS" if each.values.progress is None or each.values.raw is None else None
