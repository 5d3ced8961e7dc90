"""Finds the items of a file that say what is there already: an import has nothing to do for them, and refuses none.

Rules bind changes. What was right when it was made may be against a rule of today: a check-in from before its cycle
was moved, a formula whose input is archived since. So an export of the same organization never is refused.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import text

from service.all_entities import BY_NAME, ENTITIES
from service.entities.entity import Entity
from service.entities.export import item_of
from service.entities.items import IdentifiedItem, Item
from service.kpis.entity import KPI
from service.kpis.measurements.entity import MEASUREMENT, MeasurementItem
from service.people.entity import MEMBERSHIP
from service.workspace.imported_measurements import take
from service.workspace.measurement_export import MEASUREMENTS_ON_DAYS
from service.workspace.references import ids_of
from service.workspace.report import Outcome, Report, Result
from service.workspace.staging import CHUNK, Staging
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

HAVE_ROWS = text(
    "SELECT "
    + ", ".join(
        f'EXISTS (SELECT 1 FROM {entity.table.name} WHERE organization_id = :organization_id) AS "{entity.name}"'
        for entity in ENTITIES
        if entity.item is not None
    )
)


class Existing(NamedTuple):
    """A row as the item that an export has of it, with its id; a measurement has its KPI and first day instead."""

    item: Item
    id: UUID | None = None
    measurement: tuple[UUID, date] | None = None


async def report_unchanged(tx: Transaction, staging: Staging, except_lines: Collection[int], report: Report) -> int:
    """Reports the staged items that say what is there already and takes them out of the import, but for
    `except_lines`; how many. Items have no order yet."""
    count = 0
    [has_rows] = await tx.rows(HAVE_ROWS)
    for entity in ENTITIES:
        if entity.item is None or entity.name not in staging.kinds or not has_rows[entity.name]:
            continue
        async for chunk in staging.chunks(entity.item, 0, CHUNK):
            items = [(line, item) for line, item in chunk if line not in except_lines]
            existing = await _existing(tx, entity, entity.item, [item for _, item in items])
            same = []
            for number, (line, item) in enumerate(items, 1):
                # Each once: of two lines about one measurement, the second one is refused later.
                if (row := existing.pop(item.identity, None)) and _says_the_same(item, row.item):
                    same.append((line, item, row))
                await let_others(number)
            new = await take(tx, [row.measurement for _, _, row in same if row.measurement])
            unchanged: list[int] = []
            for line, item, row in same:
                if row.measurement is None or row.measurement in new:
                    unchanged.append(line)
                    report.add(Result(line, entity.name, item.external_id, Outcome.UNCHANGED, row.id))
            if unchanged:
                await staging.delete(unchanged)
            count += len(unchanged)
    return count


async def _existing(
    tx: Transaction, entity: Entity, item_type: type[Item], items: Sequence[Any]
) -> dict[Any, Existing]:
    """The rows that items may be matched with, by their identity."""
    if entity is MEASUREMENT:
        rows = await _measurements(tx, items)
    elif issubclass(item_type, IdentifiedItem):
        ids = await ids_of(tx, entity, [item.external_id for item in items])
        rows = await _rows(tx, entity, ids.values())
    else:
        # They are matched by their references.
        referred: list[UUID] = []
        for name in item_type.looked_up_by():
            keys = {key for item in items if (key := getattr(item, name)) is not None}
            referred += (await ids_of(tx, BY_NAME[item_type.REFERENCES[name]], keys)).values()
        rows = await _rows(tx, entity, referred)
    existing: dict[Any, Existing] = {}
    for count, row in enumerate(rows, 1):
        await let_others(count)
        try:
            item = item_type.model_validate(item_of(entity.name, row))
        except ValidationError:
            # No file could say it, so none does.
            continue
        if entity is MEASUREMENT:
            existing[item.identity] = Existing(item, measurement=(row.kpi_id, row.on))
        else:
            # A membership is no object of its own.
            existing[item.identity] = Existing(item, None if entity is MEMBERSHIP else row.row_id)
    return existing


async def _rows(tx: Transaction, entity: Entity, ids: Iterable[UUID]) -> Sequence[Any]:
    distinct = list(set(ids))
    return await tx.rows(entity.selection.by_ids, ids=distinct) if distinct and entity.selection else ()


async def _measurements(tx: Transaction, items: Sequence[MeasurementItem]) -> Sequence[Any]:
    ids = await ids_of(tx, KPI, {item.kpi for item in items})
    known = [(ids[item.kpi], item.on) for item in items if item.kpi in ids]
    if not known:
        return ()
    kpi_ids, days = zip(*known, strict=True)
    return await tx.rows(MEASUREMENTS_ON_DAYS, kpi_ids=list(kpi_ids), days=list(days))


def _says_the_same(item: Item, current: Item) -> bool:
    """Whether every field that an item gives is so already; a field that is empty is left out of an export."""
    for name in item.model_fields_set:
        there = getattr(current, name) if name in current.model_fields_set else None
        if getattr(item, name) != there:
            return False
    return True
