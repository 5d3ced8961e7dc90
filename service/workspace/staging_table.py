"""Where the items of a file wait in the database, so that they need not be held in memory."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import text

from service.entities.items import IdentifiedItem, Item
from service.kpis.entity import KPI
from service.kpis.measurements.entity import MEASUREMENT
from service.workspace.items import ITEM_TYPES
from service.workspace.kpi_order import order_kpis
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

CHUNK = 2000
# The order of KPIs follows from their formulas too.
NESTED = [item_type.type_name() for item_type in ITEM_TYPES if item_type.is_nested() and item_type is not KPI.item]
CREATE = text("""
    CREATE TEMPORARY TABLE staged_items (
        line bigint PRIMARY KEY, kind text NOT NULL, external_id text, about text, depth int, body jsonb NOT NULL
    ) ON COMMIT DROP""")
INDEX = text("CREATE INDEX ON staged_items (kind, depth, line)")
ANALYZE = text("ANALYZE staged_items")
REPEATED = text("""
    SELECT line, external_id FROM (
        SELECT line, external_id, row_number() OVER (PARTITION BY kind, external_id ORDER BY line) AS place
        FROM staged_items WHERE external_id IS NOT NULL
    ) numbered WHERE place > 1 ORDER BY line""")
# Memberships, alignments and links are matched by their references.
ITEM_DUPLICATE = text("""
    SELECT line FROM (
        SELECT line, row_number() OVER (PARTITION BY kind, about ORDER BY line) AS place
        FROM staged_items WHERE about IS NOT NULL
    ) numbered WHERE place > 1 ORDER BY line""")
NEXT = text("""
    SELECT line, body FROM staged_items
    WHERE kind = :kind AND depth IS NOT DISTINCT FROM CAST(:depth AS int) AND line > CAST(:after AS bigint)
    ORDER BY line LIMIT CAST(:size AS int)""")
# Teams and cycles hang below others of their type, which have to be there first. Of lines with the same
# external id only the first has a place: each then hangs below one other, and ways cannot multiply or go round.
DEPTHS = text("""
    WITH RECURSIVE nested AS (
        SELECT DISTINCT ON (kind, external_id) line, kind, external_id, body ->> 'parent' AS parent
        FROM staged_items WHERE kind = ANY(CAST(:nested AS text[])) ORDER BY kind, external_id, line
    ), ordered (line, kind, external_id, depth) AS (
        SELECT line, kind, external_id, 0 FROM nested i
        WHERE NOT EXISTS (SELECT 1 FROM nested p WHERE p.kind = i.kind AND p.external_id = i.parent)
        UNION ALL
        SELECT i.line, i.kind, i.external_id, o.depth + 1 FROM nested i
        JOIN ordered o ON i.kind = o.kind AND i.parent = o.external_id
    )
    UPDATE staged_items i SET depth = o.depth FROM ordered o WHERE o.line = i.line""")


# Of one kind, whether it hangs below others or not.
LINES = text("""
    SELECT line, body FROM staged_items WHERE kind = :kind AND line > CAST(:after AS bigint)
    ORDER BY line LIMIT CAST(:size AS int)""")
DELETE_LINES = text("DELETE FROM staged_items WHERE line = ANY(CAST(:lines AS bigint[]))")


async def stage(tx: Transaction, items: Iterable[tuple[int, Item]]) -> int:
    """Copies items, each with its line, into the transaction's own table; how many."""
    await tx.run(CREATE)
    count = 0
    for chunk in _chunks(items):
        records: list[Any] = []
        for line, item in chunk:
            records.append((line, *_columns(item)))
            await let_others(len(records))
        await tx.connection.copy_records_to_table(
            "staged_items", records=records, columns=["line", "kind", "external_id", "about", "depth", "body"]
        )
        count += len(records)
    await tx.run(INDEX)
    await tx.run(ANALYZE)
    return count


async def order(tx: Transaction) -> None:
    """Finds an order in which items that hang below others come after them. Nothing is set aside afterwards."""
    await tx.run(DEPTHS, nested=NESTED)
    await order_kpis(tx)


async def lines_of(tx: Transaction, kind: type[Item]) -> AsyncIterator[list[tuple[int, Any]]]:
    """The items of a kind, some thousand at a time, in the order of their lines."""
    after = -1
    while rows := await tx.rows(LINES, kind=kind.type_name(), after=after, size=CHUNK):
        items: list[tuple[int, Any]] = []
        for row in rows:
            items.append((row.line, kind.model_validate_json(row.body)))
            await let_others(len(items))
        yield items
        after = rows[-1].line


async def delete_lines(tx: Transaction, lines: Sequence[int]) -> None:
    """Takes items out of the import, by their lines."""
    await tx.run(DELETE_LINES, lines=lines)


async def find_repeated_external_ids(tx: Transaction) -> Sequence[Any]:
    """Lines whose external id another line of the same type has before them."""
    return await tx.rows(REPEATED)


async def find_duplicates(tx: Transaction) -> Sequence[Any]:
    """Lines about a membership or an edge that another line before them is about."""
    return await tx.rows(ITEM_DUPLICATE)


async def staged(tx: Transaction, kind: type[Item]) -> AsyncIterator[list[tuple[int, Any]]]:
    """The items of a kind, some thousand at a time, in the order of their lines; of those that hang below
    others of their kind, the others first."""
    nested = kind.is_nested()
    depth = 0
    while True:
        after, has_rows = -1, False
        parameters = {"kind": kind.type_name(), "depth": depth if nested else None, "size": CHUNK}
        while rows := await tx.rows(NEXT, after=after, **parameters):
            items = []
            for row in rows:
                items.append((row.line, kind.model_validate_json(row.body)))
                await let_others(len(items))
            yield items
            after, has_rows = rows[-1].line, True
        if not nested or not has_rows:
            return
        depth += 1


async def unordered(tx: Transaction, kind: type[Item]) -> list[tuple[int, Any]]:
    """The items that are inside each other, so that none can come first."""
    if not kind.is_nested():
        return []
    rows = await tx.rows(NEXT, kind=kind.type_name(), depth=None, after=-1, size=CHUNK)
    return [(row.line, kind.model_validate_json(row.body)) for row in rows]


def _columns(item: Any) -> tuple[str, str | None, str | None, None, str]:
    has_identity = not isinstance(item, IdentifiedItem) and item.type_name() != MEASUREMENT.name
    about = orjson.dumps(item.identity).decode() if has_identity else None
    return item.type_name(), item.external_id, about, None, _body(item)


def _body(item: Item) -> str:
    return orjson.dumps(item.model_dump(mode="json", exclude_unset=True, by_alias=True)).decode()


def _chunks(items: Iterable[tuple[int, Item]]) -> Iterator[list[tuple[int, Item]]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
