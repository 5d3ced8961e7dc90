"""The connection pool of one database. It reuses connections of reads without the overhead of SQLAlchemy."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from service.errors import Overloaded
from service.postgres.fair_queue import FairQueue
from service.postgres.session import Session, prepare_session

GENERATION = "generation"
SESSION = "session"


class PooledConnection(NamedTuple):
    """A connection of SQLAlchemy and of the driver below it, and the tenant that holds it.

    `generation` is that of the pool when it was opened. `command_tag` is the tag of the last statement that opened the
    transaction, such as `SELECT 1`. It is not `in_transaction` for a single read without a transaction of its own.
    """

    connection: AsyncConnection
    driver: "asyncpg.Connection[Any]"
    tenant: UUID | None
    generation: int
    session: Session
    command_tag: str = ""
    in_transaction: bool = True


class Pool:
    """A pool of SQLAlchemy, and a list of idle connections that are acquired without a switch of greenlets.

    A `FairQueue` limits them and decides which waiter is next, so that nobody waits in the pool of SQLAlchemy. `share`
    is the fraction of the connections that one tenant may hold, at least one connection. `limits` are statements
    that set limits for a session.
    """

    def __init__(self, engine: AsyncEngine, *, seconds: float, share: float = 1, limits: Sequence[str] = ()) -> None:
        self.engine = engine
        self._limits = limits
        self._seconds = seconds
        # 1e-9 compensates for rounding errors of the product.
        self._queue = FairQueue(self.size, max(1, int(share * self.size + 1e-9)))
        self._idle: list[PooledConnection] = []
        self._is_disposed = False
        # Increases when a connection is lost: connections of the same generation have probably ended too.
        self._generation = 0
        event.listen(engine.sync_engine, "connect", self._note_generation)

    @property
    def size(self) -> int:
        """The maximum number of connections."""
        pool: Any = self.engine.pool
        return int(pool.size())

    @property
    def acquire_timeout(self) -> float:
        """The maximum seconds of waiting for a connection."""
        return self._seconds

    @property
    def in_use(self) -> int:
        """The number of connections in use."""
        return self._queue.held

    async def acquire(self, tenant: UUID | None = None) -> PooledConnection:
        """An exclusive connection, to be released later. Raises Overloaded if none comes free in time."""
        try:
            await self._queue.acquire(tenant, self._seconds)
        except TimeoutError as error:
            raise Overloaded("The service is busy: no database connection came free in time.") from error
        try:
            return await self._acquire_live(tenant)
        except BaseException:
            self._queue.release(tenant)
            raise

    async def release(self, pooled: PooledConnection) -> None:
        """Returns a connection to the pool, which was used by the driver only."""
        if self._is_disposed:
            await self.drop(pooled)
            return
        self._idle.append(pooled)
        self._queue.release(pooled.tenant)

    async def commit(self, pooled: PooledConnection) -> None:
        """Commits the transaction of a connection. Raises the errors of the driver."""
        await pooled.driver.execute("COMMIT")

    async def drop(self, pooled: PooledConnection, *, lost: bool = False) -> None:
        """Closes a connection that must not be reused. `lost` means that the server has ended it."""
        if lost and pooled.generation == self._generation:
            self._generation += 1
        try:
            await _terminate(pooled)
        finally:
            self._queue.release(pooled.tenant)

    async def _acquire_live(self, tenant: UUID | None) -> PooledConnection:
        while True:
            pooled = self._pop_idle(tenant) if self._idle else await self._open_new()
            if pooled.generation == self._generation and not pooled.driver.is_closed():
                return pooled._replace(tenant=tenant)
            await _terminate(pooled)

    def _pop_idle(self, tenant: UUID | None) -> PooledConnection:
        """The idle connection whose session is bound to the tenant, or the one that was used last."""
        for position in range(len(self._idle) - 1, -1, -1):
            if self._idle[position].session.organization_id == tenant:
                return self._idle.pop(position)
        return self._idle.pop()

    async def _open_new(self) -> PooledConnection:
        connection = await self.engine.connect()
        try:
            raw: Any = await connection.get_raw_connection()
            if SESSION not in raw.info:
                raw.info[SESSION] = await prepare_session(raw.driver_connection, self._limits)
            return PooledConnection(connection, raw.driver_connection, None, raw.info[GENERATION], raw.info[SESSION])
        except BaseException:
            await connection.close()
            raise

    def _note_generation(self, _connection: object, record: Any) -> None:
        record.info[GENERATION] = self._generation

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A connection outside of any transaction. Raises Overloaded."""
        pooled = await self.acquire()
        try:
            await pooled.session.unbind(pooled.driver)
            yield pooled.connection
        finally:
            try:
                # SQLAlchemy has begun a transaction of its own, which the database does not know.
                await pooled.connection.close()
            finally:
                self._queue.release(pooled.tenant)

    async def dispose(self) -> None:
        """Closes all idle connections. Those in use are closed when they are released."""
        self._is_disposed = True
        while self._idle:
            await self._idle.pop().connection.close()
        await self.engine.dispose()


async def driver(connection: AsyncConnection) -> "asyncpg.Connection[Any]":
    """The connection of the driver below one of SQLAlchemy."""
    raw = await connection.get_raw_connection()
    return raw.driver_connection  # type: ignore[return-value]


async def _terminate(pooled: PooledConnection) -> None:
    # SQLAlchemy would wait for an answer of the server, which may be frozen.
    pooled.driver.terminate()
    await pooled.connection.invalidate()
    await pooled.connection.close()
