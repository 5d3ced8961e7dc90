"""A statement that resolvers wait for."""

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy.sql import ClauseElement

from service.reading.statement_batch import Following, Sql, sql_of


class Asked:
    """A statement that somebody waits for, and those that are sent with it since they follow its one row."""

    def __init__(
        self, statement: ClauseElement, parameters: dict[str, Any], following: Sequence[Following] = ()
    ) -> None:
        self.statement, self.parameters, self.following = statement, parameters, following
        self._answers: list[asyncio.Future[Any]] = []

    @property
    def sql(self) -> Sql:
        """The text of the statement."""
        return sql_of(self.statement)

    @property
    def is_alone(self) -> bool:
        """Whether nothing else can be sent in its message."""
        return bool(self.following) or self.sql.columns is None

    def is_for(self, statement: ClauseElement, parameters: dict[str, Any]) -> bool:
        """Whether it will have the rows of a statement."""
        return self.statement is statement and self.parameters == parameters

    def awaited(self) -> "asyncio.Future[Any]":
        """The rows, for one more who waits for them."""
        answer = asyncio.get_running_loop().create_future()
        self._answers.append(answer)
        return answer

    def settle(self, rows: Sequence[Any]) -> None:
        """Gives the rows to whoever still waits for them."""
        for answer in self._answers:
            if not answer.done():
                answer.set_result(rows)

    def fail(self, error: Exception) -> None:
        """Tells whoever still waits why there are no rows."""
        for answer in self._answers:
            if not answer.done():
                answer.set_exception(error)

    def cancel(self) -> None:
        """Lets go of whoever still waits."""
        for answer in self._answers:
            answer.cancel()
