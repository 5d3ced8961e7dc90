"""Brings a whole workspace to what a file says: all of it or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asyncpg import IntegrityConstraintViolationError

from service.alignment.entity import AlignmentItem
from service.alignment.paths import AlignmentLoop
from service.entities.items import Item
from service.errors import Refusal
from service.people.permissions import ensure_administrator
from service.postgres.database import Database
from service.rollup.bulk import settle_many, store_touched
from service.rollup.unsettled import GoalsInTable
from service.values.names import to_camel_case
from service.viewer import Viewer
from service.workspace.items import ITEM_TYPES
from service.workspace.merging import merge_items
from service.workspace.references import ends_of
from service.workspace.report import ExternalIdDuplicate, ItemDuplicate, ItemLoop, Report, Result, Verdict
from service.workspace.staging import CHUNK, Staging, first_first, in_loops, stage
from service.workspace.unchanged import report_unchanged
from service.writing.constraints import refusal_of
from service.writing.texts import check_texts
from service.writing.transaction import Transaction, transaction
from service.writing.yielding import let_others

# So many new rows may make another plan the right one.
MIN_ROWS_TO_PLAN = 100


@dataclass(frozen=True)
class Watch:
    """Whom to tell how far an import is: the phase, and how many items of how many are done in it."""

    advance: Callable[[str, int, int], None] = field(default=lambda _phase, _done, _all: None)


class RolledBack(Exception):
    """Rolls an import back that failed or was only a rehearsal."""


async def import_items(
    database: Database,
    viewer: Viewer,
    now: datetime,
    items: Iterable[tuple[int, Item]],
    report: Report,
    *,
    dry_run: bool = False,
    watch: Watch | None = None,
    reason: str | None = None,
) -> bool:
    """Upserts items, each with its line, by external id; whether anything was kept.

    Types come in the order of `ITEM_TYPES`, whatever the order of the lines. `report` hears of every item;
    when one has failed, or on a dry run, nothing is kept. All events have the `reason`. Memory does not grow with the
    number of items.
    Raises Forbidden for whoever is no administrator, and a Refusal for what no item can be blamed for.
    """
    ensure_administrator(viewer)
    try:
        async with transaction(database, viewer, now, exclusive=True, patient=True) as tx:
            ensure_administrator(tx.viewer)
            tx.attempt.note(check_texts({"reason": reason}))
            tx.attempt.ensure_fine()
            tx.reason = reason
            await _take_in(tx, items, report, watch or Watch())
            if report.failed or dry_run:
                raise RolledBack
    except RolledBack:
        return False
    except IntegrityConstraintViolationError as error:
        # What no item could be blamed for beforehand: somebody else's row came first, or two items collide.
        if report.failed:
            # What an item that failed had changed is in the way; it is told already.
            return False
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error
    return True


async def _take_in(tx: Transaction, items: Iterable[tuple[int, Item]], report: Report, watch: Watch) -> None:
    staging, total = await stage(tx, items)
    double: dict[int, Refusal] = {line: ItemDuplicate() for line in await staging.find_duplicates()}
    repeated = await staging.find_repeated_external_ids()
    double |= {line: ExternalIdDuplicate(("externalId",)) for line in repeated}
    # What is there already is never refused, so it is not handed to the rules at all.
    done = await report_unchanged(tx, staging, double.keys(), report)
    await staging.order()
    touched: GoalsInTable | None = None
    for item_type in ITEM_TYPES:
        if item_type.type_name() not in staging.kinds:
            continue
        async for chunk in first_first(staging, item_type):
            fresh = [(line, item) for line, item in chunk if line not in double]
            for line, item in chunk:
                if line in double:
                    report.fail(line, item.type_name(), item.external_id, double[line])
            verdicts = await merge_items(tx, item_type, [item for _, item in fresh], report)
            tx.send_ahead()
            for count, ((line, item), verdict) in enumerate(zip(fresh, verdicts, strict=True), 1):
                _note(report, line, item, verdict)
                await let_others(count)
            await tx.flush()
            touched = await store_touched(tx, touched)
            if len(chunk) >= MIN_ROWS_TO_PLAN:
                await tx.discard_plans()
            tx.forget_rows()
            done += len(chunk)
            watch.advance("importing", done, total)
        for line, item in await in_loops(staging, item_type):
            field = "parent" if item.parent or not getattr(item, "formula", None) else "formula"
            report.fail(line, item.type_name(), item.external_id, double.get(line) or ItemLoop((field,)))
    await _settle(tx, staging, touched, report, watch)


async def _settle(
    tx: Transaction, staging: Staging, touched: GoalsInTable | None, report: Report, watch: Watch
) -> None:
    settled = 0

    def advance(count: int) -> None:
        nonlocal settled
        settled += count
        watch.advance("settling", settled, 0)

    try:
        await settle_many(tx, advance, table=touched, only_loops=report.failed)
    except AlignmentLoop as refusal:
        await _blame(tx, staging, report, refusal)


async def _blame(tx: Transaction, staging: Staging, report: Report, refusal: AlignmentLoop) -> None:
    """Names the lines whose edges close a loop, by the ends of the edges in loops."""
    loops = await ends_of(tx, refusal.edge_ids)
    async for chunk in staging.chunks(AlignmentItem, 0, CHUNK):
        for line, item in chunk:
            if (item.objective, item.parent, item.parent_key_result) in loops:
                report.fail(line, item.type_name(), item.external_id, refusal)
    if not report.failed:
        raise refusal


def _note(report: Report, line: int, item: Any, verdict: Verdict) -> None:
    if isinstance(verdict, Refusal):
        for refusal in verdict.all:
            refusal.field = tuple(_own(item, name) for name in refusal.field)
        report.fail(line, item.type_name(), item.external_id, verdict)
    else:
        outcome, id = verdict
        report.add(Result(line, item.type_name(), item.external_id, outcome, id))


def _own(item: Any, name: str) -> str:
    """A field as the item has it: commands say `parentId` of what is `parent` here."""
    if name in item.INPUT_NAMES:
        return str(item.INPUT_NAMES[name])
    short = name.removesuffix("Id")
    return short if short in {to_camel_case(reference) for reference in item.REFERENCES} else name
