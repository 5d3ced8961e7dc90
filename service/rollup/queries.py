"""Loads a part of the goal graph, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from service.cycles.pace import Policy
from service.key_results.measured import measured
from service.key_results.progress import Definition, Evidence
from service.rollup.course import Course, Said, restored
from service.rollup.measures import breaches, measurement_of
from service.rollup.tree import Edge, KeyResultNode, ObjectiveNode, Stored, Tree
from service.rows import Rows

V = TypeVar("V")


_STORED = "progress, {0}.progress_raw, {0}.progress_reason, {0}.status_since, {0}.status_steps, {0}.status_reasons"

_LATEST = """
    LEFT JOIN LATERAL (
        SELECT c.value FROM check_ins c
        WHERE c.organization_id = :organization_id AND {0} AND c.value IS NOT NULL
        ORDER BY c.at DESC, c.recorded_at DESC, c.id DESC LIMIT 1
    ) valued ON true
    LEFT JOIN LATERAL (
        SELECT c.confidence FROM check_ins c
        WHERE c.organization_id = :organization_id AND {0} AND c.confidence IS NOT NULL
        ORDER BY c.at DESC, c.recorded_at DESC, c.id DESC LIMIT 1
    ) confident ON true
    LEFT JOIN LATERAL (
        SELECT c.at, c.status FROM check_ins c
        WHERE c.organization_id = :organization_id AND {0}
        ORDER BY c.at DESC, c.recorded_at DESC, c.id DESC LIMIT 1
    ) said ON true"""

OBJECTIVES = text(f"""
    SELECT o.id, o.progress_source, o.status_source, o.lifecycle, o.archived_at,
           y.starts_at, y.ends_at, g.on_track_pace, g.at_risk_pace, g.check_in_cadence_days,
           valued.value AS said_value, confident.confidence AS said_confidence,
           said.at AS said_at, said.status AS said_status,
           o.{_STORED.format("o")}, o.confidence
    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS wanted (id, place)
    JOIN objectives o ON o.organization_id = :organization_id AND o.id = wanted.id
    JOIN cycles y ON y.organization_id = :organization_id AND y.id = o.cycle_id
    JOIN organizations g ON g.id = :organization_id
    {_LATEST.format("c.objective_id = o.id AND c.key_result_id IS NULL")}
    ORDER BY wanted.place""")

KEY_RESULTS = text(f"""
    SELECT k.id, k.objective_id, k.kind, k.mode, k.value_source, k.baseline, k.target, k.change_by,
           k.lower, k.upper, k.weight, k.lifecycle, k.archived_at,
           valued.value AS said_value, confident.confidence AS said_confidence,
           said.at AS said_at, said.status AS said_status,
           y.starts_at, y.starts_on, y.ends_on, adherence.values AS adherence,
           s.aggregation, s.cumulative, s.frequency, g.fiscal_month,
           before.value AS value_before, during.values AS values_during,
           k.measured_baseline, k.measured_target, k.guardrail_breached,
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
    LEFT JOIN LATERAL (
        SELECT array_agg(period.value ORDER BY period.number) AS values FROM (
            SELECT DISTINCT ON (number) c.value,
                   floor(extract(epoch FROM c.at - y.starts_at) / (g.check_in_cadence_days * 86400.0)) AS number
            FROM check_ins c
            WHERE c.organization_id = :organization_id AND c.key_result_id = k.id AND c.value IS NOT NULL
              AND c.at >= y.starts_at AND c.at < y.ends_at
            ORDER BY number, c.at DESC, c.recorded_at DESC, c.id DESC
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
        SELECT m.value FROM kpi_measurements m
        WHERE m.organization_id = :organization_id AND m.kpi_id = s.id AND m.starts_on < y.starts_on
          AND m.value IS NOT NULL
        ORDER BY m.starts_on DESC LIMIT 1
    ) before ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(m.value ORDER BY m.starts_on) AS values FROM kpi_measurements m
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


async def load(source: Rows, ids: Sequence[UUID]) -> Tree:
    """The tree of these objectives, which come children before parents; three statements, and one more where
    KPIs guard any of their key results."""
    objectives = await source.rows(OBJECTIVES, ids=ids)
    key_results = await source.rows(KEY_RESULTS, ids=ids)
    edges = await source.rows(EDGES, ids=ids)
    breached = await breaches(source, [row.id for row in key_results if row.is_guarded])
    return Tree(
        _policy(objectives),
        [_objective(row) for row in objectives],
        _grouped((row.objective_id, _key_result(row, row.id in breached)) for row in key_results),
        _grouped((row.parent_id, _edge(row)) for row in edges),
    )


def _policy(rows: Sequence[Any]) -> Policy:
    if not rows:
        return Policy()
    return Policy(rows[0].on_track_pace, rows[0].at_risk_pace, rows[0].check_in_cadence_days)


def _objective(row: Any) -> ObjectiveNode:
    return ObjectiveNode(
        row.id,
        row.progress_source,
        row.status_source,
        row.lifecycle,
        row.archived_at is not None,
        row.starts_at,
        row.ends_at,
        _said(row),
        None if row.said_value is None else float(row.said_value),
        row.said_confidence,
        Stored(row.progress, row.progress_raw, row.progress_reason, row.confidence, course_of(row)),
    )


def _key_result(row: Any, breached: bool) -> KeyResultNode:
    stages = zip(row.stage_weights or (), row.stage_done or (), strict=True)
    definition = Definition(row.kind, row.mode, row.baseline, row.target, row.change_by, row.lower, row.upper)
    evidence = Evidence(row.said_value, row.adherence or (), row.expected, tuple(stages))
    completed = None
    if row.value_source == "KPI" and row.aggregation is not None:
        completed, evidence = measured(definition, measurement_of(row))
    return KeyResultNode(
        row.id,
        row.objective_id,
        definition,
        evidence,
        row.value_source,
        row.weight,
        row.lifecycle,
        row.archived_at is not None,
        _said(row),
        row.said_confidence,
        Stored(
            row.progress,
            row.progress_raw,
            row.progress_reason,
            row.confidence,
            course_of(row),
            row.current,
            row.has_data,
            row.regressed,
            row.measured_baseline,
            row.measured_target,
            row.guardrail_breached,
        ),
        completed,
        breached,
    )


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
        Stored(row.progress, row.progress_raw, row.progress_reason, row.confidence, course_of(row)),
    )


def _said(row: Any) -> Said | None:
    """The latest check-in; what was said before the cycle, of a goal that was moved, says nothing about it."""
    return None if row.said_at is None or row.said_at < row.starts_at else Said(row.said_at, row.said_status)


def course_of(row: Any) -> Course:
    """The course that is stored of a goal."""
    return restored(row.status_since, row.status_steps, row.status_reasons)


def _grouped(pairs: Iterable[tuple[UUID, V]]) -> dict[UUID, list[V]]:
    groups: dict[UUID, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
