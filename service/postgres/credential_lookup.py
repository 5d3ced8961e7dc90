"""Looks up credentials in the database in batches."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from service.errors import ConnectionLost, Overloaded

K = TypeVar("K", bound=Hashable)
MAX_BATCH = 500


class CredentialLookup(Generic[K]):
    """Finds the rows of credentials. Lookups that arrive while a statement runs share the next one.

    `load` returns a row for each key of a list, in its order, None for one without a row. A caller waits at most
    `timeout_seconds`. `kind` is what the keys stand for in its error.
    """

    def __init__(self, load: Callable[[list[K]], Awaitable[Sequence[Any]]], timeout_seconds: float, kind: str) -> None:
        self._load, self._timeout_seconds, self._kind = load, timeout_seconds, kind
        self._waiting: dict[K, asyncio.Future[Any]] = {}
        self._lookup_task: asyncio.Task[None] | None = None

    async def find(self, key: K) -> Any:
        """The row of a key; None if there is none. Raises Overloaded after the timeout."""
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().create_future()
        future = self._waiting[key]
        if self._lookup_task is None:
            self._lookup_task = asyncio.create_task(self._run_lookups())
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await asyncio.shield(future)
        except TimeoutError:
            raise Overloaded(f"The service is busy: {self._kind} cannot be checked in time.") from None

    async def _run_lookups(self) -> None:
        # Callers of the same iteration of the event loop share the first statement.
        await asyncio.sleep(0)
        while self._waiting:
            batch = {key: self._waiting.pop(key) for key in list(self._waiting)[:MAX_BATCH]}
            try:
                rows = await self._load_with_retry(list(batch))
            except BaseException as error:
                _fail(batch.values(), error)
                if not isinstance(error, Exception):
                    _fail(self._waiting.values(), error)
                    self._lookup_task = None
                    raise
                continue
            for future, row in zip(batch.values(), rows, strict=True):
                future.set_result(row)
        self._lookup_task = None

    async def _load_with_retry(self, keys: list[K]) -> Sequence[Any]:
        try:
            return await self._load(keys)
        except ConnectionLost:
            return await self._load(keys)


def _fail(futures: Iterable["asyncio.Future[Any]"], error: BaseException) -> None:
    for future in futures:
        if isinstance(error, Exception):
            future.set_exception(error)
            # Retrieves the exception, which asyncio would log if no caller waits any more.
            future.exception()
        else:
            future.cancel()
