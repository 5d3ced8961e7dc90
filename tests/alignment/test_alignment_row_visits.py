"""Reads along alignments visit about the rows that they return, in an organization of any size and by generic plans."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.alignment import queries
from service.alignment.descendants import COUNTS, count_parameters, cursor, parameters, statement
from service.alignment.locked_ends import LOCK
from service.objectives import locking
from service.reading.keyset import Page
from service.reading.reader import Reader
from service.rollup.overdue import OVERDUE_BELOW
from tests.kit.client import Client
from tests.kit.row_visits import visits

WIDTH, LENGTH = 2_000, 40
MAX_VISITS_PER_ROW, MAX_FURTHER_VISITS = 5, 200
# Rows like a given one, with other ids and without what is unique.
COPY = """
    INSERT INTO {table} SELECT copied.* FROM {table} t, unnest($2::uuid[], $3::uuid[]) AS n (id, parent_id),
        jsonb_populate_record(t, jsonb_build_object('external_id', NULL, 'position', 1{values})) copied
    WHERE t.id = $1"""
COPY_OBJECTIVES = COPY.format(table="objectives", values=", 'id', n.id")
COPY_ALIGNMENTS = COPY.format(
    table="alignments", values=", 'id', gen_random_uuid(), 'objective_id', n.id, 'parent_id', n.parent_id"
)
COPY_KEY_RESULTS = COPY.format(table="key_results", values=", 'id', gen_random_uuid(), 'objective_id', n.id")


class Estate:
    """A root with very many children, which have a child each, and a chain below one of them; a key result of each."""

    def __init__(self, client: Client, cleaner: asyncpg.Connection) -> None:
        self.client, self.cleaner = client, cleaner

    async def build(self) -> "Estate":
        cycle = await self.client.cycle()
        root, pattern = await self.client.objective(cycle), await self.client.objective(cycle)
        await self.client.make("objectiveAlign", objectiveId=pattern, parentId=root)
        await self.client.key_result(pattern)
        [edge] = await self.cleaner.fetch("SELECT * FROM alignments")
        self.root = edge["parent_id"]
        numbers = range(1, 2 * WIDTH + LENGTH + 1)
        ids = [UUID(int=number) for number in numbers]
        self.children, self.grandchildren, self.chain = ids[:WIDTH], ids[WIDTH : 2 * WIDTH], ids[2 * WIDTH :]
        parents = [self.root] * WIDTH + self.children + [self.children[WIDTH // 2], *self.chain[:-1]]
        await self.cleaner.execute(COPY_OBJECTIVES, edge["objective_id"], ids, parents)
        await self.cleaner.execute(COPY_ALIGNMENTS, edge["id"], ids, parents)
        key_result = await self.cleaner.fetchval("SELECT id FROM key_results")
        await self.cleaner.execute(COPY_KEY_RESULTS, key_result, ids, ids)
        await self.cleaner.execute("ANALYZE objectives; ANALYZE alignments; ANALYZE key_results")
        return self

    async def check(self, statement: Any, returned: int, **values: Any) -> None:
        """Fails if the statement visits many more rows than it returns, or scans a table."""
        seen = await visits(self.client, statement, **values)
        # A scan of the only cycle is its cheapest read.
        assert (seen.returned, set(seen.scanned) - {"cycles"}) == (returned, set())
        assert seen.visited <= MAX_VISITS_PER_ROW * returned + MAX_FURTHER_VISITS


@pytest.fixture
async def reader(client: Client) -> AsyncIterator[Reader]:
    """Reads the rows of the client's organization."""
    made = Reader(client.database, client.organization_id, now=client.clock.now)
    yield made
    await made.close()


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("max_depth", [1, 2, 100])
async def test_a_page_of_descendants(
    client: Client, reader: Reader, cleaner: asyncpg.Connection, max_depth: int, backwards: bool
) -> None:
    estate = await Estate(client, cleaner).build()
    page = Page(100, "TREE", backwards=backwards)
    for _ in range(3):
        values = {"keys": [estate.root], **parameters(max_depth, page)}
        await estate.check(statement(page), 101, **values)
        rows = await reader.rows(statement(page), **values)
        page = Page(100, "TREE", backwards=backwards, cursor=cursor(rows[99]))


async def test_ancestors_parents_and_counts(client: Client, cleaner: asyncpg.Connection) -> None:
    estate = await Estate(client, cleaner).build()
    await estate.check(queries.ANCESTORS, 200, ids=estate.grandchildren[:100])
    await estate.check(queries.ANCESTORS, LENGTH + 1, ids=estate.chain[-1:])
    await estate.check(queries.PARENTS, 100, ids=estate.grandchildren[:100])
    await estate.check(queries.OF_OBJECTIVES, 100, ids=estate.grandchildren[:100])
    await estate.check(COUNTS, 100, keys=estate.children[:100], **count_parameters(100))
    await estate.check(COUNTS, 1, keys=[estate.root], **count_parameters(100, stop_after=50))
    await estate.check(OVERDUE_BELOW, 0, ids=estate.children[:20])


async def test_locks(client: Client, cleaner: asyncpg.Connection) -> None:
    estate = await Estate(client, cleaner).build()
    await estate.check(locking.LOCK, 3, ids=estate.grandchildren[:1])
    await estate.check(locking.LOCK, LENGTH + 2, ids=estate.chain[-1:])
    await estate.check(LOCK, 5, ids=[estate.grandchildren[0], estate.grandchildren[7]])
