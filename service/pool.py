"""The connections of one database; those that were only read with stay at hand for the next read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy.exc import TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.errors import Overloaded


class Connected(NamedTuple):
    """A connection of SQLAlchemy's, and the driver's below it; `told` is what came of the message that opened a
    transaction on it, such as `SELECT 1` of its last statement."""

    connection: AsyncConnection
    driver: "asyncpg.Connection[Any]"
    told: str = ""


class Pool:
    """SQLAlchemy's pool, and before it a pile of connections that need no switches of greenlets to be had.

    The pool bounds them all: whoever waits for it gets the next that somebody gives back.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._pile: list[Connected] = []
        self._waiting = 0
        self._is_over = False

    @property
    def size(self) -> int:
        """How many connections there may be."""
        pool: Any = self.engine.pool
        return int(pool.size())

    @property
    def in_use(self) -> int:
        """How many connections somebody has."""
        pool: Any = self.engine.pool
        return int(pool.checkedout()) - len(self._pile)

    async def take(self) -> Connected:
        """A connection for the caller alone, to be given back. Raises Overloaded when none comes free in time."""
        while self._pile:
            taken = self._pile.pop()
            if not taken.driver.is_closed():
                return taken
            await self.drop(taken)
        self._waiting += 1
        try:
            connection = await self.engine.connect()
        except TimeoutError as error:
            raise Overloaded("The service is busy: no database connection came free in time.") from error
        finally:
            self._waiting -= 1
        try:
            return Connected(connection, await driver(connection))
        except BaseException:
            await connection.close()
            raise

    async def give(self, taken: Connected, *, only_read: bool = False) -> None:
        """Takes a connection back; `only_read` says that SQLAlchemy knows nothing of what it was used for."""
        if self._is_over:
            await self.drop(taken)
        elif only_read and not self._waiting:
            self._pile.append(taken)
        else:
            await taken.connection.close()

    async def drop(self, taken: Connected) -> None:
        """Ends a connection that is not to be used again."""
        await taken.connection.invalidate()
        await taken.connection.close()

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside of any transaction. Raises Overloaded."""
        taken = await self.take()
        try:
            yield taken.connection
        finally:
            await self.give(taken)

    async def dispose(self) -> None:
        """Closes all connections: those that are in use when they are given back."""
        self._is_over = True
        while self._pile:
            await self._pile.pop().connection.close()
        await self.engine.dispose()


async def driver(connection: AsyncConnection) -> "asyncpg.Connection[Any]":
    """The driver's own connection below SQLAlchemy's."""
    raw = await connection.get_raw_connection()
    return raw.driver_connection  # type: ignore[return-value]
