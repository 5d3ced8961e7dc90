"""Spoils rows that are read: null or an error in columns, failing statements; the same ones for both executors."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from sqlalchemy import Select, literal_column

from service.reading.column_batch import ColumnBatch, Columns
from service.reading.reader import Reader
from service.reading.statement_batch import FollowUpRead

COLUMNS = {"title", "name", "lifecycle", "progress_reason", "position", "version", "created_at", "verb", "role"}
COLUMNS |= {"email", "description", "weight", "external_id", "reason", "unit", "kind", "level", "body"}
REFERENCES = {"owner_id", "cycle_id", "team_id", "person_id", "actor_id", "author_id"}


class InjectedError(Exception):
    """The error of a spoiled column or statement."""


def spoil(name: str, value: Any, seed: int) -> Any:
    """A column's value, or null or an error in place of it."""
    if name in COLUMNS | REFERENCES:
        chance = crc32(f"{seed} {name} {value}".encode()) % 12
        if chance == 0:
            return None
        if chance == 1 and name in COLUMNS:
            return InjectedError(name)
    return value


class SpoiledRow:
    """A row with null or an error in some columns."""

    def __init__(self, row: Any, seed: int) -> None:
        self.row, self.seed = row, seed

    def __getattr__(self, name: str) -> Any:
        return self[name] if name in self.row.keys() else getattr(self.row, name)  # noqa: SIM118

    def __getitem__(self, name: str) -> Any:
        return spoil(name, self.row[name], self.seed)


class SpoiledColumns(Columns):
    """Lists with values of several types, which lists from Postgres never have."""

    def types(self, name: str) -> frozenset[type]:
        """The types of a list's values."""
        return frozenset(map(type, self.lists[name]))


class SpoiledReader(Reader):
    """Reads spoiled rows, unless the seed is 0."""

    seed = 0

    async def rows(self, statement: Any, follow_ups: Sequence[FollowUpRead] = (), **parameters: Any) -> Sequence[Any]:
        # graphql-core cancels siblings of what failed; the snapshot has to outlive that to be compared.
        rows = await asyncio.shield(asyncio.ensure_future(super().rows(statement, follow_ups, **parameters)))
        if not self.seed:
            return rows
        # Without columns, since only one executor omits those that are not requested; some of them are subqueries.
        if isinstance(statement, Select):
            statement = statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
        sources = re.sub(r"SELECT.*?\bFROM\b", "", str(statement), flags=re.DOTALL)
        if crc32(f"{self.seed} {sources}".encode()) % 40 == 0:
            raise InjectedError("statement")
        if isinstance(rows, ColumnBatch) and rows:
            names = rows[0].keys()
            lists = {name: [spoil(name, each, self.seed) for each in rows.column(name)] for name in names}
            return ColumnBatch(SpoiledColumns(lists), range(len(rows)))
        return [SpoiledRow(row, self.seed) for row in rows]
