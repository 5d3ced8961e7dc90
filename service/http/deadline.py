"""Cancels an operation at its time limit, or when the client disconnects."""

import asyncio
from types import TracebackType

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from service.errors import OperationTimeout, RequestError

# Most operations end earlier, and need neither a task that waits for the disconnect nor a timer of their own.
SECONDS_WITHOUT_WATCHING = 0.05


class Deadline:
    """Cancels the block after `seconds`, which raises `timeout_error`, or when the client disconnects.

    A disconnect counts from SECONDS_WITHOUT_WATCHING on, and raises ClientDisconnect.
    """

    def __init__(self, receive: Receive, seconds: float, timeout_error: type[RequestError] = OperationTimeout) -> None:
        self._receive, self._seconds, self._timeout_error = receive, seconds, timeout_error
        self._limit = asyncio.timeout(None)
        self._watcher: asyncio.Task[None] | None = None
        self._has_disconnected = False

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()
        loop = asyncio.get_running_loop()
        self._end = loop.time() + self._seconds
        self._timer = loop.call_later(min(self._seconds, SECONDS_WITHOUT_WATCHING), self._begin_watching)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        try:
            await self._limit.__aexit__(kind, error, traceback)
        except TimeoutError:
            if self._has_disconnected:
                raise ClientDisconnect from None
            raise self._timeout_error(f"The operation took longer than {self._seconds:g} s.") from None

    def _begin_watching(self) -> None:
        self._limit.reschedule(self._end)
        self._watcher = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._has_disconnected = True
        if not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time())
