"""Spoils what is read: columns that are null or an error, statements that fail, the same ones whoever executes."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import Select, literal_column

from service.reading.column_batch import Columns, Frame
from service.reading.reader import Reader

COLUMNS = {"title", "name", "lifecycle", "progress_reason", "position", "version", "created_at", "verb", "role"}
COLUMNS |= {"email", "description", "weight", "external_id", "reason", "unit", "kind", "level", "body"}
REFERENCES = {"owner_id", "cycle_id", "team_id", "person_id", "actor_id", "author_id"}


class Injected(Exception):
    """What a spoiled column or statement comes to."""


def spoiled(name: str, value: Any, seed: int) -> Any:
    """A column's value, or null or an error in its place."""
    if name in COLUMNS | REFERENCES:
        chance = crc32(f"{seed} {name} {value}".encode()) % 12
        if chance == 0:
            return None
        if chance == 1 and name in COLUMNS:
            return Injected(name)
    return value


class Spoiled:
    """A row, some of whose columns are null or an error."""

    def __init__(self, row: Any, seed: int) -> None:
        self.row, self.seed = row, seed

    def __getattr__(self, name: str) -> Any:
        return self[name] if name in self.row.keys() else getattr(self.row, name)  # noqa: SIM118

    def __getitem__(self, name: str) -> Any:
        return spoiled(name, self.row[name], self.seed)


class SpoiledColumns(Columns):
    """Lists whose values are of several types, which those of Postgres never are."""

    def types(self, name: str) -> set[type]:
        """The types of a list's values."""
        return set(map(type, self.lists[name]))


class SpoiledReader(Reader):
    """Reads rows that are spoiled, unless the seed is 0."""

    seed = 0

    async def rows(self, statement: Any, following: Any = (), **parameters: Any) -> Sequence[Any]:
        # graphql-core cancels siblings of what failed; the snapshot has to outlive that to be compared.
        rows = await asyncio.shield(asyncio.ensure_future(super().rows(statement, following, **parameters)))
        if not self.seed:
            return rows
        # Without its columns, of which only one executor leaves out what nobody asked for; some are statements, too.
        if isinstance(statement, Select):
            statement = statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
        sources = re.sub(r"SELECT.*?\bFROM\b", "", str(statement), flags=re.DOTALL)
        if crc32(f"{self.seed} {sources}".encode()) % 40 == 0:
            raise Injected("statement")
        if isinstance(rows, Frame) and rows:
            names = rows[0].keys()
            lists = {name: [spoiled(name, each, self.seed) for each in rows.column(name)] for name in names}
            return Frame(SpoiledColumns(lists), range(len(rows)))
        return [Spoiled(row, self.seed) for row in rows]
