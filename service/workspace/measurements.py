"""Takes in measurements of any number: a table or JSON Lines, all of it or nothing, in memory that stays flat."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import text
from uuid_utils.compat import uuid7

from service.entities.items import Day, Instant, Key, Number, Text
from service.errors import Refusal, Refusals
from service.kpis.measurements.commands import ALL_KPIS, CHANGE, leave_measurements_event
from service.kpis.measurements.locking import accessible, lock
from service.kpis.measurements.points import (
    MeasurementDuplicate,
    check_recordable,
    find_period_start,
)
from service.people.permissions import ensure_editor
from service.postgres.database import Database
from service.rollup.bulk import settle_many
from service.viewer import Viewer
from service.workspace.importing import RolledBack, Watch
from service.workspace.items import complaints
from service.workspace.report import ItemInvalid, Outcome, Report, invalid
from service.writing.attempt import Attempt
from service.writing.refusals import NotFound
from service.writing.texts import check_texts
from service.writing.transaction import Transaction, transaction

CHUNK = 5_000
CREATE = text("""
    CREATE TEMPORARY TABLE staged_points (
        line bigint NOT NULL, kpi_id uuid NOT NULL, starts_on date NOT NULL, value numeric NOT NULL,
        source text, reason text
    ) ON COMMIT DROP""")
INDEX = text("CREATE INDEX ON staged_points (kpi_id, starts_on)")
ANALYZE = text("ANALYZE staged_points")
TWICE = text("""
    SELECT line, starts_on FROM (
        SELECT line, starts_on, row_number() OVER (PARTITION BY kpi_id, starts_on ORDER BY line) AS place
        FROM staged_points
    ) numbered WHERE place > 1 ORDER BY line""")
KPIS = text("SELECT DISTINCT kpi_id AS id FROM staged_points ORDER BY 1")
NEXT = text("""
    SELECT line, kpi_id, starts_on, value, source, reason FROM staged_points
    WHERE (kpi_id, starts_on) > (CAST(:kpi_id AS uuid), CAST(:starts_on AS date))
    ORDER BY kpi_id, starts_on LIMIT CAST(:size AS int)""")
# The LIMIT ensures one lookup in the index for each measurement, whatever the statistics say.
MERGE = text(
    CHANGE.format(
        given="""
        SELECT s.line AS place, s.kpi_id, s.starts_on, gen_random_uuid() AS id, s.value,
               CAST(NULL AS text) AS null_reason, s.source, s.reason, s.event_id
        FROM unnest(
            CAST(:lines AS bigint[]), CAST(:kpi_ids AS uuid[]), CAST(:starts AS date[]),
            CAST(CAST(:values AS text) AS numeric[]), CAST(:sources AS text[]), CAST(:reasons AS text[]),
            CAST(:event_ids AS uuid[])
        ) AS s (line, kpi_id, starts_on, value, source, reason, event_id)""",
        stored="""LATERAL (
            SELECT * FROM kpi_measurements s
            WHERE s.organization_id = :organization_id AND s.kpi_id = g.kpi_id AND s.starts_on = g.starts_on
            LIMIT 1
        ) AS m""",
        answer="""
        SELECT kpi_id, count(*) AS points, count(old_version) AS revised,
               min(starts_on) AS first, max(starts_on) AS last
        FROM changed GROUP BY kpi_id""",
    )
)
FIRST = {"kpi_id": UUID(int=0), "starts_on": date.min}


# A line of a file: its fields, or itself where it is JSON, or why it cannot be read.
Line = dict[str, Any] | bytes | ItemInvalid


class MeasurementLine(BaseModel):
    """One measurement: its KPI by external id or id, a day or an instant of its period, and its value."""

    model_config = ConfigDict(extra="forbid")

    kpi: Key
    on: Day | None = None
    at: Instant | None = None
    value: Number
    source: Text | None = None
    reason: Text | None = None


async def import_measurements(
    database: Database,
    viewer: Viewer,
    now: datetime,
    lines: Iterable[tuple[int, Line]],
    report: Report,
    *,
    dry_run: bool = False,
    watch: Watch | None = None,
) -> bool:
    """Records measurements, each with its line; whether anything was kept.

    A value for a point that has one corrects it, and the same file twice changes nothing. When a line is refused,
    or on a dry run, nothing is kept. `report` hears of the lines that are refused, and counts the others.
    """
    ensure_editor(viewer)
    try:
        async with transaction(database, viewer, now, patient=True) as tx:
            ensure_editor(tx.viewer)
            count = await _stage(tx, lines, report, watch or Watch())
            if not report.failed:
                await _merge(tx, count, report)
                await settle_many(tx)
            if report.failed or dry_run:
                raise RolledBack
    except RolledBack:
        return False
    return True


async def _stage(tx: Transaction, lines: Iterable[tuple[int, Line]], report: Report, watch: Watch) -> int:
    """Copies the lines that are fit into the transaction's own table; how many. Lines are counted as they come."""
    await tx.run(CREATE)
    rows = await tx.rows(ALL_KPIS)
    kpis: dict[str, Any] = {str(row.id): row for row in rows}
    kpis |= {row.external_id: row for row in rows if row.external_id}
    kpis = await accessible(tx, kpis)
    count = 0
    records: list[tuple[Any, ...]] = []

    async def send() -> None:
        nonlocal count
        columns = ["line", "kpi_id", "starts_on", "value", "source", "reason"]
        await tx.connection.copy_records_to_table("staged_points", records=records, columns=columns)
        count += len(records)
        records.clear()
        watch.advance("reading", count, 0)

    for record in _fit(lines, kpis, tx.now, report):
        records.append(record)
        if len(records) == CHUNK:
            await send()
    await send()
    await tx.run(INDEX)
    await tx.run(ANALYZE)
    for row in await tx.rows(TWICE):
        report.fail(row.line, "Measurement", None, MeasurementDuplicate(("on",), on=row.starts_on))
    return count


def _fit(
    lines: Iterable[tuple[int, Line]], kpis: dict[str, Any], now: datetime, report: Report
) -> Iterator[tuple[Any, ...]]:
    for number, line in lines:
        try:
            point = _read(line)
            kpi: Any = kpis.get(point.kpi)
            attempt, start = Attempt(), None
            attempt.note(check_texts({"source": point.source, "reason": point.reason}))
            if kpi is None:
                attempt.note([NotFound(("kpi",), thing="KPI", known_by=f"the external id {point.kpi!r}")])
            else:
                attempt.note(check_recordable(kpi, point.value))
                with attempt.noting():
                    start = find_period_start(kpi, point.on, point.at, now)
            attempt.ensure_fine()
            yield number, kpi.id, start, point.value, point.source, point.reason
        except Refusal as refusal:
            for each in refusal.all:
                # The line says `kpi` of what mutations say `kpiId`.
                each.field = tuple("kpi" if name == "kpiId" else name for name in each.field)
            report.fail(number, "Measurement", None, refusal)


def _read(line: Line) -> MeasurementLine:
    if isinstance(line, ItemInvalid):
        raise line
    try:
        if isinstance(line, bytes):
            return MeasurementLine.model_validate_json(line)
        return MeasurementLine.model_validate({name: value for name, value in line.items() if value})
    except ValidationError as error:
        raise Refusals([invalid(path, problem) for path, problem in complaints(error, of_union=False)]) from None


async def _merge(tx: Transaction, count: int, report: Report) -> None:
    ids = [row.id for row in await tx.rows(KPIS)]
    await lock(tx, ids)
    events: dict[UUID, UUID] = {id: uuid7() for id in ids}
    changed: dict[UUID, tuple[int, date, date]] = {}
    created = revised = 0
    after: dict[str, Any] = FIRST
    while points := await tx.rows(NEXT, size=CHUNK, **after):
        for row in await _merge_points(tx, points, events):
            known, first, last = changed.get(row.kpi_id, (0, row.first, row.last))
            changed[row.kpi_id] = (known + row.points, min(first, row.first), max(last, row.last))
            created, revised = created + row.points - row.revised, revised + row.revised
        after = {name: points[-1][name] for name in FIRST}
    report.outcomes[Outcome.CREATED] += created
    report.outcomes[Outcome.UPDATED] += revised
    report.outcomes[Outcome.UNCHANGED] += count - created - revised
    for id, (number, first, last) in changed.items():
        leave_measurements_event(tx, id, events[id], (first, last), number)


async def _merge_points(tx: Transaction, points: Sequence[Any], events: Mapping[UUID, UUID]) -> Sequence[Any]:
    """Writes points; of each KPI how many have changed, and the first and the last day of these."""
    return await tx.rows(
        MERGE,
        now=tx.now,
        author_id=tx.viewer.person_id,
        lines=[row["line"] for row in points],
        kpi_ids=[row["kpi_id"] for row in points],
        starts=[row["starts_on"] for row in points],
        values=f"{{{','.join([str(row['value']) for row in points])}}}",
        sources=[row["source"] for row in points],
        reasons=[row["reason"] for row in points],
        event_ids=[events[row["kpi_id"]] for row in points],
    )
