"""Pages of descendants against a model in Python, from cursors that the tree has and from those that it has no more."""

from collections import defaultdict
from collections.abc import AsyncIterator
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import pytest

from service.alignment.descendants import COUNTS, count_parameters, cursor, parameters, statement
from service.reading.cursors import encode_cursor
from service.reading.keyset import Page
from service.reading.reader import Reader
from tests.kit.client import Client
from tests.kit.forest import planted

Path = list[tuple[float, UUID]]
COUNT = 150


class Descendant(NamedTuple):
    """A row of the tree below an objective, as the model has it."""

    id: UUID
    tree_parent_id: UUID
    path: Path


class Model:
    """All primary edges to children that are not archived, by parent and in order."""

    def __init__(self, edges: list[asyncpg.Record]) -> None:
        self.children: dict[UUID, list[tuple[float, UUID, UUID]]] = defaultdict(list)
        for edge in edges:
            self.children[edge["parent_id"]].append((edge["position"], edge["id"], edge["objective_id"]))
        for each in self.children.values():
            each.sort()

    def below(self, id: UUID, max_depth: int, path: Path | None = None) -> list[Descendant]:
        """Everything down to a depth, parents first."""
        above = path or []
        if len(above) == max_depth:
            return []
        rows = []
        for position, edge, child in self.children[id]:
            here = [*above, (position, edge)]
            rows += [Descendant(child, id, here), *self.below(child, max_depth, here)]
        return rows


async def shuffled(client: Client, cleaner: asyncpg.Connection, random: Random) -> Model:
    """A forest with deep and wide trees, equal positions, archived goals, former edges and second parents."""
    await planted(client, COUNT, 3)
    ids = [row["id"] for row in await cleaner.fetch("SELECT id FROM objectives ORDER BY id")]
    rank = {id: number for number, id in enumerate(ids)}
    for edge in await cleaner.fetch("SELECT id, objective_id FROM alignments"):
        # Each below one that comes before it, so there are no loops: long chains, and many below the first ones.
        parent = max(rank[edge["objective_id"]] - random.choice((1, 1, 3, 60)), 0)
        assert ids[parent] != edge["objective_id"]
        await cleaner.execute(
            "UPDATE alignments SET parent_id = $2, parent_key_result_id = NULL, position = $3, is_primary = $4, "
            "archived_at = CASE WHEN $5 THEN now() END WHERE id = $1",
            edge["id"],
            ids[parent],
            float(random.randrange(4)),
            random.random() < 0.95,
            random.random() < 0.04,
        )
    await cleaner.execute(
        "UPDATE objectives SET archived_at = now() WHERE id = ANY($1)", random.sample(ids[COUNT // 3 :], 6)
    )
    return Model(
        await cleaner.fetch(
            "SELECT e.* FROM alignments e JOIN objectives o ON o.id = e.objective_id "
            "WHERE e.is_primary AND e.archived_at IS NULL AND o.archived_at IS NULL"
        )
    )


def cursors(model: Model, ids: list[UUID], random: Random) -> list[tuple[UUID, Path | None]]:
    """Paths of rows below objectives, some of which the tree does not have, and one None."""
    paths: list[tuple[UUID, Path | None]] = [(ids[0], None)]
    for _ in range(80):
        key = random.choice(ids[:20])
        rows = model.below(key, 100)
        if not rows:
            continue
        path = list(random.choice(rows).path)
        change = random.randrange(5)
        number = random.randrange(len(path))
        if change == 1:
            path[number] = (path[number][0] + random.choice((-0.5, 0.5)), path[number][1])
        elif change == 2:
            path[number] = (path[number][0], UUID(int=random.getrandbits(128)))
        elif change == 3:
            path = path[: number + 1]
        elif change == 4:
            path = [*path, (random.random(), UUID(int=random.getrandbits(128))), *path[:number]]
        paths.append((key, path))
    return paths


@pytest.fixture
async def reader(client: Client) -> AsyncIterator[Reader]:
    """Reads the rows of the client's organization."""
    made = Reader(client.database, client.organization_id, now=client.clock.now)
    yield made
    await made.close()


@pytest.mark.parametrize("seed", range(3))
async def test_every_page_is_that_of_the_model(
    client: Client, reader: Reader, cleaner: asyncpg.Connection, seed: int
) -> None:
    random = Random(seed)
    model = await shuffled(client, cleaner, random)
    ids = [row["id"] for row in await cleaner.fetch("SELECT id FROM objectives ORDER BY id")]
    assert max(len(row.path) for row in model.below(ids[0], 100)) > 6
    lengths = set()
    for key_of_path, path in cursors(model, ids, random):
        keys = list({key_of_path, *random.sample(ids[:20], 2)})
        size, max_depth, backwards = random.choice((1, 4, 30)), random.choice((1, 2, 3, 5, 100)), random.random() < 0.5
        text = None if path is None else encode_cursor([list(part) for part in zip(*path, strict=True)])
        page = Page(size, "TREE", backwards=backwards, cursor=text)
        rows = await reader.rows(statement(page), keys=keys, **parameters(max_depth, page))
        assert [row.parent_key for row in rows] == sorted(row.parent_key for row in rows)
        for key in keys:
            expected = model.below(key, max_depth)
            if backwards:
                expected.reverse()
            if path is not None:
                expected = [row for row in expected if (row.path < path if backwards else row.path > path)]
            assert [described(row) for row in rows if row.parent_key == key] == [
                (
                    row.id,
                    row.tree_parent_id,
                    len(row.path),
                    encode_cursor([list(part) for part in zip(*row.path, strict=True)]),
                )
                for row in expected[: size + 1]
            ]
            lengths.add(len(expected[: size + 1]))
    assert len(lengths) > 4


def described(row: Any) -> tuple[UUID, UUID, int, str]:
    return row.id, row.tree_parent_id, row.depth, cursor(row)


async def test_totals_are_those_of_the_model_and_may_stop(
    client: Client, reader: Reader, cleaner: asyncpg.Connection
) -> None:
    model = await shuffled(client, cleaner, Random(9))
    ids = [row["id"] for row in await cleaner.fetch("SELECT id FROM objectives ORDER BY id LIMIT 12")]
    for max_depth in (1, 2, 100):
        exact = {id: len(model.below(id, max_depth)) for id in ids}
        for stop_after in (0, 1, 5, max(exact.values()), 1000):
            rows = await reader.rows(COUNTS, keys=ids, **count_parameters(max_depth, stop_after))
            limit = stop_after
            assert {row.parent_key: row.total for row in rows} == {id: min(n, limit) for id, n in exact.items()}
