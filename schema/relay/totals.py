"""How many rows lists have, counted with their pages if a document asks for it."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from schema.execution.fields.batched import RequestedColumns
from schema.execution.running.jobs import finish, start_job
from service.reading.keyset import MAX_EXACT_COUNT, Listing, count_rows
from service.reading.reader import Reader

if TYPE_CHECKING:
    from schema.relay.connections import ConnectionPage

# How many rows the list of each key has; of one list without keys under None.
Counts = Callable[[Reader, list[UUID]], Coroutine[Any, Any, dict[UUID | None, int]]]
# It stands among the requested columns if the total is requested.
TOTAL = "total"

TOTAL_COUNT = "At most 10 000: see `totalCountIsExact`. Counted only when it is asked for."
IS_EXACT = "True if `totalCount` is the exact number; false if the list has more than 10 000 {objects}."


def nothing() -> None:
    """What is done before most lists are counted."""


def is_counted(requested: RequestedColumns | None) -> bool:
    """Whether the document asks for the total, as far as that is known."""
    return requested is not None and TOTAL in requested.columns


def counts_of(listing: Listing, values: dict[str, Any], counting: Callable[[], None] = nothing) -> Counts:
    """The counts of the lists of a listing; `counting` is called before."""

    async def counts(reader: Reader, keys: list[UUID]) -> dict[UUID | None, int]:
        counting()
        if listing.key is None:
            [row] = await reader.rows(count_rows(listing), **listing.parameters, **values)
            return {None: row.total}
        rows = await reader.rows(count_rows(listing), keys=keys, **listing.parameters, **values) if keys else ()
        return {row.parent_key: row.total for row in rows}

    return counts


def begin_counts(counts: Counts, reader: Reader, keys: list[UUID]) -> Counts:
    """The counts of these lists, begun at once: they are sent with the page in one batch."""
    result: asyncio.Future[dict[UUID | None, int]] = asyncio.get_running_loop().create_future()

    async def count() -> None:
        try:
            result.set_result(await counts(reader, keys))
        except Exception as error:
            result.set_exception(error)
            # Nobody asks for the totals of a list that failed.
            result.exception()
        finally:
            result.cancel()

    started = start_job(count())
    task = None if started is None else asyncio.ensure_future(finish(started))

    async def begun(_reader: Reader, _keys: list[UUID]) -> dict[UUID | None, int]:
        # The loop holds tasks weakly. Each of several waiters may be cancelled alone.
        _ = task
        return await asyncio.shield(result)

    return begun


async def totals(pages: "Sequence[ConnectionPage]", reader: Reader) -> list[int]:
    """How long each list is, up to MAX_EXACT_COUNT; one statement for all lists of one kind."""
    return [min(count, MAX_EXACT_COUNT) for count in await _counted(pages, reader)]


async def exact(pages: "Sequence[ConnectionPage]", reader: Reader) -> list[bool]:
    """Whether the total of each list is the number of all of its rows."""
    return [count <= MAX_EXACT_COUNT for count in await _counted(pages, reader)]


async def _counted(pages: "Sequence[ConnectionPage]", reader: Reader) -> list[int]:
    """How many rows each list has: one more than MAX_EXACT_COUNT if there are more. Of a whole list it is known."""
    counters = {id(page.counts): page.counts for page in pages}
    totals_by_counter: dict[int, dict[UUID | None, int]] = {}
    for number, counter in counters.items():
        parts = [page for page in pages if id(page.counts) == number and not page.is_complete]
        keys = list(dict.fromkeys(page.key for page in parts if page.key is not None))
        # Without keys, too: whether a limit of the request is reached does not depend on how much there is.
        totals_by_counter[number] = await counter(reader, keys)
    return [
        len(page.rows) if page.is_complete else totals_by_counter[id(page.counts)].get(page.key, 0) for page in pages
    ]
