"""Where the items of an import wait until their type has its turn: few in memory, many in the database."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from service.entities.items import Item
from service.workspace.held_items import HeldItems
from service.workspace.items import Numbered
from service.workspace.staging_table import StagingTable
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

# Items that are worked on at once.
CHUNK = 2000
# Items that are held in memory: as many as one request may have.
MAX_HELD = 5000
Staging = HeldItems | StagingTable


async def stage(tx: Transaction, items: Iterable[Numbered]) -> tuple[Staging, int]:
    """Takes in items, each with its line; where they wait, and how many they are."""
    table: StagingTable | None = None
    waiting: list[Numbered] = []
    count = 0
    for each in items:
        count += 1
        await let_others(count)
        if len(waiting) == (CHUNK if table else MAX_HELD):
            if table is None:
                table = StagingTable(tx)
                await table.create()
            await table.add(waiting)
            waiting = []
        waiting.append(each)
    if table is None:
        return HeldItems(waiting), count
    await table.add(waiting)
    await table.finish()
    return table, count


async def first_first(staging: Staging, kind: type[Item]) -> AsyncIterator[list[tuple[int, Any]]]:
    """The items of a kind, some thousand at a time, in the order of their lines; of those that are inside others of
    their kind, the others first."""
    depth, has_items = 0, True
    while has_items:
        has_items = False
        async for chunk in staging.chunks(kind, depth, CHUNK):
            has_items = kind.is_nested()
            yield chunk
        depth += 1


async def in_loops(staging: Staging, kind: type[Item]) -> list[tuple[int, Any]]:
    """Items that are inside each other, so that none can come first; the first thousands of them."""
    if kind.is_nested():
        async for chunk in staging.chunks(kind, None, CHUNK):
            return chunk
    return []
