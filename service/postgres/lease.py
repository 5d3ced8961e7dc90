"""One connection for all that a request does after its first change: what it wrote is read where it was written."""

from uuid import UUID

from service.postgres.pool import Connected, Pool


class Lease:
    """Connections of a pool for one request, whose transactions come one after another: the same one for all of them.

    So a change that is committed is never without an answer since others wait for connections. Whoever has a lease
    ends it. `is_committing` stays true of a commit that has not come back.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: Connected | None = None
        self._only_read = True
        self._is_over = False
        self.is_committing = False

    @property
    def size(self) -> int:
        """How many connections there may be."""
        return self._pool.size

    async def take(self, tenant: UUID | None = None) -> Connected:
        """The connection, to be given back; the first time, or after it has ended, one of the pool. Raises
        Overloaded."""
        self.is_committing = False
        taken, self._kept = self._kept, None
        if taken is not None:
            if not taken.driver.is_closed():
                return taken
            await self._pool.drop(taken)
        self._only_read = True
        return await self._pool.take(tenant)

    async def give(self, taken: Connected, *, only_read: bool = False) -> None:
        """Keeps the connection for what the request does next."""
        self._only_read &= only_read
        if self._is_over or self._kept is not None:
            await self._pool.give(taken, only_read=self._only_read)
            return
        self._kept = taken
        if not only_read:
            # SQLAlchemy believes in a transaction of its own, of which the database knows nothing.
            await taken.connection.rollback()

    async def commit(self, taken: Connected) -> None:
        """Commits what was done on the connection. Raises the driver's errors."""
        self.is_committing = True
        await self._pool.commit(taken)
        self.is_committing = False

    async def drop(self, taken: Connected, *, lost: bool = False) -> None:
        """Ends a connection that is not to be used again; `lost` says that the other side has ended it."""
        await self._pool.drop(taken, lost=lost)

    async def end(self) -> None:
        """Gives the connection back to the pool: now, or when it comes back from whoever has it."""
        self._is_over = True
        taken, self._kept = self._kept, None
        if taken is not None:
            await self._pool.give(taken, only_read=self._only_read)
