"""Many objectives that are to be settled with all above them, in levels from the bottom: where they wait for it.

Few are held in memory. Others are in temporary tables, whose statements name no other table: those of tenants may be
on other machines.
"""

from collections.abc import AsyncIterator, Collection, Iterable
from uuid import UUID

from sqlalchemy import text

from service.values.trees import find_levels, nodes_in_loops
from service.writing.transaction import Transaction

# An alignment: its id, the objective, and the parent of that.
Edge = tuple[UUID, UUID, UUID]
LOWEST_ID = UUID(int=0)

CREATE = text("""
    CREATE TEMPORARY TABLE unsettled (id uuid PRIMARY KEY, wave int NOT NULL, height int) ON COMMIT DROP""")
CREATE_EDGES = text("""
    CREATE TEMPORARY TABLE unsettled_edges (id uuid NOT NULL, objective_id uuid NOT NULL, parent_id uuid NOT NULL)
    ON COMMIT DROP""")
INDEXES = (
    text("CREATE INDEX ON unsettled (wave, id)"),
    text("CREATE INDEX ON unsettled (height, id)"),
    text("CREATE INDEX ON unsettled_edges (objective_id)"),
    text("CREATE INDEX ON unsettled_edges (parent_id)"),
)
ANALYZE = (text("ANALYZE unsettled"), text("ANALYZE unsettled_edges"))
ADD = text("""
    INSERT INTO unsettled (id, wave) SELECT DISTINCT unnest(CAST(:ids AS uuid[])), CAST(:wave AS int)
    ON CONFLICT DO NOTHING""")
OF_WAVE = text("""
    SELECT id FROM unsettled WHERE wave = CAST(:wave AS int) AND id > CAST(:after AS uuid)
    ORDER BY id LIMIT CAST(:size AS int)""")
SET_LOWEST = text("""
    UPDATE unsettled u SET height = 0
    WHERE NOT EXISTS (SELECT 1 FROM unsettled_edges e WHERE e.parent_id = u.id)""")
# The last of its children gives an objective its height.
SET_HEIGHTS = text("""
    UPDATE unsettled u SET height = CAST(:height AS int)
    WHERE u.height IS NULL
      AND u.id = ANY(ARRAY(
        SELECT e.parent_id FROM unsettled b JOIN unsettled_edges e ON e.objective_id = b.id
        WHERE b.height = CAST(:height AS int) - 1
      ))
      AND NOT EXISTS (
        SELECT 1 FROM unsettled_edges e JOIN unsettled b ON b.id = e.objective_id
        WHERE e.parent_id = u.id AND b.height IS NULL
      )""")
DELETE_OUTSIDE_LOOPS = text("""
    DELETE FROM unsettled u WHERE u.height IS NULL AND NOT EXISTS (
        SELECT 1 FROM unsettled_edges e JOIN unsettled above ON above.id = e.parent_id AND above.height IS NULL
        WHERE e.objective_id = u.id
    )""")
EDGES_IN_LOOPS = text("""
    SELECT e.id FROM unsettled_edges e
    JOIN unsettled below ON below.id = e.objective_id AND below.height IS NULL
    JOIN unsettled above ON above.id = e.parent_id AND above.height IS NULL""")
OF_HEIGHT = text("""
    SELECT id FROM unsettled WHERE height = CAST(:height AS int) AND id > CAST(:after AS uuid)
    ORDER BY id LIMIT CAST(:size AS int)""")


class HeldGoals:
    """Objectives in memory, with the alignments above them."""

    def __init__(self, ids: Collection[UUID] = ()) -> None:
        self.ids = set(ids)
        self._new = list(self.ids)
        self._edges: list[Edge] = []
        self._levels: list[list[UUID]] = []

    async def add(self, ids: Iterable[UUID]) -> None:
        """Adds objectives."""
        new = set(ids) - self.ids
        self.ids |= new
        self._new += new

    async def without_edges(self, size: int) -> AsyncIterator[list[UUID]]:
        """Objectives whose alignments are not known yet, so many at a time; also those that are added meanwhile."""
        while self._new:
            chunk, self._new = self._new[:size], self._new[size:]
            yield chunk

    async def add_edges(self, edges: Collection[Edge]) -> None:
        """Adds the alignments of objectives, and their parents."""
        self._edges += edges
        await self.add(parent_id for _, _, parent_id in edges)

    async def find_levels(self) -> set[UUID]:
        """Puts the objectives in levels; the alignments in loops."""
        below: dict[UUID, list[UUID]] = {id: [] for id in sorted(self.ids)}
        for _, objective_id, parent_id in self._edges:
            below[parent_id].append(objective_id)
        self._levels, loop = find_levels(below)
        if loop is None:
            return set()
        looping = nodes_in_loops((objective_id, parent_id) for _, objective_id, parent_id in self._edges)
        return {id for id, objective_id, parent_id in self._edges if {objective_id, parent_id} <= looping}

    async def levels(self, size: int) -> AsyncIterator[AsyncIterator[list[UUID]]]:
        """The levels from the bottom, each in chunks."""
        for level in self._levels:
            yield _chunks(level, size)


async def _chunks(ids: list[UUID], size: int) -> AsyncIterator[list[UUID]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


class GoalsInTable:
    """Objectives in temporary tables of a transaction, with the alignments above them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._wave = 0
        self._height = 0

    async def create(self) -> None:
        """Creates the tables."""
        for statement in (CREATE, CREATE_EDGES, *INDEXES):
            await self._tx.run(statement)

    async def add(self, ids: Collection[UUID]) -> None:
        """Adds objectives."""
        await self._tx.run(ADD, ids=list(ids), wave=self._wave)

    async def without_edges(self, size: int) -> AsyncIterator[list[UUID]]:
        """Objectives whose alignments are not known yet, so many at a time; also those that are added meanwhile."""
        while True:
            wave, self._wave, is_empty = self._wave, self._wave + 1, True
            async for chunk in self._pages(OF_WAVE, size, wave=wave):
                is_empty = False
                yield chunk
            if is_empty:
                return

    async def add_edges(self, edges: Collection[Edge]) -> None:
        """Adds the alignments of objectives, and their parents."""
        columns = ("id", "objective_id", "parent_id")
        await self._tx.connection.copy_records_to_table("unsettled_edges", records=edges, columns=columns)
        await self.add({parent_id for _, _, parent_id in edges})

    async def find_levels(self) -> set[UUID]:
        """Puts the objectives in levels; the alignments in loops."""
        for statement in ANALYZE:
            await self._tx.run(statement)
        count = await self._tx.run(SET_LOWEST)
        while count:
            self._height += 1
            count = await self._tx.run(SET_HEIGHTS, height=self._height)
        while await self._tx.run(DELETE_OUTSIDE_LOOPS):
            pass
        return {row["id"] for row in await self._tx.rows(EDGES_IN_LOOPS)}

    async def levels(self, size: int) -> AsyncIterator[AsyncIterator[list[UUID]]]:
        """The levels from the bottom, each in chunks."""
        for height in range(self._height):
            yield self._pages(OF_HEIGHT, size, height=height)

    async def _pages(self, statement: object, size: int, **parameters: int) -> AsyncIterator[list[UUID]]:
        after = LOWEST_ID
        while rows := await self._tx.rows(statement, after=after, size=size, **parameters):
            yield [row["id"] for row in rows]
            after = rows[-1]["id"]


Unsettled = HeldGoals | GoalsInTable
