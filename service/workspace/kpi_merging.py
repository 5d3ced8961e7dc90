"""Merges the links and the measurements of KPIs, many at once."""

from collections.abc import Sequence
from typing import Any

from service.events.models import Verb
from service.key_results import kpi_link_commands
from service.kpis.measurements.commands import record
from service.kpis.measurements.entity import MeasurementItem
from service.kpis.measurements.points import MeasurementDuplicate, MeasurementInput, RecordingOutcome, RecordingResult
from service.workspace.imported_measurements import take
from service.workspace.references import References, look_up_references
from service.workspace.report import Outcome, Report, Verdict
from service.writing.attempt import Attempt
from service.writing.texts import check_texts
from service.writing.transaction import Transaction

RECORDED = {
    RecordingOutcome.CREATED: Outcome.CREATED,
    RecordingOutcome.REVISED: Outcome.UPDATED,
    RecordingOutcome.UNCHANGED: Outcome.UNCHANGED,
}
LINKED = {None: Outcome.UNCHANGED, Verb.LINKED: Outcome.CREATED}


async def merge_links(tx: Transaction, items: Sequence[Any], report: Report) -> list[Verdict]:
    """What becomes of each link, in their order."""
    references = await look_up_references(tx, items, report)
    verdicts: list[Verdict] = []
    for item in items:
        verdict: Verdict = (Outcome.SKIPPED, None)
        with tx.attempting() as attempt:
            ends = references.resolve(item, attempt)
            attempt.note(check_texts({"external_id": item.external_id}))
            if not references.is_skipped(item):
                attempt.ensure_fine()
                request = kpi_link_commands.KpiLinkRequest(
                    ends["key_result_id"], ends["kpi_id"], item.role, external_id=item.external_id
                )
                row, verb = await kpi_link_commands.link(tx, request)
                await tx.flush()
                verdict = LINKED[verb], row.id
        verdicts.append(attempt.refusal or verdict)
    return verdicts


async def merge_measurements(tx: Transaction, items: Sequence[Any], report: Report) -> list[Verdict]:
    """What becomes of each measurement, in their order."""
    references = await look_up_references(tx, items, report)
    due = [item for item in items if not references.is_skipped(item)]
    recorded = await record(tx, [_point(item, references) for item in due], all_or_nothing=False)
    await _refuse_taken(tx, recorded)
    done = iter(recorded)
    return [_skipped(item) if references.is_skipped(item) else _verdict(next(done)) for item in items]


async def _refuse_taken(tx: Transaction, recorded: Sequence[RecordingResult]) -> None:
    """Refuses points of which this import had a value before: `record` knows those of one chunk only."""
    points = {(each.kpi_id, each.starts_on): each for each in recorded if each.refusal is None}
    fresh = await take(tx, [(id, day) for id, day in points if id and day])
    for key, each in points.items():
        if key not in fresh:
            each.refusal = MeasurementDuplicate(("on",), on=each.starts_on)


def _skipped(item: MeasurementItem) -> Verdict:
    attempt = Attempt()
    attempt.note(check_texts({"source": item.source, "reason": item.reason}))
    return attempt.refusal or (Outcome.SKIPPED, None)


def _verdict(done: RecordingResult) -> Verdict:
    return done.refusal or (RECORDED[done.outcome], None)


def _point(item: MeasurementItem, references: References) -> MeasurementInput:
    attempt = Attempt()
    id = references.resolve(item, attempt)["kpi_id"]
    return MeasurementInput(
        id,
        None,
        item.on,
        None,
        item.value,
        source=item.source,
        reason=item.reason,
        unreadable=tuple(attempt.refusals),
    )
