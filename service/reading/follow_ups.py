"""Chooses the statements that are sent with the statement of one object, since its relations will ask for them."""

from functools import lru_cache

from sqlalchemy.sql import ClauseElement

from service.reading.pending_read import PendingRead
from service.reading.statement_batch import MAX_SQL_LENGTH, BatchedStatement, FollowUpRead, compile_sql
from service.reading.visibility import Sight

MAX_CACHED_FITS = 1_000


def fitting_follow_ups(pending: PendingRead) -> list[FollowUpRead]:
    """The distinct follow-ups of a read that fit into its batch."""
    if not pending.follow_ups or pending.sql.columns is None:
        return []
    distinct: list[FollowUpRead] = []
    distinct.extend(each for each in pending.follow_ups if each not in distinct)
    statements = tuple((each.statement, each.of, each.parameter) for each in distinct)
    numbers = _fitting_numbers(pending.statement, statements, pending.sight)
    return [distinct[number] for number in numbers]


@lru_cache(MAX_CACHED_FITS)
def _fitting_numbers(
    first: ClauseElement, statements: tuple[tuple[ClauseElement, str, str], ...], sight: Sight
) -> list[int]:
    """The numbers of the follow-ups whose statements fit into a batch with the first statement."""
    numbers: list[int] = []
    length = compile_sql(first, sight).length
    for number, (text, of, parameter) in enumerate(statements):
        statement = BatchedStatement(compile_sql(text, sight), of, parameter)
        if statement.sql.columns is None or length + statement.length > MAX_SQL_LENGTH:
            continue
        length += statement.length
        numbers.append(number)
    return numbers
