"""Loads a part of the goal graph, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from service.cycles.pace import Policy
from service.key_results.kpi_evidence import with_kpi_evidence
from service.key_results.progress import Definition, Evidence
from service.reading.row_source import RowSource
from service.rollup.kpi_due_dates import Calendar, calendars_of
from service.rollup.kpi_propagation import load_guardrail_states, read_kpi_evidence
from service.rollup.status_timeline import StatedStatus, StatusTimeline, from_columns
from service.rollup.tree import Edge, GoalValues, GuardrailState, KeyResultNode, ObjectiveNode, Tree

V = TypeVar("V")


_STORED = """progress, {0}.progress_raw, {0}.progress_reason, {0}.status_since, {0}.status_steps, {0}.status_reasons,
           {0}.staleness_steps, {0}.diverging_steps, {0}.check_in_due_at, {0}.guardrail_breached"""

# The order of check-ins: by when they were true, when they were made, and their order within the request.
_NEWEST = "ORDER BY c.at DESC, c.recorded_at DESC, c.sequence DESC"
_LATEST = f"""
    LEFT JOIN LATERAL (
        SELECT c.value FROM check_ins c
        WHERE c.organization_id = :organization_id AND {{0}} AND c.value IS NOT NULL {_NEWEST} LIMIT 1
    ) valued ON true
    LEFT JOIN LATERAL (
        SELECT c.confidence FROM check_ins c
        WHERE c.organization_id = :organization_id AND {{0}} AND c.confidence IS NOT NULL {_NEWEST} LIMIT 1
    ) confident ON true
    LEFT JOIN LATERAL (
        SELECT c.at, c.status FROM check_ins c
        WHERE c.organization_id = :organization_id AND {{0}} AND c.status IS NOT NULL {_NEWEST} LIMIT 1
    ) stated ON true
    LEFT JOIN LATERAL (
        SELECT c.at FROM check_ins c
        WHERE c.organization_id = :organization_id AND {{0}} {_NEWEST} LIMIT 1
    ) newest ON true"""

# The instant since which a goal is in force: its creation, its last activation or its last restore. A row of version 1
# was never changed.
_ACTIVE = """
    LEFT JOIN LATERAL (
        SELECT r.valid_from, r.recorded_at, r.id FROM {1} r
        WHERE r.organization_id = :organization_id AND r.subject_id = {0}.id AND {0}.version > 1
          AND (r.lifecycle <> 'ACTIVE' OR r.archived_at IS NOT NULL)
        ORDER BY r.valid_from DESC, r.recorded_at DESC, r.id DESC LIMIT 1
    ) idle ON true
    LEFT JOIN LATERAL (
        SELECT r.valid_from FROM {1} r
        WHERE r.organization_id = :organization_id AND r.subject_id = {0}.id
          AND (r.valid_from, r.recorded_at, r.id) > (idle.valid_from, idle.recorded_at, idle.id)
        ORDER BY r.valid_from, r.recorded_at, r.id LIMIT 1
    ) begun ON true"""
_ACTIVE_SINCE = "coalesce(begun.valid_from, idle.valid_from, {0}.created_at) AS active_since"
_CHECK_INS = """valued.value AS said_value, confident.confidence AS said_confidence,
           stated.at AS stated_at, stated.status AS stated_status, newest.at AS checked_in_at"""

OBJECTIVES = text(f"""
    SELECT o.id, o.progress_source, o.status_source, o.lifecycle, o.archived_at,
           y.starts_at, y.ends_at, y.state IN ('CLOSED', 'ARCHIVED') AS closed,
           g.on_track_pace, g.at_risk_pace, g.check_in_cadence_days, {_CHECK_INS}, {_ACTIVE_SINCE.format("o")},
           o.{_STORED.format("o")}, o.confidence, o.coverage
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS wanted (id, place)
    JOIN objectives o ON o.organization_id = :organization_id AND o.id = wanted.id
    JOIN cycles y ON y.organization_id = :organization_id AND y.id = o.cycle_id
    JOIN organizations g ON g.id = :organization_id
    {_LATEST.format("c.objective_id = o.id AND c.key_result_id IS NULL")}
    {_ACTIVE.format("o", "objective_revisions")}
    ORDER BY wanted.place""")

KEY_RESULTS = text(f"""
    SELECT k.id, k.objective_id, k.kind, k.mode, k.value_source, k.baseline, k.target, k.change_by,
           k.lower, k.upper, k.weight, k.lifecycle, k.archived_at,
           {_CHECK_INS}, {_ACTIVE_SINCE.format("k")},
           y.starts_at, y.ends_at, y.starts_on, y.ends_on, g.check_in_cadence_days,
           adherence.values AS adherence, adherence.numbers AS adherence_numbers,
           s.aggregation, s.cumulative, s.frequency, g.fiscal_year_start_month,
           before.value AS value_before, before.starts_on AS before_on,
           during.values AS values_during, during.days AS days_during,
           k.measured_baseline, k.measured_target,
           EXISTS (SELECT 1 FROM kpi_links l WHERE l.organization_id = :organization_id AND l.key_result_id = k.id
                   AND l.role = 'GUARDRAIL' AND l.archived_at IS NULL) AS is_guarded,
           CAST(ceil(extract(epoch FROM y.ends_at - y.starts_at) / (g.check_in_cadence_days * 86400.0)) AS int)
               AS expected,
           stages.weights AS stage_weights, stages.done AS stage_done,
           k.{_STORED.format("k")}, k.confidence, k.current, k.has_data, k.regressed
    FROM key_results k
    JOIN objectives o ON o.organization_id = :organization_id AND o.id = k.objective_id
    JOIN cycles y ON y.organization_id = :organization_id AND y.id = o.cycle_id
    JOIN organizations g ON g.id = :organization_id
    {_LATEST.format("c.key_result_id = k.id")}
    {_ACTIVE.format("k", "key_result_revisions")}
    LEFT JOIN LATERAL (
        SELECT array_agg(period.value ORDER BY period.number) AS values,
               array_agg(period.number ORDER BY period.number) AS numbers FROM (
            SELECT DISTINCT ON (number) c.value,
                   CAST(floor(extract(epoch FROM c.at - y.starts_at) / (g.check_in_cadence_days * 86400.0)) AS int)
                       AS number
            FROM check_ins c
            WHERE c.organization_id = :organization_id AND c.key_result_id = k.id AND c.value IS NOT NULL
              AND c.at >= y.starts_at AND c.at < y.ends_at
            ORDER BY number, c.at DESC, c.recorded_at DESC, c.sequence DESC
        ) period
        WHERE k.mode = 'ADHERENCE'
    ) adherence ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(m.weight ORDER BY m.id) AS weights,
               array_agg(m.done_at IS NOT NULL ORDER BY m.id) AS done
        FROM milestones m
        WHERE m.organization_id = :organization_id AND m.key_result_id = k.id AND m.archived_at IS NULL
          AND k.kind = 'MILESTONE'
    ) stages ON true
    LEFT JOIN kpis s ON s.organization_id = :organization_id AND s.id = k.source_kpi_id
    LEFT JOIN LATERAL (
        SELECT m.value, m.starts_on FROM kpi_measurements m
        WHERE m.organization_id = :organization_id AND m.kpi_id = s.id AND m.starts_on < y.starts_on
          AND m.value IS NOT NULL
        ORDER BY m.starts_on DESC LIMIT 1
    ) before ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(m.value ORDER BY m.starts_on) AS values, array_agg(m.starts_on ORDER BY m.starts_on) AS days
        FROM kpi_measurements m
        WHERE m.organization_id = :organization_id AND m.kpi_id = s.id AND m.value IS NOT NULL
          AND m.starts_on BETWEEN y.starts_on AND y.ends_on
    ) during ON true
    WHERE k.organization_id = :organization_id AND k.objective_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY k.objective_id, k.position, k.id""")

EDGES = text(f"""
    SELECT a.id, a.objective_id, a.parent_id, a.parent_key_result_id, a.kind, a.weight,
           o.lifecycle, o.archived_at, o.{_STORED.format("o")}, o.confidence
    FROM alignments a
    JOIN objectives o ON o.organization_id = :organization_id AND o.id = a.objective_id
    WHERE a.organization_id = :organization_id AND a.parent_id = ANY(CAST(:ids AS uuid[]))
      AND a.archived_at IS NULL
    ORDER BY a.parent_id, a.position, a.id""")


async def load(source: RowSource, ids: Sequence[UUID]) -> Tree:
    """The tree of these objectives, which come children before parents. It takes three statements, one more if KPIs
    guard their key results, and one more if key results follow KPIs."""
    objectives = await source.rows(OBJECTIVES, ids=ids)
    key_results = await source.rows(KEY_RESULTS, ids=ids)
    edges = await source.rows(EDGES, ids=ids)
    guardrail_states = await load_guardrail_states(source, [row.id for row in key_results if row.is_guarded])
    calendars = await calendars_of(source, [row.id for row in key_results if _follows(row)])
    return Tree(
        _policy(objectives),
        [_objective(row) for row in objectives],
        _grouped(
            (row.objective_id, _key_result(row, guardrail_states.get(row.id), calendars.get(row.id)))
            for row in key_results
        ),
        _grouped((row.parent_id, _edge(row)) for row in edges),
    )


def _policy(rows: Sequence[Any]) -> Policy:
    if not rows:
        return Policy()
    return Policy(rows[0].on_track_pace, rows[0].at_risk_pace, rows[0].check_in_cadence_days)


def _follows(row: Any) -> bool:
    return row.value_source == "KPI" and row.aggregation is not None


def _objective(row: Any) -> ObjectiveNode:
    return ObjectiveNode(
        row.id,
        row.progress_source,
        row.status_source,
        row.lifecycle,
        row.archived_at is not None,
        row.starts_at,
        row.ends_at,
        _stated_status(row),
        row.said_value,
        row.said_confidence,
        replace(_goal_values(row), coverage=row.coverage),
        row.active_since,
        _checked_in_at(row),
        row.closed,
    )


def _key_result(row: Any, guardrail: GuardrailState | None, calendar: Calendar | None) -> KeyResultNode:
    stages = zip(row.stage_weights or (), row.stage_done or (), strict=True)
    definition = Definition(row.kind, row.mode, row.baseline, row.target, row.change_by, row.lower, row.upper)
    missing = () if row.mode != "ADHERENCE" else calendar.missing(row) if calendar else _ends_of_missing_periods(row)
    evidence = Evidence(row.said_value, row.adherence or (), row.expected, tuple(stages))
    completed = None
    if _follows(row):
        completed, evidence = with_kpi_evidence(definition, read_kpi_evidence(row))
    return KeyResultNode(
        row.id,
        row.objective_id,
        definition,
        replace(evidence, missing=missing),
        row.value_source,
        row.weight,
        row.lifecycle,
        row.archived_at is not None,
        _stated_status(row),
        row.said_confidence,
        replace(
            _goal_values(row),
            current=row.current,
            has_data=row.has_data,
            regressed=row.regressed,
            measured_baseline=row.measured_baseline,
            measured_target=row.measured_target,
        ),
        completed,
        guardrail,
        row.active_since,
        _checked_in_at(row),
        None if calendar is None else calendar.due,
    )


def _ends_of_missing_periods(row: Any) -> Sequence[datetime]:
    """When each adherence period without a check-in ends, in order."""
    length, valued = timedelta(days=row.check_in_cadence_days), set(row.adherence_numbers or ())
    ends = (min(row.starts_at + (number + 1) * length, row.ends_at) for number in range(row.expected))
    return [end for number, end in enumerate(ends) if number not in valued]


def _edge(row: Any) -> Edge:
    return Edge(
        row.id,
        row.objective_id,
        row.parent_id,
        row.parent_key_result_id,
        row.kind,
        row.weight,
        row.lifecycle,
        row.archived_at is not None,
        _goal_values(row),
    )


def _stated_status(row: Any) -> StatedStatus | None:
    """The newest stated status; None if it is older than the cycle, as after a move to another cycle."""
    is_valid = row.stated_at is not None and row.stated_at >= row.starts_at
    return StatedStatus(row.stated_at, row.stated_status) if is_valid else None


def _checked_in_at(row: Any) -> datetime | None:
    """The time of the newest check-in; None if it is older than the cycle, as after a move to another cycle."""
    checked_in_at: datetime | None = row.checked_in_at
    return None if checked_in_at is None or checked_in_at < row.starts_at else checked_in_at


def _goal_values(row: Any) -> GoalValues:
    """The stored values that objectives and key results have in common."""
    return GoalValues(
        row.progress,
        row.progress_raw,
        row.progress_reason,
        row.confidence,
        timeline_of(row),
        guardrail_breached=row.guardrail_breached,
        due_at=row.check_in_due_at,
    )


def timeline_of(row: Any) -> StatusTimeline:
    """The stored status timeline of a goal."""
    return from_columns(
        row.status_since, row.status_steps, row.status_reasons, row.staleness_steps, row.diverging_steps
    )


def _grouped(pairs: Iterable[tuple[UUID, V]]) -> dict[UUID, list[V]]:
    groups: dict[UUID, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
