"""Records, corrects and deletes measurements of many KPIs at once."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from uuid_utils.compat import uuid7

from service.errors import Refusal
from service.events.models import Verb
from service.kpis.enums import NullReason
from service.kpis.measurements.columns import (
    MeasurementColumns,
    RecordingResults,
    ValidMeasurements,
    validate_columns,
    validate_each,
)
from service.kpis.measurements.locking import lock
from service.kpis.measurements.points import MeasurementInput, RecordingOutcome, RecordingResult
from service.kpis.models import Kpi
from service.people.permissions import ensure_editor
from service.reading.row_source import RowSource
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row
from service.writing.yielding import let_others

# Writes measurements. A stored one that differs is first copied to the revisions, then overwritten.
CHANGE = """
    WITH given AS ({given}),
    changed AS (
        SELECT g.*, m.version AS old_version, m.recorded_at AS old_recorded_at
        FROM given g
        LEFT JOIN kpi_measurements m ON m.organization_id = :organization_id AND m.kpi_id = g.kpi_id
         AND m.starts_on = g.starts_on
        WHERE (m.value IS NOT NULL OR g.value IS NOT NULL)
          AND (m.value, m.null_reason, m.source, m.reason)
              IS DISTINCT FROM (g.value, g.null_reason, g.source, g.reason)
    ),
    kept AS (
        INSERT INTO kpi_measurement_revisions (organization_id, kpi_id, starts_on, version, id, value, null_reason,
                                               recorded_at, author_id, event_id, source, reason)
        SELECT m.organization_id, m.kpi_id, m.starts_on, m.version, m.id, m.value, m.null_reason,
               m.recorded_at, m.author_id, m.event_id, m.source, m.reason
        FROM kpi_measurements m JOIN changed c ON m.organization_id = :organization_id AND m.kpi_id = c.kpi_id
         AND m.starts_on = c.starts_on
        WHERE c.old_version IS NOT NULL
    ),
    written AS (
        INSERT INTO kpi_measurements (organization_id, kpi_id, starts_on, id, value, null_reason, version,
                                      recorded_at, author_id, event_id, source, reason)
        SELECT :organization_id, kpi_id, starts_on, id, value, null_reason, coalesce(old_version, 0) + 1,
               greatest(CAST(:now AS timestamptz), old_recorded_at), CAST(:author_id AS uuid), event_id, source, reason
        FROM changed
        ON CONFLICT (organization_id, kpi_id, starts_on) DO UPDATE
        SET id = excluded.id, value = excluded.value, null_reason = excluded.null_reason, version = excluded.version,
            recorded_at = excluded.recorded_at, author_id = excluded.author_id, event_id = excluded.event_id,
            source = excluded.source, reason = excluded.reason
    )
    {answer}"""
WRITE_MEASUREMENTS = text(
    CHANGE.format(
        given="""
        SELECT g.place, (CAST(:kpi_ids AS uuid[]))[g.number + 1] AS kpi_id, g.starts_on, g.id,
               CAST(g.value AS numeric) AS value, CAST(:null_reason AS text) AS null_reason, g.source, g.reason,
               (CAST(:event_ids AS uuid[]))[g.number + 1] AS event_id
        FROM unnest(
            CAST(:numbers AS int[]), CAST(:starts AS date[]), CAST(:ids AS uuid[]), CAST(:values AS text[]),
            CAST(:sources AS text[]), CAST(:reasons AS text[])
        ) WITH ORDINALITY AS g (number, starts_on, id, value, source, reason, place)""",
        answer="""
        SELECT coalesce(array_agg(place) FILTER (WHERE old_version IS NULL), '{}') AS created,
               coalesce(array_agg(place) FILTER (WHERE old_version IS NOT NULL), '{}') AS revised
        FROM changed""",
    )
)
_KPI = """
    SELECT k.id, k.external_id, k.name, k.source, k.value_type, k.scale, k.frequency, k.archived_at,
           coalesce(k.time_zone, g.time_zone) AS time_zone, g.fiscal_year_start_month
    FROM kpis k JOIN organizations g ON g.id = :organization_id
    WHERE k.organization_id = :organization_id"""
ALL_KPIS = text(_KPI)
# Two statements in one and no `or`: each of them has an index.
KPIS = text(f"""{_KPI} AND k.id = ANY(CAST(:ids AS uuid[]))
    UNION ALL {_KPI} AND k.external_id = ANY(CAST(:external_ids AS text[]))""")


async def record(tx: Transaction, inputs: Sequence[MeasurementInput], *, all_or_nothing: bool) -> list[RecordingResult]:
    """As `record_columns`, for measurements that are objects. Raises ValueError for some to record and some to
    delete."""
    return (await record_columns(tx, MeasurementColumns.of(inputs), all_or_nothing=all_or_nothing)).each()


async def record_columns(tx: Transaction, inputs: MeasurementColumns, *, all_or_nothing: bool) -> RecordingResults:
    """Records or deletes measurements. Returns the result of each, in their order.

    A measurement for a period that has one corrects it; the same values change nothing. With `all_or_nothing` one
    refusal makes all others SKIPPED. The end of the transaction settles what is computed from the measurements.
    """
    ensure_editor(tx.viewer)
    kpis = await known_kpis(tx, inputs)
    await lock(tx, sorted({kpi.id for kpi in kpis.values()}))
    valid = None if _has_wrong_text(inputs) else validate_columns(inputs, kpis, tx.now)
    refusals: dict[int, Refusal] = {}
    if valid is None:
        valid, refusals = validate_each(inputs, kpis, tx.now, check_texts)
    if refusals and all_or_nothing:
        return RecordingResults.of(valid, refusals, RecordingOutcome.SKIPPED)
    results = RecordingResults.of(valid, refusals, RecordingOutcome.UNCHANGED)
    if valid.indexes:
        await _write(tx, valid, results, is_deletion=inputs.is_deletion)
    return results


async def known_kpis(source: RowSource, inputs: MeasurementColumns) -> dict[UUID | str, Any]:
    """The KPIs of the inputs, by id and by external id."""
    ids = list({id for id in inputs.kpi_ids if id})
    external_ids = list({external_id for external_id in inputs.external_ids if external_id})
    rows = await source.rows(KPIS, ids=ids, external_ids=external_ids)
    return {row.id: row for row in rows} | {row.external_id: row for row in rows if row.external_id}


def _has_wrong_text(inputs: MeasurementColumns) -> bool:
    sources, reasons = set(inputs.sources), set(inputs.reasons)
    return any(
        refusal
        for name, texts in (("source", sources), ("reason", reasons))
        for text in texts
        for refusal in check_texts({name: text})
    )


async def _write(tx: Transaction, valid: ValidMeasurements, results: RecordingResults, *, is_deletion: bool) -> None:
    """Writes measurements that are new or differ, sets their outcomes, and leaves an event for each KPI."""
    event_ids = [uuid7() for _ in valid.kpi_ids]
    [written] = await tx.rows(
        WRITE_MEASUREMENTS,
        now=tx.now,
        author_id=tx.viewer.person_id,
        kpi_ids=valid.kpi_ids,
        event_ids=event_ids,
        numbers=valid.numbers,
        starts=valid.starts,
        ids=[uuid7() for _ in valid.numbers],
        # As text, which the driver encodes several times as fast as decimals.
        values=[None if value is None else str(value) for value in valid.values],
        null_reason=NullReason.DELETED if is_deletion else None,
        sources=valid.sources,
        reasons=valid.reasons,
    )
    days: dict[int, list[date]] = defaultdict(list)
    for places, outcome in (
        (written.created, RecordingOutcome.DELETED if is_deletion else RecordingOutcome.CREATED),
        (written.revised, RecordingOutcome.DELETED if is_deletion else RecordingOutcome.REVISED),
    ):
        for position in places:
            results.outcomes[valid.indexes[position - 1]] = outcome
            days[valid.numbers[position - 1]].append(valid.starts[position - 1])
    for count, number in enumerate(sorted(days), start=1):
        leave_measurements_event(
            tx, valid.kpi_ids[number], event_ids[number], days[number], len(days[number]), is_deletion=is_deletion
        )
        await let_others(count)


def leave_measurements_event(
    tx: Transaction, kpi_id: UUID, event_id: UUID, days: Sequence[date], count: int, *, is_deletion: bool = False
) -> None:
    """Leaves one event for all `count` measurements of a KPI and touches their days. `days` contain at least the
    first and the last of them."""
    facts = {"measurements": count, "first": str(min(days)), "last": str(max(days))}
    # An event needs only the type and the id of its subject.
    subject = unsaved_row(Kpi, {"id": kpi_id})
    verb = Verb.DELETED if is_deletion else Verb.RECORDED
    tx.leave_event(verb, subject, {name: {"after": value} for name, value in facts.items()}, event_id=event_id)
    tx.touch_kpi(kpi_id, min(days), max(days))
    tx.changed_kpis.add(kpi_id)
