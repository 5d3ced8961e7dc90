"""Records, corrects and deletes measurements of many KPIs at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import uuid_utils
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
from service.kpis.measurements.locking import accessible, lock
from service.kpis.measurements.points import MeasurementInput, RecordingOutcome, RecordingResult
from service.kpis.models import Kpi
from service.people.permissions import ensure_editor
from service.reading.row_source import RowSource
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row
from service.writing.yielding import let_others

# Writes measurements. A stored one that differs is first copied to the revisions, then overwritten. `{stored}` is the
# stored measurement of `g`, or nulls. Rows are inserted with that of their organization (docs/decisions/0033).
CHANGE = """
    WITH given AS ({given}),
    changed AS (
        SELECT g.*, m.version AS old_version, m.id AS old_id, m.value AS old_value, m.null_reason AS old_null_reason,
               m.recorded_at AS old_recorded_at, m.author_id AS old_author_id, m.event_id AS old_event_id,
               m.source AS old_source, m.reason AS old_reason
        FROM given g
        LEFT JOIN {stored} ON m.organization_id = :organization_id AND m.kpi_id = g.kpi_id AND m.starts_on = g.starts_on
        WHERE (m.value IS NOT NULL OR g.value IS NOT NULL)
          AND (m.value, m.null_reason, m.source, m.reason)
              IS DISTINCT FROM (g.value, g.null_reason, g.source, g.reason)
    ),
    kept AS (
        INSERT INTO kpi_measurement_revisions (organization_id, kpi_id, starts_on, version, id, value, null_reason,
                                               recorded_at, author_id, event_id, source, reason)
        SELECT o.id, c.kpi_id, c.starts_on, c.old_version, c.old_id, c.old_value, c.old_null_reason,
               c.old_recorded_at, c.old_author_id, c.old_event_id, c.old_source, c.old_reason
        FROM organizations o CROSS JOIN changed c WHERE o.id = :organization_id AND c.old_version IS NOT NULL
    ),
    written AS (
        INSERT INTO kpi_measurements (organization_id, kpi_id, starts_on, id, value, null_reason, version,
                                      recorded_at, author_id, event_id, source, reason)
        SELECT o.id, c.kpi_id, c.starts_on, c.id, c.value, c.null_reason, coalesce(c.old_version, 0) + 1,
               greatest(CAST(:now AS timestamptz), c.old_recorded_at), CAST(:author_id AS uuid), c.event_id, c.source,
               c.reason
        FROM organizations o CROSS JOIN changed c WHERE o.id = :organization_id
        ON CONFLICT (organization_id, kpi_id, starts_on) DO UPDATE
        SET id = excluded.id, value = excluded.value, null_reason = excluded.null_reason, version = excluded.version,
            recorded_at = excluded.recorded_at, author_id = excluded.author_id, event_id = excluded.event_id,
            source = excluded.source, reason = excluded.reason
    )
    {answer}"""
# Arrays in their text form are encoded several times as fast as lists. The LIMIT ensures one lookup in the index for
# each measurement: while statistics say that the table is small, a join would read all those of the organization.
WRITE_MEASUREMENTS = text(
    CHANGE.format(
        given="""
        SELECT g.place, (CAST(:kpi_ids AS uuid[]))[g.number + 1] AS kpi_id, g.starts_on, g.id, g.value,
               CAST(:null_reason AS text) AS null_reason, g.source, g.reason,
               (CAST(:event_ids AS uuid[]))[g.number + 1] AS event_id
        FROM unnest(
            CAST(CAST(:numbers AS text) AS int[]), CAST(CAST(:starts AS text) AS date[]),
            CAST(CAST(:ids AS text) AS uuid[]), CAST(CAST(:values AS text) AS numeric[]),
            CAST(:sources AS text[]), CAST(:reasons AS text[])
        ) WITH ORDINALITY AS g (number, starts_on, id, value, source, reason, place)""",
        stored="""LATERAL (
            SELECT * FROM kpi_measurements s
            WHERE s.organization_id = :organization_id AND s.kpi_id = g.kpi_id AND s.starts_on = g.starts_on
            LIMIT 1
        ) AS m""",
        answer="""
        SELECT coalesce(array_agg(place) FILTER (WHERE old_version IS NULL), '{}') AS created,
               coalesce(array_agg(place) FILTER (WHERE old_version IS NOT NULL), '{}') AS revised
        FROM changed""",
    )
)
_KPI = """
    SELECT k.id, k.external_id, k.name, k.source, k.value_type, k.scale, k.frequency, k.archived_at, k.visibility,
           k.owner_id, k.team_id,
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
    kpis = await accessible(tx, await known_kpis(tx, inputs))
    await lock(tx, sorted({kpi.id for kpi in kpis.values()}))
    valid = None if _has_wrong_text(inputs) else validate_columns(inputs, kpis, tx.now)
    refusals: dict[int, Refusal] = {}
    if valid is None:
        valid, refusals = await validate_each(inputs, kpis, tx.now, check_texts)
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
        numbers=_array_literal(valid.numbers),
        starts=_array_literal(valid.starts),
        ids=_array_literal(uuid_utils.uuid7() for _ in valid.numbers),
        values=_array_literal(valid.values),
        null_reason=NullReason.DELETED if is_deletion else None,
        # An array that is null has a null in each row.
        sources=None if valid.sources.count(None) == len(valid.sources) else valid.sources,
        reasons=None if valid.reasons.count(None) == len(valid.reasons) else valid.reasons,
    )
    days: dict[int, list[date]] = defaultdict(list)
    for positions, outcome in (
        (written.created, RecordingOutcome.DELETED if is_deletion else RecordingOutcome.CREATED),
        (written.revised, RecordingOutcome.DELETED if is_deletion else RecordingOutcome.REVISED),
    ):
        for position in positions:
            results.outcomes[valid.indexes[position - 1]] = outcome
            days[valid.numbers[position - 1]].append(valid.starts[position - 1])
    for count, number in enumerate(sorted(days), start=1):
        leave_measurements_event(
            tx, valid.kpi_ids[number], event_ids[number], days[number], len(days[number]), is_deletion=is_deletion
        )
        await let_others(count)


def _array_literal(values: Iterable[int | date | Decimal | uuid_utils.UUID | None]) -> str:
    """An array in the text form of Postgres."""
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


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
