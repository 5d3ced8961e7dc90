"""Cancels an operation at its time limit, or when the client disconnects."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from service.errors import OperationTimeout, RequestError


@asynccontextmanager
async def deadline(
    receive: Receive, seconds: float, timeout_error: type[RequestError] = OperationTimeout
) -> AsyncIterator[None]:
    """Cancels the block after `seconds`, which raises `timeout_error`, or as soon as the client disconnects."""
    has_disconnected = False

    async def watch(limit: asyncio.Timeout) -> None:
        nonlocal has_disconnected
        while (await receive())["type"] != "http.disconnect":
            pass
        has_disconnected = True
        limit.reschedule(asyncio.get_running_loop().time())

    try:
        async with asyncio.timeout(seconds) as limit:
            watcher = asyncio.create_task(watch(limit))
            try:
                yield
            finally:
                watcher.cancel()
    except TimeoutError:
        if has_disconnected:
            raise ClientDisconnect from None
        if limit.expired():
            raise timeout_error(f"The operation took longer than {seconds:g} s.") from None
        raise
