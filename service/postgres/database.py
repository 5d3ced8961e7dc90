"""Connection pools of a process, and transactions that are bound to one tenant."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from copy import copy
from math import inf
from time import monotonic
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from cachetools import LRUCache
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from service.errors import ConnectionLost, Unconfirmed
from service.postgres.lease import Lease
from service.postgres.outages import is_lost, outage
from service.postgres.pool import Pool, PooledConnection, driver
from service.postgres.replica import OwnWrites, Replica
from service.postgres.session import Session
from service.postgres.transaction_settings import limit_statements, tenant_statements
from service.settings import Settings

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
ConnectionSource = Pool | Lease
CONFLICT_SQLSTATES = {"40001", "40P01"}
# Limit for the end of a transaction without effect. After it the connection is closed instead of being reused.
# Bytes of the longest statement that the driver caches, of which Postgres keeps the plan. Its default is 15 KiB.
MAX_CACHED_SQL_BYTES = 32 * 1024
MAX_ENDING_SECONDS = 0.5
MAX_ACCESS_CHANGES = 10_000
# Errors of the driver on the use of a connection that ended while it was idle.
STALE_CONNECTION_ERRORS = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    OSError,
)


class Row(asyncpg.Record):
    """A row of the driver with columns as attributes, so that it can be used as a GraphQL object."""

    attributes_are_items = True

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Database:
    """The pools of one process.

    `primary` and `replica`, if there is one, serve requests. `reserved` is one connection for the lookup of API keys,
    so that invalid keys use no connection of `primary`. `write_pool` is where changes are made: `primary` or a lease.
    `access_changes` are the times, by the monotonic clock, at which this process has last changed who may do what in an
    organization.
    """

    def __init__(self, settings: Settings, url: str, read_url: str | None = None) -> None:
        self.primary = _pool(settings, url)
        self.replica: Replica | None = None
        if read_url:
            self.replica = Replica(_pool(settings, read_url), read_url, url, settings.replica_lag_limit)
        self.reserved = _pool(settings.model_copy(update={"pool_size": 1}), url)
        self._limits = limit_statements(settings)
        self._ending: set[asyncio.Task[None]] = set()
        self.write_pool: ConnectionSource = self.primary
        self.access_changes: LRUCache[UUID, float] = LRUCache(MAX_ACCESS_CHANGES)

    def is_access_current(self, organization_id: UUID, looked_up_at: float, seconds: float) -> bool:
        """Whether access that was looked up at a time of the monotonic clock is at most `seconds` old, and this process
        has not changed it since."""
        return self.access_changes.get(organization_id, -inf) < looked_up_at > monotonic() - seconds

    async def read_pool(self, own_writes: OwnWrites | None = None) -> Pool:
        """The pool to read from: the replica if it is usable and has replayed `own_writes`, else the primary."""
        if self.replica is not None and await self.replica.can_serve(own_writes):
            return self.replica.pool
        return self.primary

    def with_lease(self, lease: Lease) -> "Database":
        """A copy with the same pools whose changes are made on the connection of a lease."""
        leased = copy(self)
        leased.write_pool = lease
        return leased

    @asynccontextmanager
    async def open_connection(
        self,
        pool: ConnectionSource,
        begin: str,
        organization_id: UUID,
        *more: str,
        settings: Sequence[str] = (),
        only_read: bool = True,
    ) -> AsyncIterator[PooledConnection]:
        """A connection in a transaction of one tenant. Commits at the end, rolls back on an error.

        One message opens it: begin, role, tenant, limits, `settings` and the statements `more`, which are a message of
        their own where the tables are distributed. The caller must use the driver only, not SQLAlchemy. `only_read`
        means that nothing is lost if the commit fails. Raises Overloaded if no connection comes free in time,
        OperationTimeout if a statement exceeds its time limit, Unavailable if the database cannot serve it, and
        Unconfirmed if the connection is lost during the commit.
        """
        pooled = await self.begin(pool, begin, organization_id, *more, settings=settings)
        try:
            yield pooled
        except BaseException as error:
            is_database_error = not isinstance(error, OSError) or pooled.driver.is_closed()
            await _roll_back(pool, pooled)
            if is_database_error and (reason := outage(error)):
                raise reason from error
            raise
        await _commit(pool, pooled, only_read=only_read)

    async def begin(
        self, pool: ConnectionSource, begin: str, organization_id: UUID, *more: str, settings: Sequence[str] = ()
    ) -> PooledConnection:
        """A connection in a transaction of one tenant, as `open_connection` opens it; to be ended by the caller."""

        def opening(session: Session) -> list[str]:
            return self._opening(session, begin, organization_id, more, settings)

        return await _begin(pool, opening, organization_id)

    def _opening(
        self,
        session: Session,
        begin: str,
        organization_id: UUID,
        more: Sequence[str] = (),
        settings: Sequence[str] = (),
    ) -> list[str]:
        """The messages that open a transaction."""
        tenant = tenant_statements(organization_id, has_role=session.has_role)
        first = [begin, *tenant, *(() if session.keeps_settings else self._limits), *settings]
        if more and session.is_distributed:
            # Citus forwards the whole message of a SET LOCAL to its workers. If that had a lock, the transaction would
            # wait there for the lock that it holds here.
            return ["; ".join(first), "; ".join(more)]
        return ["; ".join([*first, *more])]

    async def begin_single_read(self, pool: ConnectionSource, organization_id: UUID) -> PooledConnection:
        """A connection for one statement of one tenant, which needs no transaction where the session keeps settings.

        Elsewhere it is in a transaction, as `begin` opens it. To be ended by `end_read`.
        """

        def opening(session: Session) -> list[str]:
            if session.keeps_settings:
                return session.begin_binding(organization_id)
            return self._opening(session, SNAPSHOT, organization_id)

        pooled = await _begin(pool, opening, organization_id)
        if not pooled.session.keeps_settings:
            return pooled
        pooled.session.note_binding(organization_id)
        return pooled._replace(in_transaction=False)

    async def end_read(self, pool: ConnectionSource, pooled: PooledConnection) -> None:
        """Ends a transaction that has only read, if there is one, and gives its connection back."""
        if pooled.in_transaction:
            await _commit(pool, pooled, only_read=True)
        else:
            await pool.release(pooled)

    def end_read_later(self, pool: ConnectionSource, pooled: PooledConnection) -> None:
        """As `end_read`, in a task of its own: no response depends on it."""
        task = asyncio.create_task(self.end_read(pool, pooled))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def revision(self) -> str | None:
        """The Alembic revision of the database. Raises Overloaded."""
        async with self.primary.connect() as connection:
            revision: str | None = await (await driver(connection)).fetchval("SELECT version_num FROM alembic_version")
            return revision

    async def dispose(self) -> None:
        """Closes all connections."""
        if self._ending:
            await asyncio.wait(self._ending)
        await self.primary.dispose()
        await self.reserved.dispose()
        if self.replica is not None:
            await self.replica.close()


def _pool(settings: Settings, url: str) -> Pool:
    limits = limit_statements(settings, "SESSION")
    return Pool(_engine(settings, url), seconds=settings.pool_timeout, share=settings.tenant_share, limits=limits)


def _engine(settings: Settings, url: str) -> AsyncEngine:
    return create_async_engine(
        url,
        # Transactions begin and end with explicit statements, see `open_connection`.
        isolation_level="AUTOCOMMIT",
        json_serializer=lambda value: orjson.dumps(value).decode(),
        # JSON stays text until it is read.
        json_deserializer=str,
        hide_parameters=True,
        pool_size=settings.pool_size,
        max_overflow=0,
        connect_args={
            "record_class": Row,
            # Each level of a document has its own statement, and the plan of a large one takes up to a megabyte.
            "statement_cache_size": 128,
            "max_cacheable_statement_size": MAX_CACHED_SQL_BYTES,
            "server_settings": {"application_name": "okrgraph"},
        },
    )


async def _begin(
    pool: ConnectionSource, opening: Callable[[Session], list[str]], organization_id: UUID
) -> PooledConnection:
    """A connection on which the messages of `opening` have run.

    It retries with further connections, as all idle ones may be stale.
    """
    for stale in range(pool.size + 1):
        pooled = await _acquire(pool, organization_id)
        try:
            command_tag = ""
            for message in opening(pooled.session):
                command_tag = await pooled.driver.execute(message)
        except BaseException as error:
            if isinstance(error, STALE_CONNECTION_ERRORS) or is_lost(error):
                await pool.drop(pooled, lost=True)
                if stale < pool.size:
                    continue
            else:
                await _roll_back(pool, pooled)
            if reason := outage(error):
                raise reason from error
            raise
        else:
            return pooled._replace(command_tag=command_tag, in_transaction=True)
    raise AssertionError("unreachable")


async def _acquire(pool: ConnectionSource, organization_id: UUID) -> PooledConnection:
    try:
        return await pool.acquire(organization_id)
    except Exception as error:
        if reason := outage(error):
            raise reason from error
        raise


async def _commit(pool: ConnectionSource, pooled: PooledConnection, *, only_read: bool) -> None:
    try:
        if only_read:
            await _end_transaction(pooled, "COMMIT")
        else:
            await pool.commit(pooled)
    except TimeoutError:
        await pool.drop(pooled)
    except BaseException as error:
        await _roll_back(pool, pooled)
        if only_read and isinstance(error, Exception):
            # A transaction that only reads loses nothing.
            return
        reason = outage(error)
        if isinstance(reason, ConnectionLost):
            raise Unconfirmed(reason.reason or "") from error
        if reason:
            raise reason from error
        raise
    else:
        await pool.release(pooled)


async def _roll_back(pool: ConnectionSource, pooled: PooledConnection) -> None:
    try:
        await _end_transaction(pooled, "ROLLBACK")
    except BaseException as error:
        # A connection that is still in a transaction must not go back to the pool.
        await pool.drop(pooled, lost=is_lost(error) and not isinstance(error, TimeoutError))
        if not isinstance(error, Exception):
            raise
    else:
        await pool.release(pooled)


async def _end_transaction(pooled: PooledConnection, statement: str) -> None:
    """Ends a transaction without effect. Raises TimeoutError if the server does not answer in time.

    The driver first waits for the end of a cancelled statement, which a frozen server never reports.
    """
    async with asyncio.timeout(MAX_ENDING_SECONDS):
        await pooled.driver.execute(statement)
