"""Chooses the statements that are sent with those of objects and lists, since their relations will ask for them."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy.sql import ClauseElement

from service.reading.column_batch import ColumnBatch
from service.reading.pending_read import PendingRead
from service.reading.statement_batch import (
    MAX_SQL_LENGTH,
    MAX_VALUES_AHEAD,
    BatchedStatement,
    FollowUpRead,
    compile_sql,
)
from service.reading.visibility import Sight

MAX_CACHED_FITS = 1_000
# What will be requested with values of the rows of a read; called when the read is sent.
FollowUps = Callable[[], Sequence[FollowUpRead]]
NO_FOLLOW_UPS: FollowUps = tuple
# Statement, column, parameter and `is_of_many` of a follow-up, and the number of the one that it follows.
Link = tuple[ClauseElement, str, str, bool, int | None]


class FollowUp(NamedTuple):
    """A read, and the number of the statement in the batch whose rows it follows."""

    read: FollowUpRead
    source: int


class Prefetched(NamedTuple):
    """The rows of a follow-up: those for the `ids` in its list `parameter`, and for its other `parameters`."""

    parameter: str
    ids: frozenset[Any]
    parameters: dict[str, Any]
    rows: ColumnBatch

    def serves(self, requested: dict[str, Any]) -> bool:
        """Whether the rows for these parameters are among them. There may be rows for further ids."""
        ids = requested.get(self.parameter)
        others = {name: value for name, value in requested.items() if name != self.parameter}
        return ids is not None and others == self.parameters and self.ids.issuperset(ids)


class PrefetchedRows:
    """The rows of follow-ups, until they are requested."""

    def __init__(self) -> None:
        self._by_statement: dict[ClauseElement, list[Prefetched]] = {}

    def add(self, follow_ups: Sequence[FollowUp], results: Sequence[ColumnBatch]) -> None:
        """Adds the rows of follow-ups, given those of all statements of their batch, of which they are the last."""
        for (read, source), rows in zip(follow_ups, results[len(results) - len(follow_ups) :], strict=True):
            ids = frozenset(results[source].column(read.of)) - {None}
            if len(ids) <= MAX_VALUES_AHEAD:
                prefetched = Prefetched(read.parameter, ids, read.parameters, rows)
                self._by_statement.setdefault(read.statement, []).append(prefetched)

    def find(self, statement: ClauseElement, parameters: dict[str, Any]) -> ColumnBatch | None:
        """The rows of a statement with these parameters; None if they are not there."""
        candidates = self._by_statement.get(statement, ())
        return next((each.rows for each in candidates if each.serves(parameters)), None)

    def clear(self) -> None:
        """Forgets all rows."""
        self._by_statement.clear()


def fitting_follow_ups(batch: Sequence[PendingRead]) -> list[FollowUp]:
    """The follow-ups of the reads of a batch that fit into it, each after the one that it follows."""
    chosen: list[FollowUp] = []
    if not any(each.follow_ups for each in batch) or batch[0].sql.columns is None:
        return chosen
    room = MAX_SQL_LENGTH - sum(each.sql.length for each in batch)
    for number, pending in enumerate(batch):
        reads, first = pending.follow_ups, len(batch) + len(chosen)
        links = tuple((each.statement, each.of, each.parameter, each.is_of_many, each.after) for each in reads)
        numbers, length = _fitting_numbers(room, links, pending.sight)
        room -= length
        chosen += [
            FollowUp(each, number if each.after is None else first + numbers.index(each.after))
            for each in map(reads.__getitem__, numbers)
        ]
    return chosen


@lru_cache(MAX_CACHED_FITS)
def _fitting_numbers(room: int, links: tuple[Link, ...], sight: Sight) -> tuple[list[int], int]:
    """The numbers of the follow-ups whose statements fit into so many characters, and how many they take."""
    numbers: list[int] = []
    length = 0
    for number, (text, of, parameter, is_of_many, parent) in enumerate(links):
        # Which statement it follows is known later; the number has not more digits than this one.
        statement = BatchedStatement(compile_sql(text, sight), of, parameter, source=99, is_of_many=is_of_many)
        fits = statement.sql.columns is not None and length + statement.length <= room
        if fits and (parent is None or parent in numbers):
            length += statement.length
            numbers.append(number)
    return numbers, length
