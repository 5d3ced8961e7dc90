"""The connections of one database; those that were only read with stay at hand for the next read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.errors import Overloaded
from service.postgres.fair_queue import Turns

GENERATION = "generation"


class Connected(NamedTuple):
    """A connection of SQLAlchemy's, the driver's below it, for whom it was taken, how many losses it is younger than,
    and what came of the message that opened a transaction on it, such as `SELECT 1` of its last statement."""

    connection: AsyncConnection
    driver: "asyncpg.Connection[Any]"
    tenant: UUID | None
    generation: int
    told: str = ""


class Pool:
    """SQLAlchemy's pool, and before it a pile of connections that need no switches of greenlets to be had.

    `Turns` bounds them all, and says who gets the next that somebody gives back: nobody waits in SQLAlchemy's pool.
    `share` is the part of the connections that one tenant may hold, at least one.
    """

    def __init__(self, engine: AsyncEngine, *, seconds: float, share: float = 1) -> None:
        self.engine = engine
        self._seconds = seconds
        # What is a little below a whole number is that number.
        self._turns = Turns(self.size, max(1, int(share * self.size + 1e-9)))
        self._pile: list[Connected] = []
        self._is_over = False
        # Goes up when a connection is lost: those that are as old have probably ended too, and are made anew.
        self._generation = 0
        event.listen(engine.sync_engine, "connect", self._note_generation)

    @property
    def size(self) -> int:
        """How many connections there may be."""
        pool: Any = self.engine.pool
        return int(pool.size())

    @property
    def patience(self) -> float:
        """How many seconds somebody waits for a connection."""
        return self._seconds

    @property
    def in_use(self) -> int:
        """How many connections somebody has."""
        return self._turns.held

    async def take(self, tenant: UUID | None = None) -> Connected:
        """A connection for the caller alone, to be given back. Raises Overloaded when none comes free in time."""
        try:
            await self._turns.take(tenant, self._seconds)
        except TimeoutError as error:
            raise Overloaded("The service is busy: no database connection came free in time.") from error
        try:
            return await self._had(tenant)
        except BaseException:
            self._turns.give(tenant)
            raise

    async def give(self, taken: Connected, *, only_read: bool = False) -> None:
        """Takes a connection back; `only_read` says that SQLAlchemy knows nothing of what it was used for."""
        if self._is_over:
            await self.drop(taken)
            return
        try:
            if only_read:
                self._pile.append(taken)
            else:
                await taken.connection.close()
        finally:
            self._turns.give(taken.tenant)

    async def commit(self, taken: Connected) -> None:
        """Commits what was done on a connection. Raises the driver's errors."""
        await taken.driver.execute("COMMIT")

    async def drop(self, taken: Connected, *, lost: bool = False) -> None:
        """Ends a connection that is not to be used again; `lost` says that the other side has ended it."""
        if lost and taken.generation == self._generation:
            self._generation += 1
        try:
            await _end(taken)
        finally:
            self._turns.give(taken.tenant)

    async def _had(self, tenant: UUID | None) -> Connected:
        while True:
            taken = self._pile.pop() if self._pile else await self._connected()
            if taken.generation == self._generation and not taken.driver.is_closed():
                return taken._replace(tenant=tenant)
            await _end(taken)

    async def _connected(self) -> Connected:
        connection = await self.engine.connect()
        try:
            raw: Any = await connection.get_raw_connection()
            return Connected(connection, raw.driver_connection, None, raw.info[GENERATION])
        except BaseException:
            await connection.close()
            raise

    def _note_generation(self, _connection: object, record: Any) -> None:
        record.info[GENERATION] = self._generation

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


async def _end(taken: Connected) -> None:
    # Without a word to the server, which may stand still: SQLAlchemy would wait for its answer.
    taken.driver.terminate()
    await taken.connection.invalidate()
    await taken.connection.close()
