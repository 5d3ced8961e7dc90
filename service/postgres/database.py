"""Connections to Postgres, and the one message that opens a transaction for a tenant."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from service.errors import ConnectionLost, Unconfirmed
from service.postgres.lease import Lease
from service.postgres.outages import is_lost, outage
from service.postgres.pool import Connected, Pool, driver
from service.postgres.replica import OwnWrites, Replica
from service.postgres.transaction_settings import limits, tenant
from service.settings import Settings

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"
Connections = Pool | Lease
CONFLICTS = {"40001", "40P01"}
# How long whoever gives up waits for the server, so that the connection can be used again.
MAX_ENDING_SECONDS = 0.5
# What using a connection comes to that ended while nobody used it.
STALE = (asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresConnectionError, OSError)


class Row(asyncpg.Record):
    """A row of the driver whose columns are attributes, so that it can be a GraphQL object as it is."""

    attributes_are_items = True

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Database:
    """The pools of one process: the primary, the replica that queries may use if there is one, and one connection
    that is reserved for looking up API keys, so that wrong ones take none from those who have right ones.

    Changes are made on connections of `writing`: those of the primary, unless somebody leased one.
    """

    def __init__(self, settings: Settings, url: str, read_url: str | None = None) -> None:
        self.primary = _pool(settings, url)
        self.replica: Replica | None = None
        if read_url:
            self.replica = Replica(_pool(settings, read_url), read_url, url, settings.replica_lag_limit)
        self.reserved = _pool(settings.model_copy(update={"pool_size": 1}), url)
        self._limits = limits(settings)
        self.writing: Connections = self.primary

    async def reading(self, own: OwnWrites | None = None) -> Pool:
        """Where to read from: the replica if it follows closely and shows the reader's own writes, else the primary."""
        if self.replica is not None and await self.replica.shows(own):
            return self.replica.pool
        return self.primary

    def leasing(self, lease: Lease) -> "Database":
        """The same pools, whose changes are made on one connection."""
        leasing = copy(self)
        leasing.writing = lease
        return leasing

    @asynccontextmanager
    async def transaction(
        self, pool: Connections, begin: str, organization_id: UUID, *more: str
    ) -> AsyncIterator[AsyncConnection]:
        """A connection inside a transaction of one tenant; as `opened`, for those who write by SQLAlchemy."""
        async with self.opened(pool, begin, organization_id, *more, only_read=False) as taken:
            yield taken.connection

    @asynccontextmanager
    async def opened(
        self, pool: Connections, begin: str, organization_id: UUID, *more: str, only_read: bool = True
    ) -> AsyncIterator[Connected]:
        """A connection inside a transaction of one tenant; commits on leaving, rolls back on an error.

        Opening is one message: begin, role, tenant, limits and whatever `more` says. `only_read` promises that nothing
        is done but by the driver.
        Raises Overloaded when no connection comes free in time, OperationTimeout when a statement is
        cancelled for its time, Unavailable when the database cannot do it, Unconfirmed when the connection ends in
        committing.
        """
        opening = "; ".join([begin, *tenant(organization_id), *self._limits, *more])
        taken = await _begun(pool, opening, organization_id)
        try:
            yield taken
        except BaseException as error:
            is_ours = not isinstance(error, OSError) or taken.driver.is_closed()
            await _roll_back(pool, taken)
            if is_ours and (reason := outage(error)):
                raise reason from error
            raise
        await _commit(pool, taken, only_read=only_read)

    async def revision(self) -> str | None:
        """The migration that the database is at. Raises Overloaded."""
        async with self.primary.connect() as connection:
            found: str | None = await (await driver(connection)).fetchval("SELECT version_num FROM alembic_version")
            return found

    async def dispose(self) -> None:
        """Closes all connections."""
        await self.primary.dispose()
        await self.reserved.dispose()
        if self.replica is not None:
            await self.replica.close()


def _pool(settings: Settings, url: str) -> Pool:
    return Pool(_engine(settings, url), seconds=settings.pool_timeout, share=settings.tenant_share)


def _engine(settings: Settings, url: str) -> AsyncEngine:
    return create_async_engine(
        url,
        # Transactions are begun and ended here, in messages that do more than that.
        isolation_level="AUTOCOMMIT",
        json_serializer=lambda value: orjson.dumps(value).decode(),
        # JSON stays text until somebody asks for what is in it.
        json_deserializer=str,
        hide_parameters=True,
        pool_size=settings.pool_size,
        max_overflow=0,
        connect_args={
            "record_class": Row,
            # Each level of a document is a statement of its own, and one plan of many relations takes up to a megabyte.
            "statement_cache_size": 128,
            "server_settings": {"application_name": "okrgraph"},
        },
    )


async def _begun(pool: Connections, opening: str, organization_id: UUID) -> Connected:
    """A connection on which `opening` has run; all of the pool may have gone stale, and a new one has not."""
    for stale in range(pool.size + 1):
        taken = await _taken(pool, organization_id)
        try:
            told = await taken.driver.execute(opening)
        except BaseException as error:
            if isinstance(error, STALE) or is_lost(error):
                await pool.drop(taken, lost=True)
                if stale < pool.size:
                    continue
            else:
                await _roll_back(pool, taken)
            if reason := outage(error):
                raise reason from error
            raise
        else:
            return taken._replace(told=told)
    raise AssertionError("unreachable")


async def _taken(pool: Connections, organization_id: UUID) -> Connected:
    try:
        return await pool.take(organization_id)
    except Exception as error:
        if reason := outage(error):
            raise reason from error
        raise


async def _commit(pool: Connections, taken: Connected, *, only_read: bool) -> None:
    try:
        if only_read:
            await _ended(taken, "COMMIT")
        else:
            await pool.commit(taken)
    except TimeoutError:
        await pool.drop(taken)
    except BaseException as error:
        await _roll_back(pool, taken)
        if only_read and isinstance(error, Exception):
            # There is nothing to be lost.
            return
        reason = outage(error)
        if isinstance(reason, ConnectionLost):
            raise Unconfirmed(reason.reason or "") from error
        if reason:
            raise reason from error
        raise
    else:
        await pool.give(taken, only_read=only_read)


async def _roll_back(pool: Connections, taken: Connected) -> None:
    try:
        await _ended(taken, "ROLLBACK")
    except BaseException as error:
        # A connection that did not roll back, or was not let to, must not go back to the pool inside a transaction.
        await pool.drop(taken, lost=is_lost(error) and not isinstance(error, TimeoutError))
        if not isinstance(error, Exception):
            raise
    else:
        await pool.give(taken)


async def _ended(taken: Connected, statement: str) -> None:
    """Ends a transaction that nothing depends on. Raises TimeoutError when the server does not answer: the driver
    waits until a statement that was given up is over, and a server that stands still never says so."""
    async with asyncio.timeout(MAX_ENDING_SECONDS):
        await taken.driver.execute(statement)
