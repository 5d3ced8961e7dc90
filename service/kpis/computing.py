"""Keeps computed KPIs in line with what they are made of, inside the transaction that changed it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from uuid_utils.compat import uuid7

from service.kpis.calendar import shifted, start_of
from service.kpis.computed import Input, computed
from service.kpis.graph import Node, dependents, ordered
from service.kpis.locking import lock
from service.kpis.measuring import MEASURES, measure_in
from service.kpis.nodes import computed_nodes
from service.kpis.series import Measure, Point
from service.kpis.words import NullReason
from service.rows import Rows
from service.transaction import Transaction

# Postgres and Python both know these days, and shifting them by a few hundred periods stays inside.
BEGINNING, END = date(1000, 1, 1), date(8000, 12, 31)

POINTS = text("""
    SELECT w.reader, m.kpi_id, m.starts_on, m.value, m.null_reason
    FROM unnest(CAST(:readers AS uuid[]), CAST(:ids AS uuid[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
         AS w (reader, id, first, last)
    JOIN kpi_measurements m ON m.organization_id = :organization_id AND m.kpi_id = w.id
     AND m.starts_on BETWEEN w.first AND w.last
    WHERE m.null_reason IS DISTINCT FROM 'DELETED'
    ORDER BY m.kpi_id, m.starts_on""")

BEGAN = text("""
    SELECT w.id, (SELECT min(m.starts_on) FROM kpi_measurements m
                  WHERE m.organization_id = :organization_id AND m.kpi_id = w.id
                    AND m.null_reason IS DISTINCT FROM 'DELETED') AS began
    FROM unnest(CAST(:ids AS uuid[])) AS w (id)""")

STORED = text("""
    SELECT m.kpi_id, m.starts_on, m.value, m.null_reason
    FROM unnest(CAST(:ids AS uuid[]), CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS w (id, first, last)
    JOIN kpi_measurements m ON m.organization_id = :organization_id AND m.kpi_id = w.id
     AND m.starts_on BETWEEN w.first AND w.last""")

STORE = text("""
    INSERT INTO kpi_measurements AS m
           (organization_id, kpi_id, starts_on, id, value, null_reason, version, recorded_at)
    SELECT :organization_id, n.kpi_id, n.starts_on, n.id, n.value, n.null_reason, 1, :now
    FROM unnest(CAST(:kpi_ids AS uuid[]), CAST(:starts AS date[]), CAST(:ids AS uuid[]), CAST(:values AS numeric[]),
                CAST(:reasons AS text[])) AS n (kpi_id, starts_on, id, value, null_reason)
    ON CONFLICT (organization_id, kpi_id, starts_on) DO UPDATE
    SET value = excluded.value, null_reason = excluded.null_reason, version = m.version + 1,
        recorded_at = greatest(m.recorded_at, excluded.recorded_at)""")

Span = tuple[date, date]
Differences = list[tuple[UUID, Point | None, Point]]


async def settle_computed(tx: Transaction) -> None:
    """Recomputes the KPIs that are made of those touched, level by level, and notes them as touched, too.

    The number of statements grows with the depth of formulas upon formulas, not with KPIs or points.
    """
    if not tx.touched_kpis:
        return
    nodes = await computed_nodes(tx)
    dirty = dependents(nodes, tx.touched_kpis) | (tx.touched_kpis.keys() & nodes.keys())
    if not dirty:
        return
    levels = [[id for id in level if id in dirty] for level in ordered(nodes)]
    # From the bottom up, and in the same order for everybody, so that nobody waits in a ring.
    await lock(tx, [id for level in levels for id in level])
    for level in filter(None, levels):
        changed = await differences(tx, [nodes[id] for id in level], tx.touched_kpis)
        await _store(tx, changed)
        for id, _, point in changed:
            tx.touch_kpi(id, point.starts_on, point.starts_on)
            tx.changed_kpis.add(id)


async def differences(source: Rows, nodes: Sequence[Node], touched: Mapping[UUID, Span]) -> Differences:
    """Points of computed KPIs that are not what their inputs say: id, stored (if any), computed.

    Looked at are the periods that depend on what was touched: of each input, or of the KPI itself, the days
    between two.
    """
    ids = {id for node in nodes for id in (node.id, *node.inputs)}
    rows = {row.id: row for row in await source.rows(MEASURES, ids=list(ids))}
    measures = {id: measure_in(row) for id, row in rows.items()}
    spans = {node.id: span for node in nodes if (span := _span(node, measures[node.id], touched)) is not None}
    inputs = await _inputs(source, [node for node in nodes if node.id in spans], measures, spans)
    stored = await _stored(source, spans)
    found: Differences = []
    for node in nodes:
        if node.id not in spans:
            continue
        now = {p.starts_on: p for p in computed(node, measures[node.id], inputs[node.id], *spans[node.id])}
        then = stored.get(node.id, {})
        for start in sorted(now.keys() | then.keys()):
            wanted = now.get(start, Point(start, None, NullReason.DELETED))
            if start not in then or (then[start].value, then[start].null_reason) != (wanted.value, wanted.null_reason):
                found.append((node.id, then.get(start), wanted))
    return found


def _span(node: Node, measure: Measure, touched: Mapping[UUID, Span]) -> Span | None:
    """The first days of the first and the last period that what was touched can have changed."""
    spans = [touched[id] for id in (node.id, *node.inputs) if id in touched]
    if not spans:
        return None
    first, last = max(min(s[0] for s in spans), BEGINNING), min(max(s[1] for s in spans), END)
    if node.source != "FORMULA":
        # A child that begins earlier than it did is missing from then on.
        last = END
    begin = start_of(first, measure.frequency, measure.fiscal_month)
    end = start_of(last, measure.frequency, measure.fiscal_month)
    return begin, shifted(end, measure.frequency, node.reach)


async def _inputs(
    source: Rows, nodes: Sequence[Node], measures: Mapping[UUID, Measure], spans: Mapping[UUID, Span]
) -> dict[UUID, dict[UUID, Input]]:
    """The inputs of each node over its span and what it looks back to; two statements."""
    wanted = [(node, input) for node in nodes for input in node.inputs]
    firsts = [shifted(spans[n.id][0], measures[n.id].frequency, -n.reach) for n, _ in wanted]
    lasts = [shifted(spans[n.id][1], measures[n.id].frequency, 1) - timedelta(days=1) for n, _ in wanted]
    rows = await source.rows(
        POINTS, readers=[n.id for n, _ in wanted], ids=[input for _, input in wanted], firsts=firsts, lasts=lasts
    )
    points: dict[tuple[UUID, UUID], list[Point]] = {}
    for row in rows:
        points.setdefault((row.reader, row.kpi_id), []).append(Point(row.starts_on, row.value, row.null_reason))
    began = {row.id: row.began for row in await source.rows(BEGAN, ids=list({input for _, input in wanted}))}
    return {
        node.id: {
            input: Input(measures[input], points.get((node.id, input), ()), measures[node.id], began[input])
            for input in node.inputs
        }
        for node in nodes
    }


async def _stored(source: Rows, spans: Mapping[UUID, Span]) -> dict[UUID, dict[date, Point]]:
    found: dict[UUID, dict[date, Point]] = {}
    rows = await source.rows(
        STORED, ids=list(spans), firsts=[s[0] for s in spans.values()], lasts=[s[1] for s in spans.values()]
    )
    for row in rows:
        found.setdefault(row.kpi_id, {})[row.starts_on] = Point(row.starts_on, row.value, row.null_reason)
    return found


async def _store(tx: Transaction, changed: Differences) -> None:
    if changed:
        await tx.run(
            STORE,
            now=tx.now,
            kpi_ids=[id for id, _, _ in changed],
            starts=[point.starts_on for _, _, point in changed],
            ids=[uuid7() for _ in changed],
            values=[point.value for _, _, point in changed],
            reasons=[point.null_reason for _, _, point in changed],
        )
