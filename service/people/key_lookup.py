"""Looks up API keys in the database in batches, on a separate connection."""

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias
from uuid import UUID

from service.errors import ConnectionLost, Overloaded
from service.people.queries import KEYS_OF_ORGANIZATION, KEYS_OF_ORGANIZATIONS
from service.postgres.database import SNAPSHOT, Database
from service.postgres.pool import PooledConnection

KeyId: TypeAlias = tuple[UUID, UUID]
MAX_BATCH = 500


class KeyLookup:
    """Finds keys by organization and id. All lookups use one connection outside of the pool. Those that arrive while a
    statement runs share the next one. A caller waits at most `timeout_seconds`.
    """

    def __init__(self, database: Database, timeout_seconds: float) -> None:
        self._database, self._timeout_seconds = database, timeout_seconds
        self._waiting: dict[KeyId, asyncio.Future[Any]] = {}
        self._lookup_task: asyncio.Task[None] | None = None

    async def find(self, organization_id: UUID, id: UUID) -> Any:
        """The row of a key with its person's role; None if there is none. Raises Overloaded after the timeout."""
        key = (organization_id, id)
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
        future = self._waiting[key]
        if self._lookup_task is None:
            self._lookup_task = asyncio.create_task(self._run_lookups())
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await asyncio.shield(future)
        except TimeoutError:
            raise Overloaded("The service is busy: API keys cannot be checked in time.") from None

    async def _run_lookups(self) -> None:
        # Callers of the same iteration of the event loop share the first statement.
        await asyncio.sleep(0)
        while self._waiting:
            batch = {key: self._waiting.pop(key) for key in list(self._waiting)[:MAX_BATCH]}
            try:
                rows = await self._rows_with_retry(sorted(batch))
            except BaseException as error:
                _fail(batch.values(), error)
                if not isinstance(error, Exception):
                    _fail(self._waiting.values(), error)
                    self._lookup_task = None
                    raise
                continue
            rows_by_key = {(UUID(str(row.organization_id)), UUID(str(row.id))): row for row in rows}
            for key, future in batch.items():
                future.set_result(rows_by_key.get(key))
        self._lookup_task = None

    async def _rows_with_retry(self, keys: list[KeyId]) -> list[Any]:
        try:
            return await self._rows(keys)
        except ConnectionLost:
            return await self._rows(keys)

    async def _rows(self, keys: list[KeyId]) -> list[Any]:
        organizations, ids = zip(*keys, strict=True)
        if len(set(organizations)) > 1:
            async with self._connection(organizations[0]) as connection:
                if not connection.session.is_distributed:
                    return await connection.driver.fetch(KEYS_OF_ORGANIZATIONS, organizations, ids)
        rows: list[Any] = []
        for organization_id, group in groupby(keys, itemgetter(0)):
            async with self._connection(organization_id) as connection:
                rows += await connection.driver.fetch(KEYS_OF_ORGANIZATION, organization_id, [id for _, id in group])
        return rows

    def _connection(self, organization_id: UUID) -> AbstractAsyncContextManager[PooledConnection]:
        return self._database.open_connection(self._database.reserved, SNAPSHOT, organization_id)


def _fail(futures: Iterable["asyncio.Future[Any]"], error: BaseException) -> None:
    for future in futures:
        if isinstance(error, Exception):
            future.set_exception(error)
            # Retrieves the exception, which asyncio would log if no caller waits any more.
            future.exception()
        else:
            future.cancel()
