"""Chooses what is sent in one batch: reads, and the statements that the relations of their objects will ask for."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.sql import ClauseElement

from service.reading.pending_read import PendingRead
from service.reading.statement_batch import MAX_SQL_LENGTH, BatchedStatement, FollowUpRead, compile_sql
from service.reading.visibility import Sight

MAX_CACHED_FITS = 1_000
# Of a statement in a batch; each has some fifty characters or more.
MAX_NUMBER = 999
# Statement, column and parameter of a follow-up, and the number of the one that it follows.
Link = tuple[ClauseElement, str, str, int | None]


class FollowUp(NamedTuple):
    """A read, and the number of the statement in the batch whose single row it follows; that of the object is 0."""

    read: FollowUpRead
    source: int


def fitting_follow_ups(pending: PendingRead) -> list[FollowUp]:
    """The distinct follow-ups of a read that fit into its batch, each after the one that it follows."""
    if not pending.follow_ups or pending.sql.columns is None:
        return []
    nested = list(_nearest_first(pending.follow_ups))
    links = tuple((each.statement, each.of, each.parameter, parent) for each, parent in nested)
    numbers = _fitting_numbers(pending.statement, links, pending.sight)
    chosen = (nested[number] for number in numbers)
    return [FollowUp(read, 0 if parent is None else numbers.index(parent) + 1) for read, parent in chosen]


def next_batch(pending: list[PendingRead]) -> tuple[list[PendingRead], list[PendingRead]]:
    """The reads that are sent in the next batch, the first one among them, and the others."""
    first, *rest = pending
    if not rest:
        return [first], []
    batch, others, length = [first], [], _length_with_follow_ups(first)
    for each in rest:
        own_length = _length_with_follow_ups(each)
        if first.needs_own_batch or each.needs_own_batch or length + own_length > MAX_SQL_LENGTH:
            others.append(each)
        else:
            batch.append(each)
            length += own_length
    return batch, others


def _length_with_follow_ups(pending: PendingRead) -> int:
    """An upper bound of the characters that a read adds to a batch with its follow-ups."""
    follow_ups = (
        BatchedStatement(compile_sql(read.statement, pending.sight), read.of, read.parameter, source=MAX_NUMBER)
        for read, _ in fitting_follow_ups(pending)
    )
    return pending.sql.length + sum(each.length for each in follow_ups)


def _nearest_first(reads: Sequence[FollowUpRead]) -> Iterator[tuple[FollowUpRead, int | None]]:
    """All follow-ups, those of a level before those of the next one, each with the number of the one it follows."""
    level: list[tuple[Sequence[FollowUpRead], int | None]] = [(reads, None)]
    count = 0
    while level:
        below: list[tuple[Sequence[FollowUpRead], int | None]] = []
        for siblings, parent in level:
            distinct: list[FollowUpRead] = []
            distinct.extend(each for each in siblings if each not in distinct)
            for read in distinct:
                yield read, parent
                if read.further:
                    below.append((read.further, count))
                count += 1
        level = below


@lru_cache(MAX_CACHED_FITS)
def _fitting_numbers(first: ClauseElement, links: tuple[Link, ...], sight: Sight) -> list[int]:
    """The numbers of the follow-ups whose statements fit into a batch with the first statement."""
    numbers: list[int] = []
    length = compile_sql(first, sight).length
    for number, (text, of, parameter, parent) in enumerate(links):
        # Which statement it follows is known later; the number is the greatest that it could be.
        statement = BatchedStatement(compile_sql(text, sight), of, parameter, source=number)
        fits = statement.sql.columns is not None and length + statement.length <= MAX_SQL_LENGTH
        if fits and (parent is None or parent in numbers):
            length += statement.length
            numbers.append(number)
    return numbers


def with_further(reads: Sequence[FollowUpRead]) -> Iterator[FollowUpRead]:
    """These reads, and all that follow them."""
    for read in reads:
        yield read
        yield from with_further(read.further)
