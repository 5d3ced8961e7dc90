"""Reads of one request: many rows at a time, all from one snapshot."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import DateTime, bindparam
from sqlalchemy.sql import ClauseElement, ColumnElement

from service.errors import ConnectionLost, HalfDone, RequestError, Unavailable
from service.postgres.database import SNAPSHOT, Connections, Database
from service.postgres.outages import ended_by_replay, outage
from service.postgres.replica import OwnWrites
from service.reading.column_batch import Frame
from service.reading.pending_read import Asked
from service.reading.statement_batch import LONGEST, Following, Part, frames, is_compiled, message, sql_of

# A replica that takes longer to begin a snapshot, once there is a connection, is not waited for.
MAX_REPLICA_OPENING_SECONDS = 1.0


class Reader:
    """One connection, one read-only snapshot with its tenant set; opened by the first statement.

    Any number of resolvers may share a reader: what they ask for in one turn of the loop is sent together, and
    messages are sent one after another. `reads_back` says that it reads what the same request has changed. Without a
    pool it reads from the replica if that shows `own` writes, else from the primary.
    """

    def __init__(
        self,
        database: Database,
        organization_id: UUID,
        pool: Connections | None = None,
        *,
        now: datetime | None = None,
        reads_back: bool = False,
        own: OwnWrites | None = None,
    ) -> None:
        self.organization_id = organization_id
        self._shared = {"organization_id": organization_id} | ({} if now is None else {"now": now})
        self._database = database
        self._reads_back = reads_back
        self._pool, self._own = pool, own
        self._stack = AsyncExitStack()
        self._connection: Any = None
        self._is_on_replica = False
        self._over: RequestError | None = None
        self._closed = False
        self._has_read = False
        self._asked: list[Asked] = []
        self._sending: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._known: dict[ClauseElement, list[tuple[dict[str, Any], Frame]]] = {}

    async def rows(
        self, statement: ClauseElement, following: Sequence[Following] = (), **parameters: Any
    ) -> Sequence[Any]:
        """All rows of a statement. `:organization_id` is bound here, so a statement only has to name it; so is `:now`,
        if the reader was told.

        `following` are statements that will be asked for with what its one row has: as many as can be are sent with
        it, and have their answers when they are asked for.
        """
        if self._closed:
            # Nobody waits for this answer any more; opening again would keep a connection for ever.
            raise asyncio.CancelledError
        for given, rows in self._known.get(statement, ()):
            if given == parameters:
                return rows
        asked = next((each for each in self._asked if each.is_for(statement, parameters)), None)
        if asked is None:
            asked = Asked(statement, parameters, following)
            self._asked.append(asked)
        if self._sending is None:
            self._sending = asyncio.get_running_loop().create_task(self._send())
        found: Sequence[Any] = await asked.awaited()
        return found

    async def open(self) -> None:
        """Begins the snapshot, if it has not begun. Raises Overloaded, Unavailable."""
        if self._connection is not None:
            return
        replica = self._database.replica
        pool = self._pool or await self._database.reading(self._own)
        if replica is not None and pool is replica.pool:
            try:
                # Waiting for a connection of one's own pool says nothing about the replica.
                async with asyncio.timeout(replica.pool.patience + MAX_REPLICA_OPENING_SECONDS):
                    await self._begin(pool)
                self._is_on_replica = True
                return
            except (TimeoutError, Unavailable) as error:
                replica.suspend(f"{type(error).__name__}: {error}")
                pool = self._database.primary
        self._is_on_replica = False
        await self._begin(pool)

    async def _begin(self, pool: Connections) -> None:
        taken = await self._stack.enter_async_context(self._database.opened(pool, SNAPSHOT, self.organization_id))
        self._connection = taken.driver

    async def close(self) -> None:
        """Ends the snapshot for good, and whatever is still being read from it."""
        self._closed = True
        self._known.clear()
        for each in self._asked:
            each.cancel()
        if self._sending is None:
            await self._end()
            return
        # What is being read winds down first. Whoever gives up waiting for that leaves the rest to this task.
        self._sending.cancel()
        self._ending = asyncio.ensure_future(self._end(self._sending))
        await asyncio.shield(self._ending)

    async def _end(self, sending: "asyncio.Task[None] | None" = None) -> None:
        if sending is not None:
            await asyncio.wait([sending])
        self._connection = None
        await self._stack.aclose()

    async def _send(self) -> None:
        together: list[Asked] = []
        try:
            while self._asked:
                await self._compile()
                together = self._next()
                await self._answer(together)
        except Exception as error:
            # A statement that cannot be compiled: whoever waits is told, instead of waiting for ever.
            for each in (*together, *self._asked):
                each.fail(error)
        finally:
            self._sending = None
            for each in (*together, *self._asked):
                each.cancel()
            self._asked = []

    async def _compile(self) -> None:
        """Compiles what was never sent, with a turn for others after each: all at once would hold up the loop."""
        for each in self._asked:
            for statement in (each.statement, *(read.statement for read in each.following)):
                if not is_compiled(statement):
                    sql_of(statement)
                    await asyncio.sleep(0)

    def _next(self) -> list[Asked]:
        """What is sent in the next message."""
        first, *others = self._asked
        together, self._asked, length = [first], [], first.sql.length
        for each in others:
            if first.is_alone or each.is_alone or length + each.sql.length > LONGEST:
                self._asked.append(each)
            else:
                together.append(each)
                length += each.sql.length
        return together

    async def _answer(self, together: list[Asked]) -> None:
        try:
            found = await self._found(together)
        except Exception as error:
            # This very class is the driver's own: it takes no such value, and has sent nothing. Whoever asked for
            # something else is not to suffer from it.
            if type(error) is asyncpg.DataError and (len(together) > 1 or together[0].following):
                for each in together:
                    each.following = ()
                    await self._answer([each])
            else:
                for each in together:
                    each.fail(error)
            return
        for each, rows in zip(together, found, strict=True):
            each.settle(rows)

    async def _found(self, asked: list[Asked]) -> list[Sequence[Any]]:
        """The rows of each, in one message."""
        parts = [Part(each.sql) for each in asked]
        given = [{**self._shared, **each.parameters} for each in asked]
        following = _fitting(asked[0])
        for read in following:
            parts.append(Part(sql_of(read.statement), read.of, read.parameter))
            given.append(read.parameters)
        rows = await self._fetched(*compiled(tuple(parts), given))
        if parts[0].sql.columns is None:
            return [rows]
        first, *others = frames(parts, rows[0])
        if following and len(first) == 1:
            for read, answer in zip(following, others, strict=True):
                [value] = first.column(read.of)
                ids = {read.parameter: [] if value is None else [value]}
                self._known.setdefault(read.statement, []).append(({**ids, **read.parameters}, answer))
        return [first] if following else [first, *others]

    async def _fetched(self, text: str, arguments: list[Any]) -> Sequence[Any]:
        if self._over is not None:
            # No connection came free, or the snapshot ended with the statement that was cancelled: what else is asked
            # has no answer either.
            raise self._over
        try:
            try:
                rows = await self._received(text, arguments)
            except Exception as error:
                if self._has_read or not isinstance(self._reason(error), ConnectionLost):
                    raise
                # Nothing was read from this snapshot, so that another one will do, on another connection.
                await self._end()
                rows = await self._received(text, arguments)
        except Exception as error:
            if (reason := self._reason(error)) is None:
                raise
            self._over = HalfDone(reason) if self._reads_back else reason
            raise self._over from error
        self._has_read = True
        return rows

    async def _received(self, text: str, arguments: list[Any]) -> Sequence[Any]:
        await self.open()
        rows: Sequence[Any] = await self._connection.fetch(text, *arguments)
        return rows

    def _reason(self, error: Exception) -> RequestError | None:
        """What to tell whoever asked; after the replica has failed, the next attempt reads from the primary."""
        reason = error if isinstance(error, RequestError) else outage(error)
        replica = self._database.replica
        if replica is None or not self._is_on_replica:
            return reason
        if ended_by_replay(error):
            reason = ConnectionLost("The replica ended the read in favour of newer changes.", str(error))
        if isinstance(reason, ConnectionLost):
            replica.suspend(reason.reason or reason.message)
        return reason


def compiled(parts: tuple[Part, ...], given: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """The text of a message and its arguments in order. Raises KeyError when one is missing."""
    made = message(parts)
    return made.text, made.arguments(parts, given)


def _fitting(asked: Asked) -> list[Following]:
    """Those that follow and can be sent with it: as many different ones as the message has room for."""
    found: list[Following] = []
    length = asked.sql.length
    for each in asked.following if asked.sql.columns else ():
        part = Part(sql_of(each.statement), each.of, each.parameter)
        if part.sql.columns is None or length + part.length > LONGEST or any(each == other for other in found):
            continue
        length += part.length
        found.append(each)
    return found


NOW: ColumnElement[datetime] = bindparam("now", type_=DateTime(timezone=True))


def of_tenant(table: Any) -> ColumnElement[bool]:
    """The application's own tenant predicate, which every statement on a tenant's table carries."""
    column: ColumnElement[UUID] = table.organization_id
    return column == bindparam("organization_id", type_=column.type)
