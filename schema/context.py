"""What a resolver has at hand: who asks, one snapshot to read from, and the way to write."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import strawberry

from service.entities.entity import Entity
from service.errors import Refusal, RequestError, Unconfirmed
from service.postgres.database import Database
from service.postgres.lease import Lease
from service.postgres.replica import OwnWrites, Replica, read_written_position
from service.reading.budget import Budget
from service.reading.follow_ups import FollowUps
from service.reading.reader import Reader
from service.reading.statements import load_in_order
from service.unit_of_work import write
from service.viewer import Viewer
from service.writing.transaction import Transaction

R = TypeVar("R")


class Context:
    """One request of one viewer at one moment, `now`; `has_written` once something of it is committed.

    `after` is a position of the write-ahead log whose changes it has to see, and `written` the position of its own
    changes once it is closed: None without any, or where there is no replica. `reads_once` expects that one batch
    reads all of a query, or all that a change of it is read back by.
    """

    def __init__(
        self,
        database: Database,
        viewer: Viewer,
        now: datetime,
        after: int = 0,
        *,
        is_query: bool = False,
        reads_once: bool = False,
    ) -> None:
        self.database, self.viewer, self.now = database, viewer, now
        self._principal = (viewer.organization_id, viewer.person_id or viewer.service_account_id)
        own_writes = OwnWrites(self._principal, after)
        self._reads_once, self._batch_count = reads_once, 0
        self.reader = Reader(
            database,
            viewer.organization_id,
            viewer=viewer,
            now=now,
            own_writes=own_writes,
            # A mutation cannot be executed anew.
            reads_once=reads_once and is_query,
        )
        self.written: int | None = None
        self.loaders: dict[Any, Any] = {}
        self.has_written = False
        # Codes of user errors that say that the viewer may not do something.
        self.refused_codes: list[str] = []
        self.budget = Budget()
        self._lease = Lease(database.primary)
        # Held by whoever makes something that takes long, so that others get their turns in between.
        self.making = asyncio.Lock()

    @property
    def batch_count(self) -> int:
        """The most batches of reads that one snapshot was asked for so far."""
        return max(self._batch_count, self.reader.batch_count)

    async def write(self, command: Callable[[Transaction], Awaitable[R]], *, exclusive: bool = False) -> R:
        """Runs a command in a transaction of its own."""
        return await self.hand_over(
            lambda database, viewer, now: write(database, viewer, now, command, exclusive=exclusive)
        )

    async def hand_over(self, work: Callable[[Database, Viewer, datetime], Awaitable[R]]) -> R:
        """Runs work that opens a transaction of its own; what is read afterwards sees what it wrote.

        The snapshot is given up first: a request never waits for a second connection while it holds one. The
        connection that wrote is kept for what is read and written afterwards.
        """
        await self.reader.close()
        try:
            result = await work(self.database.with_lease(self._lease), self.viewer, self.now)
            self.has_written = True
            return result
        except Refusal as refusal:
            self.note_refusal(refusal)
            raise
        except (asyncio.CancelledError, Unconfirmed):
            # Given up while the commit was on its way: it may have come to be.
            self.has_written |= self._lease.is_committing
            raise
        finally:
            organization_id, lease = self.viewer.organization_id, self._lease
            self._batch_count = self.batch_count
            self.reader = Reader(
                self.database,
                organization_id,
                lease,
                viewer=self.viewer,
                now=self.now,
                reads_back=self.has_written,
                reads_once=self._reads_once and self.has_written,
            )
            self.loaders.clear()

    def note_refusal(self, refusal: Refusal) -> None:
        """Notes what of a refusal is about rights."""
        self.refused_codes += [each.code for each in refusal.all if each.is_about_rights]

    async def find(self, entity: Entity, ids: Sequence[UUID | None]) -> list[Any]:
        """The row of a type for each id, in the order asked; None for what is not there."""
        return await load_in_order(self.reader, entity.by_id, ids)

    async def find_one(self, statement: Any, id: UUID, follow_ups: FollowUps) -> Any:
        """The row that a statement by ids has of an id, or None. What will be read because of it is read with it."""
        rows = await self.reader.rows(statement, follow_ups, ids=[id])
        return rows[0] if rows else None

    async def close(self) -> None:
        """Ends the snapshot, notes what was written, and gives the connection back."""
        replica = self.database.replica if self.has_written else None
        # First of all: whoever is cancelled meanwhile has written all the same.
        mark = None if replica is None else replica.note_write(self._principal)
        try:
            if replica is None:
                await self.reader.finish()
            else:
                await self.reader.close()
                await self._note_position(replica, mark)
        finally:
            await self._lease.end()

    async def _note_position(self, replica: Replica, mark: object) -> None:
        with suppress(RequestError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self.written = await read_written_position(self._lease)
            replica.note_position(self._principal, self.written, mark)


Info = strawberry.Info[Context, None]
