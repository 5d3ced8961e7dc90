"""A lease: one connection of the primary for all transactions of a request from its first change on."""

from uuid import UUID

from service.postgres.pool import Pool, PooledConnection


class Lease:
    """A pool of one connection for the successive transactions of one request.

    A request that has committed a change never waits for a connection to read its result. The owner must call `end`.
    `is_committing` stays true if a commit has not returned.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._connection: PooledConnection | None = None
        self._has_ended = False
        self.is_committing = False

    @property
    def size(self) -> int:
        """The maximum number of connections of the pool."""
        return self._pool.size

    async def acquire(self, tenant: UUID | None = None) -> PooledConnection:
        """The leased connection, or one of the pool if there is none yet or it is closed. Raises Overloaded."""
        self.is_committing = False
        pooled, self._connection = self._connection, None
        if pooled is not None:
            if not pooled.driver.is_closed():
                return pooled
            await self._pool.drop(pooled)
        return await self._pool.acquire(tenant)

    async def release(self, pooled: PooledConnection) -> None:
        """Stores the connection for the next transaction of the request."""
        if self._has_ended or self._connection is not None:
            await self._pool.release(pooled)
            return
        self._connection = pooled

    async def commit(self, pooled: PooledConnection) -> None:
        """Commits the transaction of the connection. Raises the errors of the driver."""
        self.is_committing = True
        await self._pool.commit(pooled)
        self.is_committing = False

    async def drop(self, pooled: PooledConnection, *, lost: bool = False) -> None:
        """Closes a connection that must not be reused. `lost` means that the server has ended it."""
        await self._pool.drop(pooled, lost=lost)

    async def end(self) -> None:
        """Releases the connection to the pool, now or as soon as its current user releases it."""
        self._has_ended = True
        pooled, self._connection = self._connection, None
        if pooled is not None:
            await self._pool.release(pooled)
