"""A read that is not sent yet, with the futures of the resolvers that wait for it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy.sql import ClauseElement

from service.reading.statement_batch import FollowUpRead, Sql, compile_sql
from service.reading.visibility import Sight


class PendingRead:
    """A statement with its parameters and the sight of the viewer, its follow-up statements, and its waiters."""

    def __init__(
        self,
        statement: ClauseElement,
        parameters: dict[str, Any],
        follow_ups: Sequence[FollowUpRead] = (),
        sight: Sight = Sight.LOOKED_UP,
    ) -> None:
        self.sight = sight
        self.statement, self.parameters, self.follow_ups = statement, parameters, follow_ups
        self._futures: list[asyncio.Future[Any]] = []

    @property
    def sql(self) -> Sql:
        """The compiled statement."""
        return compile_sql(self.statement, self.sight)

    @property
    def needs_own_batch(self) -> bool:
        """Whether no other read can be sent in its batch."""
        return self.sql.columns is None

    @property
    def finds_nothing(self) -> bool:
        """Whether it asks for the rows of no ids, so that it need not be sent."""
        return self.sql.columns is not None and self.parameters.get("ids") == []

    def matches(self, statement: ClauseElement, parameters: dict[str, Any]) -> bool:
        """Whether it reads the same statement with the same parameters."""
        return self.statement is statement and self.parameters == parameters

    def add_waiter(self) -> "asyncio.Future[Any]":
        """A new future that will hold the rows."""
        future = asyncio.get_running_loop().create_future()
        self._futures.append(future)
        return future

    def settle(self, rows: Sequence[Any]) -> None:
        """Sets the rows as result of all futures that are not done."""
        for future in self._futures:
            if not future.done():
                future.set_result(rows)

    def fail(self, error: Exception) -> None:
        """Sets an error on all futures that are not done."""
        for future in self._futures:
            if not future.done():
                future.set_exception(error)

    def cancel(self) -> None:
        """Cancels all futures."""
        for future in self._futures:
            future.cancel()
