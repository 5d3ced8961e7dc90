"""Looks API keys up in the database: all that arrive together by one statement, on a connection of their own."""

import asyncio
from collections.abc import Iterable
from typing import Any, TypeAlias
from uuid import UUID

from service.errors import ConnectionLost, Overloaded
from service.people.queries import FIND_KEYS
from service.postgres.database import SNAPSHOT, Database

KeyId: TypeAlias = tuple[UUID, UUID]
MAX_BATCH = 500


class KeyLookup:
    """Finds keys by organization and id. However many wrong ones are sent, they take one connection, which is not
    of the pool, and those that arrive while a statement runs share the next one.

    `patience` is how many seconds a caller waits.
    """

    def __init__(self, database: Database, patience: float) -> None:
        self._database, self._patience = database, patience
        self._waiting: dict[KeyId, asyncio.Future[Any]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def find(self, organization_id: UUID, id: UUID) -> Any:
        """The row of a key with its person's role; None when there is no such key. Raises Overloaded when the answer
        takes too long."""
        key = (organization_id, id)
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
        answer = self._waiting[key]
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(answer)
        except TimeoutError:
            raise Overloaded("The service is busy: API keys cannot be checked in time.") from None

    async def _look(self) -> None:
        # Callers of one turn of the loop share the first statement too.
        await asyncio.sleep(0)
        while self._waiting:
            batch = {key: self._waiting.pop(key) for key in list(self._waiting)[:MAX_BATCH]}
            try:
                rows = await self._rows_or_again(sorted(batch))
            except BaseException as error:
                _fail(batch.values(), error)
                if not isinstance(error, Exception):
                    _fail(self._waiting.values(), error)
                    self._looking = None
                    raise
                continue
            found = {(UUID(str(row.organization_id)), UUID(str(row.id))): row for row in rows}
            for key, answer in batch.items():
                answer.set_result(found.get(key))
        self._looking = None

    async def _rows_or_again(self, wanted: list[KeyId]) -> list[Any]:
        try:
            return await self._rows(wanted)
        except ConnectionLost:
            return await self._rows(wanted)

    async def _rows(self, wanted: list[KeyId]) -> list[Any]:
        organizations, ids = zip(*wanted, strict=True)
        async with self._database.opened(self._database.reserved, SNAPSHOT, organizations[0]) as opened:
            return await opened.driver.fetch(FIND_KEYS, organizations, ids)


def _fail(answers: Iterable["asyncio.Future[Any]"], error: BaseException) -> None:
    for answer in answers:
        if isinstance(error, Exception):
            answer.set_exception(error)
            # Everybody may have given up waiting; then nobody is left to be told.
            answer.exception()
        else:
            answer.cancel()
