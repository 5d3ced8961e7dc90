"""Compares all derived values with the facts they come from."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text, tuple_

from service.kpis.formulas.queries import computed_nodes
from service.kpis.formulas.recompute import BEGINNING, END
from service.kpis.formulas.recompute import differences as computed_differences
from service.objectives.models import Objective
from service.postgres.tables import Revision, metadata
from service.reading.reader import Reader, of_tenant
from service.rollup.doctor_of_check_ins import examine_check_ins
from service.rollup.queries import load
from service.rollup.settle import differences
from service.rollup.stored_steps import PROGRESS_ORDER
from service.values.record import record
from service.values.trees import nodes_in_loops

CHUNK = 500
# Goals whose stored step is none of their steps, or whose stored order is not that of their progress.
STEPS = {
    subject: text(f"""
    SELECT id FROM {table} CROSS JOIN LATERAL (
        SELECT greatest(1, width_bucket(coalesce(step_since, TIMESTAMPTZ '-infinity'), status_since)) AS number
    ) stored
    WHERE organization_id = :organization_id
      AND (progress_order, step_since, step_until, step_status, step_staleness, step_reason) IS DISTINCT FROM
        ({PROGRESS_ORDER.format(table)},
         CASE WHEN number > 1 THEN status_since[number] END, status_since[number + 1], status_steps[number],
         staleness_steps[number], status_reasons[number])""")
    for subject, table in (("Objective", "objectives"), ("KeyResult", "key_results"))
}
# What is wrong with the versions of the status policy. The newest one is that of the organization, and they are
# numbered from 1 in the order of time.
POLICIES = text("""
    SELECT g.id, 'has another status policy than its newest version' AS problem FROM organizations g
    LEFT JOIN LATERAL (
        SELECT on_track_pace, at_risk_pace, check_in_cadence_days, check_in_weekday FROM status_policies
        WHERE organization_id = :organization_id ORDER BY number DESC LIMIT 1
    ) newest ON true
    WHERE g.id = :organization_id
      AND (newest.on_track_pace, newest.at_risk_pace, newest.check_in_cadence_days, newest.check_in_weekday)
        IS DISTINCT FROM (g.on_track_pace, g.at_risk_pace, g.check_in_cadence_days, g.check_in_weekday)
    UNION ALL
    SELECT id, 'is no successor of the version before it' FROM (
        SELECT id, number, valid_from, lag(number, 1, 0) OVER numbered AS previous,
               lag(valid_from) OVER numbered AS previous_from
        FROM status_policies WHERE organization_id = :organization_id WINDOW numbered AS (ORDER BY number)
    ) versions
    WHERE number <> previous + 1 OR valid_from < previous_from""")
EDGES = text("""
    SELECT objective_id, parent_id FROM alignments
    WHERE organization_id = :organization_id AND archived_at IS NULL""")


@record
class Finding:
    """A stored value that differs from the facts."""

    subject: str
    id: UUID
    problem: str


async def examine(reader: Reader) -> AsyncIterator[Finding]:
    """All findings of one organization in one snapshot. Memory grows with the number of alignments only.

    Each goal is compared with the values computed from its stored direct contributors. The graph has no loops, so if
    no goal differs from these, none differs from the facts.
    """
    for row in await reader.rows(POLICIES):
        yield Finding("Organization" if row.id == reader.organization_id else "StatusPolicy", row.id, row.problem)
    async for finding in _computed_measurements(reader):
        yield finding
    async for finding in _stored_values(reader):
        yield finding
    for subject, statement in STEPS.items():
        for row in await reader.rows(statement):
            yield Finding(subject, row.id, "the stored step is none of its steps, or lists have another progress")
    async for subject, id, problem in examine_check_ins(reader):
        yield Finding(subject, id, problem)
    for id in nodes_in_loops([(row.objective_id, row.parent_id) for row in await reader.rows(EDGES)]):
        yield Finding("Objective", id, "serves itself by way of others")
    async for finding in _history(reader):
        yield finding


async def _computed_measurements(reader: Reader) -> AsyncIterator[Finding]:
    """Stored measurements of computed KPIs that differ from the computed ones; one KPI at a time."""
    nodes = await computed_nodes(reader)
    for node in nodes.values():
        for id, stored, point in await computed_differences(reader, [node], {node.id: (BEGINNING, END)}, nodes):
            yield Finding("Kpi", id, f"the point {point.starts_on} is stored as {stored}, its inputs say {point}")


async def _stored_values(reader: Reader) -> AsyncIterator[Finding]:
    objective: Any = Objective
    after = UUID(int=0)
    following = bindparam("after", type_=objective.id.type)
    ids_after = select(objective.id).where(of_tenant(Objective), objective.id > following)
    statement = ids_after.order_by(objective.id).limit(CHUNK)
    while ids := [row.id for row in await reader.rows(statement, after=after)]:
        for subject, differing in zip(("Objective", "KeyResult"), differences(await load(reader, ids)), strict=True):
            for id, stored, computed in differing:
                yield Finding(subject, id, f"stored {stored}, the facts say {computed}")
        after = ids[-1]


async def _history(reader: Reader) -> AsyncIterator[Finding]:
    """Rows that differ from their newest revision."""
    for model in Revision.__subclasses__():
        table = metadata().tables[str(model.__tablename__)]
        [reference] = [key for key in table.foreign_keys if key.parent.name == "subject_id"]
        subject = reference.column.table
        facts = [c.name for c in table.columns if c.name in subject.c and c.name not in ("id", "organization_id")]
        tenant = bindparam("organization_id", type_=subject.c.organization_id.type)
        newest = (
            select(table)
            .where(table.c.organization_id == tenant, table.c.subject_id == subject.c.id)
            .order_by(table.c.valid_from.desc(), table.c.recorded_at.desc(), table.c.id.desc())
            .limit(1)
            .lateral("newest")
        )
        newest_values = tuple_(*(newest.c[name] for name in facts))
        statement = (
            select(subject.c.id)
            .select_from(subject.outerjoin(newest, text("true")))
            .where(
                subject.c.organization_id == tenant,
                newest.c.id.is_(None) | newest_values.is_distinct_from(tuple_(*(subject.c[name] for name in facts))),
            )
        )
        for row in await reader.rows(statement):
            yield Finding(subject.name, row.id, "differs from its newest revision")
