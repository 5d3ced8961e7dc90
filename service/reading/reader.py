"""The reader of one request: it batches statements and runs all of them in one snapshot."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import DateTime, bindparam
from sqlalchemy.sql import ClauseElement, ColumnElement

from service.errors import CommittedWithoutResult, ConnectionLost, RequestError, Unavailable
from service.postgres.database import SNAPSHOT, ConnectionSource, Database
from service.postgres.outages import is_replay_conflict, outage
from service.postgres.pool import PooledConnection
from service.postgres.replica import OwnWrites
from service.reading.column_batch import ColumnBatch
from service.reading.follow_ups import NO_FOLLOW_UPS, FollowUps, PrefetchedRows, fitting_follow_ups
from service.reading.pending_read import PendingRead
from service.reading.statement_batch import (
    MAX_SQL_LENGTH,
    SHARED_PARAMETERS,
    BatchedStatement,
    build_batch,
    compile_sql,
    is_compiled,
    split_row,
)
from service.reading.visibility import sight_of, visibility_parameters
from service.viewer import Viewer

# If a replica takes longer to begin a snapshot, apart from the wait for a connection, the primary is read instead.
MAX_REPLICA_OPENING_SECONDS = 1.0


class SnapshotNeeded(Exception):
    """A reader for a single batch was asked for a second one. The request has to be executed anew with a snapshot."""


class Reader:
    """One connection with one read-only snapshot of one tenant, opened by the first statement.

    Any number of resolvers may share a reader. Statements requested in the same iteration of the event loop are sent
    as one batch, and batches are sent one after another. Without a `viewer` it sees all. `reads_back` means that it
    reads changes of the same request. Without `pool` it reads from the replica if that has replayed `own_writes`, else
    from the primary. A reader that `reads_once` sends its first batch without a transaction, and raises SnapshotNeeded
    for a second one. If it reads back, the request cannot be executed anew: then it begins a snapshot for the second
    one.
    """

    def __init__(
        self,
        database: Database,
        organization_id: UUID,
        pool: ConnectionSource | None = None,
        *,
        viewer: Viewer | None = None,
        now: datetime | None = None,
        reads_back: bool = False,
        own_writes: OwnWrites | None = None,
        reads_once: bool = False,
    ) -> None:
        self.organization_id = organization_id
        self._shared = {"organization_id": organization_id, **visibility_parameters(viewer)}
        self._sight = sight_of(viewer, reads_back=reads_back)
        if now is not None:
            self._shared["now"] = now
        self._database = database
        self._reads_back, self._reads_once = reads_back, reads_once
        self.batch_count = 0
        self._pool, self._own_writes = pool, own_writes
        self._pooled: PooledConnection | None = None
        self._pooled_from: ConnectionSource = database.primary
        self._is_on_replica = False
        self._failure: RequestError | None = None
        self._closed = False
        self._has_read = False
        self._pending: list[PendingRead] = []
        self._sending: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self.prefetched = PrefetchedRows()

    async def rows(
        self, statement: ClauseElement, follow_ups: FollowUps = NO_FOLLOW_UPS, **parameters: Any
    ) -> Sequence[Any]:
        """All rows of a statement. The reader binds `:organization_id`, and `:now` if it was created with `now`.

        `follow_ups` returns statements that will be requested with values of the rows of this one, and so on. As many
        as fit are sent in the same batch, and their rows are stored until they are requested: then there may be rows
        for more ids than requested.
        """
        if self._closed:
            # No caller waits for the rows any more, and to open again would leak a connection.
            raise asyncio.CancelledError
        if (prefetched := self.prefetched.find(statement, parameters)) is not None:
            return prefetched
        pending = next((each for each in self._pending if each.matches(statement, parameters)), None)
        if pending is None:
            pending = PendingRead(statement, parameters, follow_ups(), self._sight)
            self._pending.append(pending)
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send())
        rows: Sequence[Any] = await pending.add_waiter()
        return rows

    async def open(self) -> None:
        """Begins the snapshot unless it has begun. Raises Overloaded, Unavailable."""
        if self._pooled is not None:
            return
        replica = self._database.replica
        pool = self._pool or await self._database.read_pool(self._own_writes)
        if replica is not None and pool is replica.pool:
            try:
                # The wait for a connection of the pool does not count: it says nothing about the replica.
                async with asyncio.timeout(replica.pool.acquire_timeout + MAX_REPLICA_OPENING_SECONDS):
                    await self._begin(pool)
                self._is_on_replica = True
                return
            except (TimeoutError, Unavailable) as error:
                replica.suspend(f"{type(error).__name__}: {error}")
                pool = self._database.primary
        self._is_on_replica = False
        await self._begin(pool)

    async def _begin(self, pool: ConnectionSource) -> None:
        if self._reads_once:
            self._pooled = await self._database.begin_single_read(pool, self.organization_id)
        else:
            self._pooled = await self._database.begin(pool, SNAPSHOT, self.organization_id)
        self._pooled_from = pool

    async def finish(self) -> None:
        """As `close`, but lets the snapshot end later: no response depends on it."""
        if self._sending is None and self._pooled is not None and self._pooled.in_transaction:
            self._database.end_read_later(self._pooled_from, self._pooled)
            self._pooled = None
        await self.close()

    async def close(self) -> None:
        """Ends the snapshot and cancels all reads. The reader cannot be opened again."""
        self._closed = True
        self.prefetched.clear()
        for each in self._pending:
            each.cancel()
        if self._sending is None:
            await self._end()
            return
        # The current batch is cancelled first. A task does this, so that it also ends if the caller is cancelled.
        self._sending.cancel()
        self._ending = asyncio.ensure_future(self._end(self._sending))
        await asyncio.shield(self._ending)

    async def _end(self, sending: "asyncio.Task[None] | None" = None) -> None:
        if sending is not None:
            await asyncio.wait([sending])
        pooled, self._pooled = self._pooled, None
        if pooled is not None:
            await self._database.end_read(self._pooled_from, pooled)

    async def _send(self) -> None:
        batch: list[PendingRead] = []
        try:
            while self._pending:
                await self._compile()
                batch = self._take_batch()
                await self._send_batch(batch)
        except Exception as error:
            # A statement did not compile: every waiter gets the error instead of waiting for ever.
            for each in (*batch, *self._pending):
                each.fail(error)
        finally:
            self._sending = None
            for each in (*batch, *self._pending):
                each.cancel()
            self._pending = []

    async def _compile(self) -> None:
        """Compiles new statements and yields to the event loop after each, since compiling many would block it."""
        for each in self._pending:
            for statement in (each.statement, *(read.statement for read in each.follow_ups)):
                if not is_compiled(statement, self._sight):
                    compile_sql(statement, self._sight)
                    await asyncio.sleep(0)

    def _take_batch(self) -> list[PendingRead]:
        """Removes from the pending reads those of the next batch."""
        first, *rest = self._pending
        batch, self._pending, length = [first], [], first.sql.length
        for pending in rest:
            if first.needs_own_batch or pending.needs_own_batch or length + pending.sql.length > MAX_SQL_LENGTH:
                self._pending.append(pending)
            else:
                batch.append(pending)
                length += pending.sql.length
        return batch

    async def _send_batch(self, batch: list[PendingRead]) -> None:
        try:
            results = await self._fetch_batch(batch)
        except Exception as error:
            # The driver raises exactly this class if it cannot encode a value, before it sends anything. The other
            # statements of the batch are sent one by one.
            if type(error) is asyncpg.DataError and (len(batch) > 1 or batch[0].follow_ups):
                for pending in batch:
                    pending.follow_ups = ()
                    await self._send_batch([pending])
            else:
                for pending in batch:
                    pending.fail(error)
            return
        for pending, rows in zip(batch, results, strict=True):
            pending.settle(rows)

    async def _fetch_batch(self, batch: list[PendingRead]) -> list[Sequence[Any]]:
        """The rows of each read of a batch."""
        if all(each.finds_nothing for each in batch):
            return [ColumnBatch.of(columns := each.sql.columns or (), [None] * len(columns)) for each in batch]
        statements = [BatchedStatement(each.sql, own=SHARED_PARAMETERS.intersection(each.parameters)) for each in batch]
        values = [{**self._shared, **each.parameters} for each in batch]
        follow_ups = fitting_follow_ups(batch)
        for read, source in follow_ups:
            sql = compile_sql(read.statement, self._sight)
            own = SHARED_PARAMETERS.intersection(read.parameters)
            statements.append(BatchedStatement(sql, read.of, read.parameter, own, source, read.is_of_many))
            values.append({**self._shared, **read.parameters})
        rows = await self._fetch(*compile_batch(tuple(statements), values))
        if statements[0].sql.columns is None:
            return [rows]
        results = split_row(statements, rows[0])
        self.prefetched.add(follow_ups, results)
        return [*results[: len(batch)]]

    async def _fetch(self, text: str, arguments: list[Any]) -> Sequence[Any]:
        if self._failure is not None:
            # No connection came free, or the snapshot has ended: no later statement can succeed.
            raise self._failure
        self.batch_count += 1
        if self._reads_once and self._has_read:
            if not self._reads_back:
                raise SnapshotNeeded
            await self._end()
            self._reads_once = False
        try:
            try:
                rows = await self._fetch_once(text, arguments)
            except Exception as error:
                if self._has_read or not isinstance(self._request_error(error), ConnectionLost):
                    raise
                # Nothing was read from this snapshot yet, so a new one on another connection is equivalent.
                await self._end()
                rows = await self._fetch_once(text, arguments)
        except Exception as error:
            if (reason := self._request_error(error)) is None:
                raise
            self._failure = CommittedWithoutResult(reason) if self._reads_back else reason
            raise self._failure from error
        self._has_read = True
        return rows

    async def _fetch_once(self, text: str, arguments: list[Any]) -> Sequence[Any]:
        await self.open()
        assert self._pooled is not None
        try:
            rows: Sequence[Any] = await self._pooled.driver.fetch(text, *arguments)
        except BaseException:
            # Whether the connection can be used again shows when a transaction is ended, even if there is none.
            self._pooled = self._pooled._replace(in_transaction=True)
            raise
        return rows

    def _request_error(self, error: Exception) -> RequestError | None:
        """The error for the client, or None for a bug. Suspends a failed replica, so that the primary is read next."""
        reason = error if isinstance(error, RequestError) else outage(error)
        replica = self._database.replica
        if replica is None or not self._is_on_replica:
            return reason
        if is_replay_conflict(error):
            reason = ConnectionLost("The replica ended the read in favour of newer changes.", str(error))
        if isinstance(reason, ConnectionLost):
            replica.suspend(reason.reason or reason.message)
        return reason


def compile_batch(statements: tuple[BatchedStatement, ...], values: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """The SQL text of a batch and its arguments in order. Raises KeyError if one is missing."""
    batch = build_batch(statements)
    return batch.text, batch.arguments(statements, values)


NOW: ColumnElement[datetime] = bindparam("now", type_=DateTime(timezone=True))


def of_tenant(table: Any) -> ColumnElement[bool]:
    """The tenant predicate, which every statement on a table of a tenant contains."""
    column: ColumnElement[UUID] = table.organization_id
    return column == bindparam("organization_id", type_=column.type)
