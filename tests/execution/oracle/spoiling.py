"""Spoils rows that are read: null or an error in columns, failing statements; the same ones for both executors."""

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zlib import crc32

from service.reading.column_batch import ColumnBatch, Columns
from service.reading.follow_ups import NO_FOLLOW_UPS, FollowUps
from service.reading.reader import Reader

COLUMNS = {"title", "name", "lifecycle", "progress_reason", "position", "version", "created_at", "verb", "role"}
COLUMNS |= {"email", "description", "weight", "external_id", "reason", "unit", "kind", "level", "body"}
REFERENCES = {"owner_id", "cycle_id", "team_id", "person_id", "actor_id", "author_id"}
# Of SQL: words, parentheses, and what is between them.
TOKENS = re.compile(r"\w+|[()]|[^\w()]+")


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


@lru_cache(maxsize=4096)
def without_columns(sql: str) -> str:
    """A statement without the columns of its SELECTs: only one executor omits those that are not requested.

    Columns may be subqueries, and a list may select its columns in a subquery.
    """
    kept: list[str] = []
    # For each open parenthesis: whether it stands among columns, and whether those of its own SELECT are being read.
    nested, own, word_before = [False], [False], ""
    for token in TOKENS.findall(sql):
        if token == "(":
            nested.append(nested[-1] or own[-1])
            own.append(False)
        elif token == ")":
            nested.pop()
            own.pop()
        elif token == "SELECT":
            own[-1] = True
        elif token == "FROM" and word_before != "DISTINCT":
            own[-1] = False
        if not nested[-1] and not own[-1]:
            kept.append(token)
        word_before = token.strip() or word_before
    return "".join(kept)


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

    async def rows(self, statement: Any, follow_ups: FollowUps = NO_FOLLOW_UPS, **parameters: Any) -> Sequence[Any]:
        # graphql-core cancels siblings of what failed; the snapshot has to outlive that to be compared.
        rows = await asyncio.shield(asyncio.ensure_future(super().rows(statement, follow_ups, **parameters)))
        if not self.seed:
            return rows
        if crc32(f"{self.seed} {without_columns(str(statement))}".encode()) % 40 == 0:
            raise InjectedError("statement")
        if isinstance(rows, ColumnBatch) and rows:
            names = rows[0].keys()
            lists = {name: [spoil(name, each, self.seed) for each in rows.column(name)] for name in names}
            return ColumnBatch(SpoiledColumns(lists), range(len(rows)))
        return [SpoiledRow(row, self.seed) for row in rows]
