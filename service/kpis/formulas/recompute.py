"""Recomputes computed KPIs in the transaction that changed their inputs."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from uuid_utils.compat import uuid7

from service.kpis.enums import KpiSource, NullReason
from service.kpis.formulas.definitions import KpiWithLifespan, load_definitions
from service.kpis.formulas.dependencies import Node, dependency_levels, dependents
from service.kpis.formulas.evaluate import Input, compute_measurements
from service.kpis.formulas.queries import computed_nodes
from service.kpis.measurements.locking import lock
from service.kpis.measurements.queries import measurement_from_columns
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.calendar import FIRST_DAY, last_day, shifted, start_from_first, start_of
from service.kpis.series.period_value import PeriodValue
from service.reading.row_source import RowSource
from service.writing.transaction import Transaction

# Shifting END by some hundred periods stays within the dates of Postgres and Python.
BEGINNING, END = FIRST_DAY, date(8000, 12, 31)

INPUT_MEASUREMENTS = text("""
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
    SELECT o.id, n.kpi_id, n.starts_on, n.id, n.value, n.null_reason, n.part_count, n.expected_part_count,
           n.partial_value, 1, :now
    FROM organizations o
    CROSS JOIN unnest(CAST(:kpi_ids AS uuid[]), CAST(:starts AS date[]), CAST(:ids AS uuid[]),
                      CAST(:values AS numeric[]), CAST(:reasons AS text[]), CAST(:part_counts AS int[]),
                      CAST(:expected_part_counts AS int[]), CAST(:partial_values AS numeric[]))
         AS n (kpi_id, starts_on, id, value, null_reason, part_count, expected_part_count, partial_value)
    WHERE o.id = :organization_id
    ON CONFLICT (organization_id, kpi_id, starts_on) DO UPDATE
    SET value = excluded.value, null_reason = excluded.null_reason, part_count = excluded.part_count,
        expected_part_count = excluded.expected_part_count, partial_value = excluded.partial_value,
        version = m.version + 1, recorded_at = greatest(m.recorded_at, excluded.recorded_at)""")

Span = tuple[date, date]
Differences = list[tuple[UUID, PeriodValue | None, PeriodValue]]


async def settle_computed(tx: Transaction) -> None:
    """Recomputes the KPIs that depend on touched ones, level by level, and touches these, too.

    The number of statements grows with the depth of the dependencies, not with KPIs or measurements.
    """
    if not tx.touched_kpis:
        return
    nodes = await computed_nodes(tx)
    dirty = dependents(nodes, tx.touched_kpis) | (tx.touched_kpis.keys() & nodes.keys())
    if not dirty:
        return
    levels = [[id for id in level if id in dirty] for level in dependency_levels(nodes)]
    # Inputs first, and in the same order in all transactions, which prevents deadlocks.
    await lock(tx, [id for level in levels for id in level])
    for level in filter(None, levels):
        changed = await differences(tx, [nodes[id] for id in level], tx.touched_kpis, nodes)
        await _store(tx, changed)
        for id, _, measurement in changed:
            tx.touch_kpi(id, measurement.starts_on, measurement.starts_on)
            tx.changed_kpis.add(id)
        _touch_formulas(tx, [nodes[id] for id in level])


def _touch_formulas(tx: Transaction, nodes: Sequence[Node]) -> None:
    """Touches formulas with touched inputs. The first period in which they are expected may have changed, which their
    parents depend on, although no measurement of theirs changed."""
    for node in nodes:
        firsts = [tx.touched_kpis[id][0] for id in node.inputs if id in tx.touched_kpis]
        if node.source is KpiSource.FORMULA and firsts:
            tx.touch_kpi(node.id, min(firsts), min(firsts))


async def differences(
    source: RowSource, nodes: Sequence[Node], touched: Mapping[UUID, Span], known: Mapping[UUID, Node]
) -> Differences:
    """Measurements of computed KPIs that differ from the computed ones: id, stored (if any), computed.

    Only periods that depend on `touched` are compared: the first and last touched day of each KPI. `known` are all
    computed KPIs of the organization.
    """
    kpis = await load_definitions(source, {id for node in nodes for id in (node.id, *node.inputs)}, known)
    definitions = {id: each.definition for id, each in kpis.items()}
    spans = {node.id: span for node in nodes if (span := _span(node, definitions, touched)) is not None}
    inputs = await _inputs(source, [node for node in nodes if node.id in spans], kpis, spans)
    stored = await _stored(source, spans)
    different: Differences = []
    for node in nodes:
        if node.id not in spans:
            continue
        computed = {
            p.starts_on: p for p in compute_measurements(node, definitions[node.id], inputs[node.id], *spans[node.id])
        }
        stored_values = stored.get(node.id, {})
        for start in sorted(computed.keys() | stored_values.keys()):
            expected = computed.get(start, PeriodValue(start, None, NullReason.DELETED))
            if stored_values.get(start) != expected:
                different.append((node.id, stored_values.get(start), expected))
    return different


def _span(node: Node, definitions: Mapping[UUID, KpiDefinition], touched: Mapping[UUID, Span]) -> Span | None:
    """The first days of the first and the last period that may have changed."""
    spans = [touched[id] for id in (node.id, *node.inputs) if id in touched]
    if not spans:
        return None
    definition = definitions[node.id]
    first, last = max(min(s[0] for s in spans), BEGINNING), min(max(s[1] for s in spans), END)
    has_other_frequency = any(definitions[id].frequency is not definition.frequency for id in node.inputs)
    if node.source != "FORMULA" or has_other_frequency:
        # An input that now begins earlier has missing measurements from then on.
        last = END
    begin = start_from_first(first, definition.frequency, definition.fiscal_year_start_month)
    end = start_of(last, definition.frequency, definition.fiscal_year_start_month)
    return begin, shifted(end, definition.frequency, node.lookback)


async def _inputs(
    source: RowSource, nodes: Sequence[Node], kpis: Mapping[UUID, KpiWithLifespan], spans: Mapping[UUID, Span]
) -> dict[UUID, dict[UUID, Input]]:
    """The inputs of each node over its span and the periods it looks back; one statement."""
    frequencies = {node.id: kpis[node.id].definition.frequency for node in nodes}
    reads = [(node, input) for node in nodes for input in node.inputs]
    firsts = [shifted(spans[n.id][0], frequencies[n.id], -n.lookback) for n, _ in reads]
    lasts = [last_day(spans[n.id][1], frequencies[n.id]) for n, _ in reads]
    rows = await source.rows(
        INPUT_MEASUREMENTS,
        readers=[n.id for n, _ in reads],
        ids=[input for _, input in reads],
        firsts=firsts,
        lasts=lasts,
    )
    measurements: dict[tuple[UUID, UUID], list[PeriodValue]] = {}
    for row in rows:
        measurements.setdefault((row.reader, row.kpi_id), []).append(
            PeriodValue(row.starts_on, row.value, row.null_reason)
        )
    return {
        node.id: {
            input: Input(
                kpis[input].definition,
                measurements.get((node.id, input), ()),
                kpis[node.id].definition,
                kpis[input].lifespan,
            )
            for input in node.inputs
        }
        for node in nodes
    }


async def _stored(source: RowSource, spans: Mapping[UUID, Span]) -> dict[UUID, dict[date, PeriodValue]]:
    stored: dict[UUID, dict[date, PeriodValue]] = {}
    rows = await source.rows(
        STORED, ids=list(spans), firsts=[s[0] for s in spans.values()], lasts=[s[1] for s in spans.values()]
    )
    for kpi_id, *columns in rows:
        measurement = measurement_from_columns(*columns)
        stored.setdefault(kpi_id, {})[measurement.starts_on] = measurement
    return stored


async def _store(tx: Transaction, changed: Differences) -> None:
    if changed:
        await tx.run(
            STORE,
            now=tx.now,
            kpi_ids=[id for id, _, _ in changed],
            starts=[measurement.starts_on for _, _, measurement in changed],
            ids=[uuid7() for _ in changed],
            values=[measurement.value for _, _, measurement in changed],
            reasons=[measurement.null_reason for _, _, measurement in changed],
            part_counts=[measurement.input_counts and measurement.input_counts.count for _, _, measurement in changed],
            expected_part_counts=[
                measurement.input_counts and measurement.input_counts.expected for _, _, measurement in changed
            ],
            partial_values=[
                measurement.input_counts and measurement.input_counts.value for _, _, measurement in changed
            ],
        )
