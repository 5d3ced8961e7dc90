"""Many items of an import, which wait in a temporary table. Its statements name no other table: those of tenants may be
on other machines."""

from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any

from sqlalchemy import text

from service.entities.items import Item
from service.workspace.item_order import NESTED, NestedItem, depths, matched_by
from service.workspace.items import Numbered
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

COLUMNS = ("line", "kind", "external_id", "about", "depth", "parent", "formula", "body")
# Items in loops have no depth, which is stored as -1: an index serves no comparison with null.
IN_LOOP = -1
CREATE = text("""
    CREATE TEMPORARY TABLE staged_items (
        line bigint PRIMARY KEY, kind text NOT NULL, external_id text, about text, depth int NOT NULL, parent text,
        formula text, body text NOT NULL
    ) ON COMMIT DROP""")
INDEX = text("CREATE INDEX ON staged_items (kind, depth, line)")
ANALYZE = text("ANALYZE staged_items")
REPEATED = text("""
    SELECT line FROM (
        SELECT line, row_number() OVER (PARTITION BY kind, external_id ORDER BY line) AS place
        FROM staged_items WHERE external_id IS NOT NULL
    ) numbered WHERE place > 1""")
# Memberships, alignments and links are matched by their references.
ITEM_DUPLICATE = text("""
    SELECT line FROM (
        SELECT line, row_number() OVER (PARTITION BY kind, about ORDER BY line) AS place
        FROM staged_items WHERE about IS NOT NULL
    ) numbered WHERE place > 1""")
NEXT = text("""
    SELECT line, body FROM staged_items
    WHERE kind = :kind AND depth = CAST(:depth AS int) AND line > CAST(:after AS bigint)
    ORDER BY line LIMIT CAST(:size AS int)""")
NESTED_ITEMS = text("""
    SELECT line, external_id, parent, formula FROM staged_items WHERE kind = :kind AND depth = 0 ORDER BY line""")
SET_IN_LOOP = text("UPDATE staged_items SET depth = CAST(:depth AS int) WHERE kind = :kind")
SET_DEPTHS = text("""
    UPDATE staged_items i SET depth = n.depth
    FROM unnest(CAST(:lines AS bigint[]), CAST(:depths AS int[])) AS n (line, depth) WHERE i.line = n.line""")
DELETE_LINES = text("DELETE FROM staged_items WHERE line = ANY(CAST(:lines AS bigint[]))")


class StagingTable:
    """The items in the transaction's own table. Each has a depth: items of depth 0 come first."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.kinds: set[str] = set()

    async def create(self) -> None:
        """Creates the table."""
        await self._tx.run(CREATE)

    async def add(self, items: Iterable[Numbered]) -> None:
        """Copies items into the table."""
        records: list[Any] = []
        for line, item in items:
            records.append((line, *_columns(item)))
            self.kinds.add(item.type_name())
            await let_others(len(records))
        await self._tx.connection.copy_records_to_table("staged_items", records=records, columns=COLUMNS)

    async def finish(self) -> None:
        """Prepares the table for being read, when all items are there."""
        await self._tx.run(INDEX)
        await self._tx.run(ANALYZE)

    async def find_repeated_external_ids(self) -> set[int]:
        """Lines whose external id another line of the same type has before them."""
        return {row.line for row in await self._tx.rows(REPEATED)}

    async def find_duplicates(self) -> set[int]:
        """Lines about a membership or an edge that another line before them is about."""
        return {row.line for row in await self._tx.rows(ITEM_DUPLICATE)}

    async def order(self) -> None:
        """Gives items that are inside others, or are computed from them, their depths. Of these types, which are few
        in a file, all are in memory for a moment."""
        for kind in NESTED:
            rows = await self._tx.rows(NESTED_ITEMS, kind=kind)
            depths_by_line = depths(NestedItem(*row) for row in rows)
            await self._tx.run(SET_IN_LOOP, kind=kind, depth=IN_LOOP)
            await self._tx.run(SET_DEPTHS, lines=list(depths_by_line), depths=list(depths_by_line.values()))

    async def chunks(self, kind: type[Item], depth: int | None, size: int) -> AsyncIterator[list[tuple[int, Any]]]:
        """The items of a type and depth, so many at a time, in the order of their lines; None: those in a loop."""
        after, parameters = -1, {"kind": kind.type_name(), "depth": IN_LOOP if depth is None else depth, "size": size}
        while rows := await self._tx.rows(NEXT, after=after, **parameters):
            items = []
            for row in rows:
                items.append((row["line"], kind.model_validate_json(row["body"])))
                await let_others(len(items))
            yield items
            after = rows[-1]["line"]

    async def delete(self, lines: Collection[int]) -> None:
        """Takes items out of the import, by their lines."""
        await self._tx.run(DELETE_LINES, lines=list(lines))


def _columns(item: Any) -> tuple[str, str | None, str | None, int, str | None, str | None, str]:
    parent, formula = (
        (getattr(item, "parent", None), getattr(item, "formula", None)) if item.is_nested() else (None, None)
    )
    body = item.model_dump_json(exclude_unset=True, by_alias=True)
    return item.type_name(), item.unique_external_id, matched_by(item), 0, parent, formula, body
