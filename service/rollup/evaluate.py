"""One pure pass over a tree: progress and standing of every goal in it, each with its derivation.

Source of the formulas: docs/numbers.md, 3 to 11.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from service.cycles.pace import Policy
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
from service.rollup.pace_status import Adherence, Nature, progress_course
from service.rollup.status_timeline import (
    NOT_IN_FORCE,
    Course,
    Due,
    covered,
    due_after,
    guarded,
    outcome,
    unguarded,
    with_staleness,
    with_statement,
    worst,
)
from service.rollup.tree import (
    Derivation,
    Derivations,
    Edge,
    Exclusion,
    Guard,
    KeyResultNode,
    ObjectiveNode,
    Stored,
    Tree,
)
from service.rollup.weighted_mean import Contributor, Mean, mean_of
from service.values.decimals import stored_share

# What is achieved stays so: nobody has to confirm it.
LASTING = frozenset({"MILESTONE", "BINARY", "BASELINE", "REACH"})


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
        contributors = _aligned(served)
        mean = mean_of(contributors, _supporting(served))
        if _any_breached(mean, contributors):
            node = replace(node, guard=Guard.BREACHED)
        found = _of_mean(mean)
        derivation = Derivation(_values(found), mean.terms, mean.excluded)
    else:
        found = progress(node.measured or node.definition, node.evidence)
        derivation = Derivation(_own(node, found))
    due = _due_of_key_result(node, objective, policy)
    values = replace(
        derivation.values,
        course=_key_result_course(node, objective, found, due, policy),
        confidence=node.confidence,
        guardrail_breached=node.guard is Guard.BREACHED,
        due_at=None if due is None else due.due_at,
    )
    return replace(derivation, values=values)


def _own(node: KeyResultNode, found: Progress) -> Stored:
    """Values of a key result whose value is its own, or its KPI's."""
    values, definition = _values(found), node.measured
    if definition is None:
        return values
    return replace(
        values,
        measured_baseline=definition.baseline if node.definition.baseline is None else None,
        measured_target=target_of(definition) if node.definition.target is None else None,
    )


def _key_result_course(
    node: KeyResultNode, objective: ObjectiveNode, found: Progress, due: Due | None, policy: Policy
) -> Course:
    if node.lifecycle != "ACTIVE":
        return NOT_IN_FORCE
    starts_at, ends_at = objective.starts_at, objective.ends_at
    by_pace = progress_course(found.value, starts_at, ends_at, policy, regressed=found.regressed, nature=_nature(node))
    course = by_pace
    if node.guard is Guard.BREACHED:
        course = guarded(by_pace)
    elif node.guard is Guard.UNKNOWN:
        course = unguarded(by_pace)
    if objective.closed:
        return outcome(course, ends_at)
    stated = with_statement(course, by_pace, node.stated, policy)
    return with_staleness(stated, due, starts_at, ends_at)


def _nature(node: KeyResultNode) -> Nature:
    """What a key result is judged by. One whose progress is that of others is never all or nothing."""
    definition, evidence = node.measured or node.definition, node.evidence
    if node.value_source == "ALIGNED_OBJECTIVES":
        return Nature(is_control=definition.kind in CONTROL)
    if definition.kind not in CONTROL:
        return Nature(is_all_or_nothing=is_all_or_nothing(definition, evidence))
    if definition.mode != "ADHERENCE" or not evidence.adherence:
        return Nature(is_control=True)
    met = periods_met(definition, evidence)
    return Nature(is_control=True, adherence=Adherence(met, len(evidence.adherence), evidence.missing))


def _due_of_key_result(node: KeyResultNode, objective: ObjectiveNode, policy: Policy) -> Due | None:
    """When the next check-in is due; None where none is expected."""
    in_force = _in_force(node.archived, node.lifecycle) and _in_force(objective.archived, objective.lifecycle)
    if not in_force or objective.closed or node.value_source == "ALIGNED_OBJECTIVES":
        return None
    lasting = node.definition.kind in LASTING
    if node.followed is not None:
        return replace(node.followed, lasting=lasting)
    return due_after(_last(objective, node.active_since, node.checked_in_at), policy, lasting=lasting)


def _last(objective: ObjectiveNode, active_since: datetime, checked_in_at: datetime | None) -> datetime:
    """What the cadence counts from: the newest check-in, or the time at which the goal came into force."""
    return checked_in_at or max(objective.starts_at, objective.active_since, active_since)


def _in_force(archived: bool, lifecycle: str) -> bool:
    return not archived and lifecycle == "ACTIVE"


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
    mean = mean_of(contributors, excluded)
    values = replace(
        _values(_of_mean(mean)),
        current=None,
        confidence=node.confidence,
        coverage=None if mean.coverage is None else stored_share(mean.coverage),
        guardrail_breached=_any_breached(mean, contributors),
    )
    values = replace(values, course=_objective_course(node, values, mean, contributors, policy))
    return Derivation(values, mean.terms, mean.excluded)


def _objective_course(
    node: ObjectiveNode, values: Stored, mean: Mean, contributors: Sequence[Contributor], policy: Policy
) -> Course:
    if node.lifecycle != "ACTIVE":
        return NOT_IN_FORCE
    by_pace = _by_pace(node, values, policy)
    if values.guardrail_breached:
        by_pace = guarded(by_pace)
    course = by_pace
    if node.status_source == "WORST_CONTRIBUTOR":
        course = worst(each.values.course for each in _counted(mean, contributors)) or by_pace
    if mean.coverage is not None and mean.coverage < 1:
        # Before what is stated: such an objective is never ACHIEVED, which alone would outrank a statement.
        course = covered(course)
    if not node.closed:
        course = with_statement(course, by_pace, node.stated, policy)
    return outcome(course, node.ends_at) if node.closed else course


def _by_pace(node: ObjectiveNode, values: Stored, policy: Policy) -> Course:
    """The course of an objective by its own progress, as it is stored."""
    share = None if values.progress is None else Fraction(values.progress)
    return progress_course(share, node.starts_at, node.ends_at, policy, regressed=values.regressed)


def _counted(mean: Mean, contributors: Iterable[Contributor]) -> list[Contributor]:
    """Those that count with a weight."""
    ids = {term.id for term in mean.terms if term.weight > 0}
    return [each for each in contributors if each.id in ids]


def _any_breached(mean: Mean, contributors: Iterable[Contributor]) -> bool:
    """Whether a KPI in RED guards any of the contributors that count, directly or further below."""
    return any(each.values.guardrail_breached for each in _counted(mean, contributors))


def _manual(node: ObjectiveNode, policy: Policy) -> Derivation:
    """An objective whose progress people state, so that check-ins are expected on it."""
    raw = None if node.said_value is None else Fraction(node.said_value)
    reason = ProgressReason.NO_DATA if raw is None else ProgressReason.COMPUTED
    value = None if raw is None else clamp(raw)
    values = replace(_values(Progress(value, raw, reason, None, raw is not None)), confidence=node.confidence)
    if node.lifecycle != "ACTIVE":
        return Derivation(values)
    by_pace = _by_pace(node, values, policy)
    if node.closed:
        return Derivation(replace(values, course=outcome(by_pace, node.ends_at)))
    due = None if node.archived else due_after(_last(node, node.active_since, node.checked_in_at), policy)
    course = with_statement(by_pace, by_pace, node.stated, policy)
    course = with_staleness(course, due, node.starts_at, node.ends_at)
    return Derivation(replace(values, course=course, due_at=None if due is None else due.due_at))


def _of_mean(mean: Mean) -> Progress:
    return Progress(mean.value, mean.raw, mean.reason, None, mean.value is not None)


def _values(found: Progress) -> Stored:
    """What is stored of progress: rounded once."""
    return Stored(
        None if found.value is None else stored_share(found.value),
        None if found.raw is None else stored_share(found.raw),
        found.reason,
        None,
        NOT_IN_FORCE,
        found.current,
        found.has_data,
        found.regressed,
    )


def _aligned(edges: Iterable[Edge]) -> Sequence[Contributor]:
    return [
        Contributor(edge.objective_id, edge.weight, edge.lifecycle, edge.archived, edge.child)
        for edge in edges
        if edge.kind == "CONTRIBUTES"
    ]


def _supporting(edges: Iterable[Edge]) -> list[Exclusion]:
    return [Exclusion(edge.objective_id, "SUPPORTS") for edge in edges if edge.kind != "CONTRIBUTES"]
