"""Recording measurements: many points of many KPIs at once, corrections and deletions with them."""

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
from service.kpis.measurements.points import Given, MeasurementDuplicate, Recorded, Verdict, checked
from service.kpis.models import Kpi
from service.people.permissions import ensure_editor
from service.reading.row_source import Rows
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

# What a change of points does: whatever is there and differs is kept as a revision, then gives way.
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
POINTS = text(
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


async def record(tx: Transaction, given: Sequence[Given], *, all_or_nothing: bool) -> list[Verdict]:
    """Records points, or deletes them; what became of each, in their order.

    A point for a period that has one is a correction of it, and the same again changes nothing. With
    `all_or_nothing` one refusal leaves all others SKIPPED. What is computed from the points is settled with the
    transaction.
    """
    ensure_editor(tx.viewer)
    kpis = await known_kpis(tx, given)
    await lock(tx, sorted({kpi.id for kpi in kpis.values()}))
    verdicts: list[Verdict] = []
    seen: set[tuple[UUID | None, date | None]] = set()
    for point in given:
        try:
            verdicts.append(_once(checked(point, kpis, tx.now), point, seen))
        except Refusal as refusal:
            verdicts.append(Verdict(Recorded.FAILED, refusal=refusal))
    if all_or_nothing and any(verdict.refusal for verdict in verdicts):
        for verdict in verdicts:
            verdict.outcome = Recorded.FAILED if verdict.refusal else Recorded.SKIPPED
        return verdicts
    await _write(tx, given, verdicts)
    return verdicts


async def known_kpis(source: Rows, given: Sequence[Given]) -> dict[UUID | str, Any]:
    """The KPIs that points are of, by the id or external id that they are given by."""
    ids = list({point.kpi_id for point in given if point.kpi_id})
    external_ids = list({point.external_id for point in given if point.external_id})
    rows = await source.rows(KPIS, ids=ids, external_ids=external_ids)
    return {row.id: row for row in rows} | {row.external_id: row for row in rows if row.external_id}


def _once(verdict: Verdict, point: Given, seen: set[tuple[UUID | None, date | None]]) -> Verdict:
    key = (verdict.kpi_id, verdict.starts_on)
    if key in seen:
        raise MeasurementDuplicate(("on" if point.on else "at",), on=verdict.starts_on)
    seen.add(key)
    return verdict


async def _write(tx: Transaction, given: Sequence[Given], verdicts: Sequence[Verdict]) -> None:
    fit = [place for place, verdict in enumerate(verdicts) if verdict.refusal is None]
    if not fit:
        return
    events: dict[UUID | None, UUID] = {verdict.kpi_id: uuid7() for verdict in verdicts}
    rows = await tx.rows(
        POINTS,
        now=tx.now,
        author_id=tx.viewer.person_id,
        places=fit,
        kpi_ids=[verdicts[place].kpi_id for place in fit],
        starts=[verdicts[place].starts_on for place in fit],
        ids=[uuid7() for _ in fit],
        values=[verdicts[place].value for place in fit],
        null_reasons=[NullReason.DELETED if verdicts[place].value is None else None for place in fit],
        sources=[given[place].source for place in fit],
        reasons=[given[place].reason for place in fit],
        event_ids=[events[verdicts[place].kpi_id] for place in fit],
    )
    changed: dict[UUID | None, list[Verdict]] = defaultdict(list)
    for row in rows:
        verdict = verdicts[row.place]
        deleted = verdict.value is None
        verdict.outcome = Recorded.DELETED if deleted else Recorded.REVISED if row.old_version else Recorded.CREATED
        changed[verdict.kpi_id].append(verdict)
    for id, points in changed.items():
        if id is not None:
            note(tx, id, events[id], points, len(points))


def note(tx: Transaction, kpi_id: UUID, event_id: UUID, points: Sequence[Verdict], count: int) -> None:
    """Leaves one event for all `count` points of a KPI, of which the first and the last are among `points`, and
    notes which days have changed."""
    days = [point.starts_on for point in points if point.starts_on]
    deleted = all(point.outcome is Recorded.DELETED for point in points)
    told = {"measurements": count, "first": str(min(days)), "last": str(max(days))}
    # An event wants the name of its subject's type and its id.
    subject = unsaved_row(Kpi, {"id": kpi_id})
    verb = Verb.DELETED if deleted else Verb.RECORDED
    tx.leave_event(verb, subject, {name: {"after": value} for name, value in told.items()}, event_id=event_id)
    tx.touch_kpi(kpi_id, min(days), max(days))
    tx.changed_kpis.add(kpi_id)
