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
from service.kpis.measurements.locking import lock
from service.kpis.measurements.points import (
    MeasurementDuplicate,
    MeasurementInput,
    RecordingOutcome,
    RecordingResult,
    validate_measurement,
)
from service.kpis.models import Kpi
from service.people.permissions import ensure_editor
from service.reading.row_source import RowSource
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

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
        SELECT * FROM unnest(
            CAST(:places AS int[]), CAST(:kpi_ids AS uuid[]), CAST(:starts AS date[]), CAST(:ids AS uuid[]),
            CAST(:values AS numeric[]), CAST(:null_reasons AS text[]), CAST(:sources AS text[]),
            CAST(:reasons AS text[]), CAST(:event_ids AS uuid[])
        ) AS g (place, kpi_id, starts_on, id, value, null_reason, source, reason, event_id)""",
        answer="SELECT place, old_version FROM changed",
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
    """Records or deletes measurements. Returns the result of each, in their order.

    A measurement for a period that has one corrects it; the same values change nothing. With `all_or_nothing` one
    refusal makes all others SKIPPED. The end of the transaction settles what is computed from the measurements.
    """
    ensure_editor(tx.viewer)
    kpis = await known_kpis(tx, inputs)
    await lock(tx, sorted({kpi.id for kpi in kpis.values()}))
    results: list[RecordingResult] = []
    seen: set[tuple[UUID | None, date | None]] = set()
    for input in inputs:
        try:
            wrong_texts = check_texts({"source": input.source, "reason": input.reason})
            results.append(_ensure_unique(validate_measurement(input, kpis, tx.now, wrong_texts), input, seen))
        except Refusal as refusal:
            results.append(RecordingResult(RecordingOutcome.FAILED, refusal=refusal))
    if all_or_nothing and any(result.refusal for result in results):
        for result in results:
            result.outcome = RecordingOutcome.FAILED if result.refusal else RecordingOutcome.SKIPPED
        return results
    await _write_accepted(tx, inputs, results)
    return results


async def known_kpis(source: RowSource, inputs: Sequence[MeasurementInput]) -> dict[UUID | str, Any]:
    """The KPIs of the inputs, by id and by external id."""
    ids = list({input.kpi_id for input in inputs if input.kpi_id})
    external_ids = list({input.external_id for input in inputs if input.external_id})
    rows = await source.rows(KPIS, ids=ids, external_ids=external_ids)
    return {row.id: row for row in rows} | {row.external_id: row for row in rows if row.external_id}


def _ensure_unique(
    result: RecordingResult, input: MeasurementInput, seen: set[tuple[UUID | None, date | None]]
) -> RecordingResult:
    key = (result.kpi_id, result.starts_on)
    if key in seen:
        raise MeasurementDuplicate(("on" if input.on else "at",), on=result.starts_on)
    seen.add(key)
    return result


async def _write_accepted(
    tx: Transaction, inputs: Sequence[MeasurementInput], results: Sequence[RecordingResult]
) -> None:
    accepted = [index for index, result in enumerate(results) if result.refusal is None]
    if not accepted:
        return
    events: dict[UUID | None, UUID] = {result.kpi_id: uuid7() for result in results}
    rows = await tx.rows(
        WRITE_MEASUREMENTS,
        now=tx.now,
        author_id=tx.viewer.person_id,
        places=accepted,
        kpi_ids=[results[index].kpi_id for index in accepted],
        starts=[results[index].starts_on for index in accepted],
        ids=[uuid7() for _ in accepted],
        values=[results[index].value for index in accepted],
        null_reasons=[NullReason.DELETED if results[index].value is None else None for index in accepted],
        sources=[inputs[index].source for index in accepted],
        reasons=[inputs[index].reason for index in accepted],
        event_ids=[events[results[index].kpi_id] for index in accepted],
    )
    changed: dict[UUID | None, list[RecordingResult]] = defaultdict(list)
    for row in rows:
        result = results[row.place]
        deleted = result.value is None
        result.outcome = (
            RecordingOutcome.DELETED
            if deleted
            else RecordingOutcome.REVISED
            if row.old_version
            else RecordingOutcome.CREATED
        )
        changed[result.kpi_id].append(result)
    for id, of_kpi in changed.items():
        if id is not None:
            leave_measurements_event(tx, id, events[id], of_kpi, len(of_kpi))


def leave_measurements_event(
    tx: Transaction, kpi_id: UUID, event_id: UUID, results: Sequence[RecordingResult], count: int
) -> None:
    """Leaves one event for all `count` measurements of a KPI and touches their days. `results` contain at least the
    first and the last of them."""
    days = [result.starts_on for result in results if result.starts_on]
    deleted = all(result.outcome is RecordingOutcome.DELETED for result in results)
    facts = {"measurements": count, "first": str(min(days)), "last": str(max(days))}
    # An event needs only the type and the id of its subject.
    subject = unsaved_row(Kpi, {"id": kpi_id})
    verb = Verb.DELETED if deleted else Verb.RECORDED
    tx.leave_event(verb, subject, {name: {"after": value} for name, value in facts.items()}, event_id=event_id)
    tx.touch_kpi(kpi_id, min(days), max(days))
    tx.changed_kpis.add(kpi_id)
