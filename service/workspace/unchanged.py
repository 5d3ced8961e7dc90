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

from service.workspace.item import Item, Known
from service.workspace.items import KINDS, MembershipItem
from service.workspace.kpi_items import KpiLinkItem, MeasurementItem
from service.workspace.measurement_duplicates import take
from service.workspace.references import ids_of
from service.workspace.report import Outcome, Report, Result
from service.workspace.selections import SELECTIONS, THOSE_POINTS, item_of
from service.workspace.staging_table import lines_of, set_aside
from service.writing.transaction import Transaction

MEASUREMENTS = "kpi_measurements"


class Present(NamedTuple):
    """What is there: as the item that an export has of it, with its id, or as a point its KPI and first day."""

    item: Item
    id: UUID | None = None
    point: tuple[UUID, date] | None = None


async def set_unchanged_aside(tx: Transaction, besides: Collection[int], report: Report) -> int:
    """Reports the staged items that say what is there already and takes them out of the import, but for the lines
    `besides`; how many."""
    count = 0
    for kind in KINDS:
        name = _type_name(kind)
        if not await _has_rows(tx, MEASUREMENTS if kind is MeasurementItem else SELECTIONS[name].table):
            continue
        async for chunk in lines_of(tx, kind):
            items = [(line, item) for line, item in chunk if line not in besides]
            present = await _present(tx, kind, [item for _, item in items])
            same = [
                (line, item, there)
                for line, item in items
                # Each once: of two lines about one point, the second one is refused later.
                if (there := present.pop(_identity(item), None)) and _says_the_same(item, there.item)
            ]
            fresh = await take(tx, [there.point for _, _, there in same if there.point])
            unchanged: list[int] = []
            for line, item, there in same:
                if there.point is None or there.point in fresh:
                    unchanged.append(line)
                    report.add(Result(line, name, item.external_id, Outcome.UNCHANGED, there.id))
            await set_aside(tx, unchanged)
            count += len(unchanged)
    return count


async def _has_rows(tx: Transaction, table: str) -> bool:
    return bool(await tx.rows(text(f"SELECT 1 FROM {table} WHERE organization_id = :organization_id LIMIT 1")))


async def _present(tx: Transaction, kind: type[Item], items: Sequence[Any]) -> dict[Any, Present]:
    """The rows that items may mean, by what they are known by."""
    if kind is MeasurementItem:
        rows = await _points(tx, items)
    elif issubclass(kind, Known):
        ids = await ids_of(tx, _type_name(kind), [item.external_id for item in items])
        rows = await _rows(tx, kind, ids.values())
    else:
        # They are known by their ends, of which the first one always is given.
        first, of = next(iter(kind.REFERENCES.items()))
        ends = await ids_of(tx, of, {key for item in items if (key := getattr(item, first)) is not None})
        rows = await _rows(tx, kind, ends.values())
    found: dict[Any, Present] = {}
    for row in rows:
        try:
            item = kind.model_validate(item_of(_type_name(kind), row._mapping))
        except ValidationError:
            # No file could say it, so none does.
            continue
        if kind is MeasurementItem:
            found[_identity(item)] = Present(item, point=(row.kpi_id, row.on))
        else:
            # A membership is no object of its own.
            found[_identity(item)] = Present(item, None if kind is MembershipItem else row.row_id)
    return found


async def _rows(tx: Transaction, kind: type[Item], ids: Iterable[UUID]) -> Sequence[Any]:
    wanted = list(set(ids))
    return await tx.rows(SELECTIONS[_type_name(kind)].those, ids=wanted) if wanted else ()


async def _points(tx: Transaction, items: Sequence[MeasurementItem]) -> Sequence[Any]:
    ids = await ids_of(tx, "Kpi", {item.kpi for item in items})
    known = [(ids[item.kpi], item.on) for item in items if item.kpi in ids]
    return await tx.rows(THOSE_POINTS, kpi_ids=[id for id, _ in known], days=[on for _, on in known]) if known else ()


def _identity(item: Any) -> Any:
    """What an item is known by: its external id, or what it is about."""
    if isinstance(item, Known):
        return item.external_id
    ends = tuple(getattr(item, name) for name in item.REFERENCES)
    if isinstance(item, MeasurementItem):
        return (*ends, item.on)
    return (*ends, item.role) if isinstance(item, KpiLinkItem) else ends


def _says_the_same(item: Item, current: Item) -> bool:
    """Whether every field that an item gives is so already; a field that is empty is left out of an export."""
    for name in item.model_fields_set:
        there = getattr(current, name) if name in current.model_fields_set else None
        if getattr(item, name) != there:
            return False
    return True


def _type_name(kind: type[Item]) -> str:
    return str(kind.model_fields["type"].default)
