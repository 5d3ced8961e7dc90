"""Ends an execution that takes too long or that nobody waits for any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from service.errors import OperationTimeout, RequestError


@asynccontextmanager
async def deadline(
    receive: Receive, seconds: float, late: type[RequestError] = OperationTimeout
) -> AsyncIterator[None]:
    """Cancel what is inside after so many seconds, which raises `late`, and at once when the client disconnects."""
    gone = False

    async def watch(limit: asyncio.Timeout) -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass
        gone = True
        limit.reschedule(asyncio.get_running_loop().time())

    try:
        async with asyncio.timeout(seconds) as limit:
            watcher = asyncio.create_task(watch(limit))
            try:
                yield
            finally:
                watcher.cancel()
    except TimeoutError:
        if gone:
            raise ClientDisconnect from None
        if limit.expired():
            raise late(f"The operation took longer than {seconds:g} s.") from None
        raise
