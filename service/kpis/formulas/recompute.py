"""Keeps computed KPIs in line with what they are made of, inside the transaction that changed it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from uuid_utils.compat import uuid7

from service.kpis.enums import KpiSource, NullReason
from service.kpis.formulas.definitions import Defined, defined
from service.kpis.formulas.dependencies import Node, dependents, ordered
from service.kpis.formulas.evaluate import Input, computed
from service.kpis.formulas.queries import computed_nodes
from service.kpis.measurements.locking import lock
from service.kpis.measurements.queries import point_of
from service.kpis.series.buckets import Measure, Point
from service.kpis.series.calendar import FIRST_DAY, last_day, shifted, start_from_first, start_of
from service.reading.row_source import Rows
from service.writing.transaction import Transaction

# Postgres and Python both know the last day, and shifting it by a few hundred periods stays inside.
BEGINNING, END = FIRST_DAY, date(8000, 12, 31)

POINTS = text("""
    SELECT w.reader, m.kpi_id, m.starts_on, m.value, m.null_reason
    FROM unnest(CAST(:readers AS uuid[]), CAST(:ids AS uuid[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
         AS w (reader, id, first, last)
    JOIN kpi_measurements m ON m.organization_id = :organization_id AND m.kpi_id = w.id
     AND m.starts_on BETWEEN w.first AND w.last
    WHERE m.null_reason IS DISTINCT FROM 'DELETED'
    ORDER BY m.kpi_id, m.starts_on""")

STORED = text("""
    SELECT m.kpi_id, m.starts_on, m.value, m.null_reason, m.part_count, m.expected_part_count, m.partial_value
    FROM unnest(CAST(:ids AS uuid[]), CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS w (id, first, last)
    JOIN kpi_measurements m ON m.organization_id = :organization_id AND m.kpi_id = w.id
     AND m.starts_on BETWEEN w.first AND w.last""")

STORE = text("""
    INSERT INTO kpi_measurements AS m
           (organization_id, kpi_id, starts_on, id, value, null_reason, part_count, expected_part_count, partial_value,
            version, recorded_at)
    SELECT :organization_id, n.kpi_id, n.starts_on, n.id, n.value, n.null_reason, n.part_count, n.expected_part_count,
           n.partial_value, 1, :now
    FROM unnest(CAST(:kpi_ids AS uuid[]), CAST(:starts AS date[]), CAST(:ids AS uuid[]), CAST(:values AS numeric[]),
                CAST(:reasons AS text[]), CAST(:part_counts AS int[]), CAST(:expected_part_counts AS int[]),
                CAST(:partial_values AS numeric[]))
         AS n (kpi_id, starts_on, id, value, null_reason, part_count, expected_part_count, partial_value)
    ON CONFLICT (organization_id, kpi_id, starts_on) DO UPDATE
    SET value = excluded.value, null_reason = excluded.null_reason, part_count = excluded.part_count,
        expected_part_count = excluded.expected_part_count, partial_value = excluded.partial_value,
        version = m.version + 1, recorded_at = greatest(m.recorded_at, excluded.recorded_at)""")

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
        changed = await differences(tx, [nodes[id] for id in level], tx.touched_kpis, nodes)
        await _store(tx, changed)
        for id, _, point in changed:
            tx.touch_kpi(id, point.starts_on, point.starts_on)
            tx.changed_kpis.add(id)
        _touch_formulas(tx, [nodes[id] for id in level])


def _touch_formulas(tx: Transaction, nodes: Sequence[Node]) -> None:
    """Touches formulas whose inputs are touched: since when they are expected may have moved, which parents heed,
    though none of their own points says so."""
    for node in nodes:
        firsts = [tx.touched_kpis[id][0] for id in node.inputs if id in tx.touched_kpis]
        if node.source is KpiSource.FORMULA and firsts:
            tx.touch_kpi(node.id, min(firsts), min(firsts))


async def differences(
    source: Rows, nodes: Sequence[Node], touched: Mapping[UUID, Span], known: Mapping[UUID, Node]
) -> Differences:
    """Points of computed KPIs that are not what their inputs say: id, stored (if any), computed.

    Looked at are the periods that depend on what was touched: of each input, or of the KPI itself, the days
    between two. `known` are all computed KPIs of the organization.
    """
    definitions = await defined(source, {id for node in nodes for id in (node.id, *node.inputs)}, known)
    measures = {id: each.measure for id, each in definitions.items()}
    spans = {node.id: span for node in nodes if (span := _span(node, measures, touched)) is not None}
    inputs = await _inputs(source, [node for node in nodes if node.id in spans], definitions, spans)
    stored = await _stored(source, spans)
    found: Differences = []
    for node in nodes:
        if node.id not in spans:
            continue
        now = {p.starts_on: p for p in computed(node, measures[node.id], inputs[node.id], *spans[node.id])}
        then = stored.get(node.id, {})
        for start in sorted(now.keys() | then.keys()):
            wanted = now.get(start, Point(start, None, NullReason.DELETED))
            if then.get(start) != wanted:
                found.append((node.id, then.get(start), wanted))
    return found


def _span(node: Node, measures: Mapping[UUID, Measure], touched: Mapping[UUID, Span]) -> Span | None:
    """The first days of the first and the last period that what was touched can have changed."""
    spans = [touched[id] for id in (node.id, *node.inputs) if id in touched]
    if not spans:
        return None
    measure = measures[node.id]
    first, last = max(min(s[0] for s in spans), BEGINNING), min(max(s[1] for s in spans), END)
    is_gathered = any(measures[id].frequency is not measure.frequency for id in node.inputs)
    if node.source != "FORMULA" or is_gathered:
        # An input that begins earlier than it did has measurements missing from then on.
        last = END
    begin = start_from_first(first, measure.frequency, measure.fiscal_year_start_month)
    end = start_of(last, measure.frequency, measure.fiscal_year_start_month)
    return begin, shifted(end, measure.frequency, node.reach)


async def _inputs(
    source: Rows, nodes: Sequence[Node], definitions: Mapping[UUID, Defined], spans: Mapping[UUID, Span]
) -> dict[UUID, dict[UUID, Input]]:
    """The inputs of each node over its span and what it looks back to; one statement."""
    frequencies = {node.id: definitions[node.id].measure.frequency for node in nodes}
    wanted = [(node, input) for node in nodes for input in node.inputs]
    firsts = [shifted(spans[n.id][0], frequencies[n.id], -n.reach) for n, _ in wanted]
    lasts = [last_day(spans[n.id][1], frequencies[n.id]) for n, _ in wanted]
    rows = await source.rows(
        POINTS, readers=[n.id for n, _ in wanted], ids=[input for _, input in wanted], firsts=firsts, lasts=lasts
    )
    points: dict[tuple[UUID, UUID], list[Point]] = {}
    for row in rows:
        points.setdefault((row.reader, row.kpi_id), []).append(Point(row.starts_on, row.value, row.null_reason))
    return {
        node.id: {
            input: Input(
                definitions[input].measure,
                points.get((node.id, input), ()),
                definitions[node.id].measure,
                definitions[input].life,
            )
            for input in node.inputs
        }
        for node in nodes
    }


async def _stored(source: Rows, spans: Mapping[UUID, Span]) -> dict[UUID, dict[date, Point]]:
    found: dict[UUID, dict[date, Point]] = {}
    rows = await source.rows(
        STORED, ids=list(spans), firsts=[s[0] for s in spans.values()], lasts=[s[1] for s in spans.values()]
    )
    for kpi_id, *columns in rows:
        point = point_of(*columns)
        found.setdefault(kpi_id, {})[point.starts_on] = point
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
            part_counts=[point.parts and point.parts.count for _, _, point in changed],
            expected_part_counts=[point.parts and point.parts.expected for _, _, point in changed],
            partial_values=[point.parts and point.parts.value for _, _, point in changed],
        )
