"""Computes progress and status of every goal of a tree in one pure pass.

Source of the formulas: docs/numbers.md, 3 to 11.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from service.key_results.progress import (
    CONTROL,
    Progress,
    ProgressReason,
    clamp,
    is_all_or_nothing,
    periods_met,
    progress,
    target_of,
)
from service.rollup.check_in_dates import due_of_key_result, due_of_manual_objective
from service.rollup.objective_score import objective_score
from service.rollup.pace_status import Adherence, StatusRules, pace_timeline
from service.rollup.status_timeline import (
    NOT_IN_FORCE,
    PLANNED,
    CheckInDue,
    StatusTimeline,
    closed_timeline,
    with_breached_guardrail,
    with_missing_contributors,
    with_staleness,
    with_start,
    with_stated_status,
    with_unknown_guardrail,
    worst_timeline,
)
from service.rollup.surroundings import surroundings_of
from service.rollup.tree import (
    Derivation,
    Derivations,
    Edge,
    Exclusion,
    GoalValues,
    GuardrailState,
    KeyResultNode,
    ObjectiveNode,
    Span,
    Tree,
    objective_differs,
)
from service.rollup.weighted_mean import Contributor, Mean, contributing, mean_of, supporting_exclusions
from service.values.decimals import round_progress

NOTHING_BELOW: Mapping[UUID, Derivation] = {}


def evaluate(tree: Tree, below: Mapping[UUID, Derivation] = NOTHING_BELOW) -> Derivations:
    """The derivations of all objectives and key results of a tree, children before parents. The stored values stand for
    those of settled key results, and for those of settled objectives without a changed one directly below. Objectives
    `below` the tree were evaluated before."""
    objectives: dict[UUID, Derivation] = {}
    key_results: dict[UUID, Derivation] = {}
    changed: set[UUID] = set()
    for node in tree.objectives:
        edges = tree.edges.get(node.id, ())
        own_key_results = tree.key_results.get(node.id, ())
        surroundings = surroundings_of(node.stored.surroundings, node.above, edges, own_key_results)
        if node.is_settled and changed.isdisjoint(edge.objective_id for edge in edges):
            objectives[node.id] = Derivation(node.stored._replace(surroundings=surroundings))
            key_results.update((each.id, Derivation(each.stored)) for each in own_key_results)
            continue
        edges = [_with_computed_child(edge, objectives, below) for edge in edges]
        for key_result in own_key_results:
            key_results[key_result.id] = _key_result(key_result, node, edges)
        derivation = _objective(node, own_key_results, key_results, edges)
        values = derivation.values._replace(score=objective_score(node, own_key_results), surroundings=surroundings)
        objectives[node.id] = replace(derivation, values=values)
        # Whether it counts above may have changed with its facts, although its values have not.
        if not node.is_settled or objective_differs(node.stored, objectives[node.id].values):
            changed.add(node.id)
    return Derivations(objectives, key_results)


def _with_computed_child(edge: Edge, computed: Mapping[UUID, Derivation], before: Mapping[UUID, Derivation]) -> Edge:
    child = computed.get(edge.objective_id) or before.get(edge.objective_id)
    return edge if child is None else replace(edge, child=child.values)


def _key_result(node: KeyResultNode, objective: ObjectiveNode, edges: list[Edge]) -> Derivation:
    if node.is_settled:
        return Derivation(node.stored)
    if node.value_source == "ALIGNED_OBJECTIVES":
        own_edges = [edge for edge in edges if edge.parent_key_result_id == node.id]
        contributors = contributing(own_edges)
        mean = mean_of(contributors, supporting_exclusions(own_edges))
        if _any_breached(mean, contributors):
            node = replace(node, guardrail=GuardrailState.BREACHED)
        computed_progress = _progress_of_mean(mean)
        derivation = Derivation(_values(computed_progress), mean.terms, mean.excluded)
    else:
        computed_progress = progress(node.kpi_definition or node.definition, node.evidence)
        derivation = Derivation(_key_result_values(node, computed_progress))
    cycle = objective.cycle
    span = node.span(cycle)
    due = due_of_key_result(node, objective, span)
    values = derivation.values._replace(
        timeline=_key_result_timeline(node, objective, computed_progress, (span, span.within(cycle)), due),
        confidence=node.confidence,
        **_cadence_values(node),
        guardrail_breached=node.guardrail is GuardrailState.BREACHED,
        check_in_due_at=None if due is None else due.due_at,
        starts_at=span.starts_at,
        due_at=span.ends_at,
    )
    return Derivation(values, derivation.terms, derivation.excluded)


def _key_result_values(node: KeyResultNode, computed_progress: Progress) -> GoalValues:
    """Values of a key result whose value comes from check-ins, milestones or a KPI."""
    values, definition = _values(computed_progress), node.kpi_definition
    if definition is None:
        return values
    return values._replace(
        measured_baseline=definition.baseline if node.definition.baseline is None else None,
        measured_target=target_of(definition) if node.definition.target is None else None,
    )


def _key_result_timeline(
    node: KeyResultNode,
    objective: ObjectiveNode,
    computed_progress: Progress,
    spans: tuple[Span, Span],
    due: CheckInDue | None,
) -> StatusTimeline:
    """The timeline of a key result by its span, and by the part of it in which check-ins are admitted."""
    if node.lifecycle != "ACTIVE":
        return NOT_IN_FORCE
    if objective.planned:
        return PLANNED
    regressed, rules, policy = computed_progress.regressed, _status_rules(node), objective.policy
    timeline = by_pace = pace_timeline(computed_progress.value, *spans[0], policy, regressed=regressed, rules=rules)
    if node.guardrail is GuardrailState.BREACHED:
        timeline = with_breached_guardrail(by_pace)
    elif node.guardrail is GuardrailState.UNKNOWN:
        timeline = with_unknown_guardrail(by_pace)
    if objective.closed:
        return closed_timeline(timeline, objective.cycle_ends_at)
    with_check_ins = with_stated_status(timeline, by_pace, node.stated_status, node.cadence)
    return with_staleness(with_check_ins, due, *spans[1])


def _status_rules(node: KeyResultNode) -> StatusRules:
    """The status rules of a key result. One that aligned objectives measure is never all-or-nothing."""
    definition, evidence = node.kpi_definition or node.definition, node.evidence
    if node.value_source == "ALIGNED_OBJECTIVES":
        return StatusRules(is_control=definition.kind in CONTROL)
    if definition.kind not in CONTROL:
        return StatusRules(is_all_or_nothing=is_all_or_nothing(definition, evidence))
    if definition.mode != "ADHERENCE" or not evidence.adherence:
        return StatusRules(is_control=True)
    met = periods_met(definition, evidence)
    return StatusRules(is_control=True, adherence=Adherence(met, len(evidence.adherence), evidence.missing))


def _objective(
    node: ObjectiveNode,
    own_key_results: Iterable[KeyResultNode],
    key_results: Mapping[UUID, Derivation],
    edges: list[Edge],
) -> Derivation:
    if node.progress_source == "MANUAL":
        return Derivation(node.stored) if node.is_settled else _manual_objective(node)
    contributors: list[Contributor] = []
    excluded: list[Exclusion] = []
    if node.progress_source in ("KEY_RESULTS", "BOTH"):
        contributors += [
            Contributor(kr.id, kr.weight, kr.lifecycle, kr.archived, key_results[kr.id].values)
            for kr in own_key_results
        ]
    if node.progress_source in ("ALIGNED_OBJECTIVES", "BOTH"):
        direct = [edge for edge in edges if edge.parent_key_result_id is None]
        contributors += contributing(direct)
        excluded += supporting_exclusions(direct)
    mean, span = mean_of(contributors, excluded), node.span
    values = _values(
        _progress_of_mean(mean),
        confidence=node.confidence,
        coverage=None if mean.coverage is None else round_progress(mean.coverage),
        guardrail_breached=_any_breached(mean, contributors),
        **_cadence_values(node),
        starts_at=span.starts_at,
        due_at=span.ends_at,
    )
    values = values._replace(timeline=_objective_timeline(node, values, mean, contributors))
    return Derivation(values, mean.terms, mean.excluded)


def _objective_timeline(
    node: ObjectiveNode, values: GoalValues, mean: Mean, contributors: Sequence[Contributor]
) -> StatusTimeline:
    if node.lifecycle != "ACTIVE":
        return NOT_IN_FORCE
    if node.planned:
        return PLANNED
    stated_status = None if node.closed else node.stated_status
    timeline: StatusTimeline = ()
    if node.status_source == "WORST_CONTRIBUTOR":
        timeline = worst_timeline(each.values.timeline for each in _weighted(mean, contributors))
        timeline = with_start(timeline, node.span.starts_at)
    by_pace = _pace_timeline(node, values) if stated_status or not timeline else ()
    timeline = timeline or by_pace
    if mean.coverage is not None and mean.coverage < 1:
        # This comes before the stated status, which an ACHIEVED would outrank.
        timeline = with_missing_contributors(timeline)
    timeline = with_stated_status(timeline, by_pace, stated_status, node.cadence)
    return closed_timeline(timeline, node.cycle_ends_at) if node.closed else timeline


def _pace_timeline(node: ObjectiveNode, values: GoalValues) -> StatusTimeline:
    """The timeline of an objective by its own stored progress."""
    share = None if values.progress is None else Fraction(values.progress)
    timeline = pace_timeline(share, *node.span, node.policy, regressed=values.regressed)
    return with_breached_guardrail(timeline) if values.guardrail_breached else timeline


def _weighted(mean: Mean, contributors: Iterable[Contributor]) -> list[Contributor]:
    """The contributors that count with a weight above 0."""
    ids = {term.id for term in mean.terms if term.weight > 0}
    return [each for each in contributors if each.id in ids]


def _any_breached(mean: Mean, contributors: Iterable[Contributor]) -> bool:
    """Whether a KPI in RED guards a contributor that counts, directly or further below."""
    return any(each.values.guardrail_breached for each in _weighted(mean, contributors))


def _manual_objective(node: ObjectiveNode) -> Derivation:
    """The derivation of an objective with progress source MANUAL. Check-ins on it are expected."""
    raw = None if node.stated_progress is None else Fraction(node.stated_progress)
    reason = ProgressReason.NO_DATA if raw is None else ProgressReason.COMPUTED
    value = None if raw is None else clamp(raw)
    computed_progress = Progress(value, raw, reason, None, raw is not None)
    span = node.span
    values = _values(
        computed_progress,
        confidence=node.confidence,
        **_cadence_values(node),
        starts_at=span.starts_at,
        due_at=span.ends_at,
    )
    if node.lifecycle != "ACTIVE":
        return Derivation(values)
    if node.planned:
        return Derivation(values._replace(timeline=PLANNED))
    by_pace = _pace_timeline(node, values)
    if node.closed:
        return Derivation(values._replace(timeline=closed_timeline(by_pace, node.cycle_ends_at)))
    due = due_of_manual_objective(node, span)
    timeline = with_stated_status(by_pace, by_pace, node.stated_status, node.cadence)
    timeline = with_staleness(timeline, due, *span.within(node.cycle))
    return Derivation(values._replace(timeline=timeline, check_in_due_at=None if due is None else due.due_at))


def _cadence_values(node: ObjectiveNode | KeyResultNode) -> dict[str, Any]:
    return {"cadence_days": node.cadence.days, "cadence_weekday": node.cadence.weekday}


def _progress_of_mean(mean: Mean) -> Progress:
    return Progress(mean.value, mean.raw, mean.reason, None, mean.value is not None)


def _values(computed_progress: Progress, **own: Any) -> GoalValues:
    """The stored values of progress, rounded once, and the `own` ones of a goal."""
    return GoalValues(
        None if computed_progress.value is None else round_progress(computed_progress.value),
        None if computed_progress.raw is None else round_progress(computed_progress.raw),
        computed_progress.reason,
        current=computed_progress.current,
        has_data=computed_progress.has_data,
        regressed=computed_progress.regressed,
        **own,
    )
