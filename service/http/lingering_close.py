"""Closes connections so that a client that is still sending can read the response."""

import asyncio
from collections.abc import Callable
from typing import Any

LINGER_SECONDS = 2.0


class LingeringTransport:
    """A transport that, closed while `is_receiving()`, sends end of file and drops received bytes for two seconds.

    Closing a socket with unread bytes resets the connection, and the client may lose the response.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, is_receiving: Callable[[], bool]
    ) -> None:
        self._transport, self._loop, self._is_receiving = transport, loop, is_receiving
        self._is_lingering = False
        self.write = transport.write

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Whether it is closing or lingering. Protocols then drop received bytes."""
        return self._is_lingering or self._transport.is_closing()

    def close_at_once(self) -> None:
        """Closes it at once, even if the client is still sending."""
        self._transport.abort() if self._is_lingering else self._transport.close()

    def close(self) -> None:
        """Closes it at once, or within two seconds if the client is still sending."""
        if self.is_closing():
            return
        if not self._is_receiving() or not self._transport.can_write_eof():
            self._transport.close()
            return
        self._is_lingering = True
        self._transport.write_eof()
        # Reading may be paused, but bytes must be read to be dropped.
        self._transport.resume_reading()
        self._loop.call_later(LINGER_SECONDS, self._transport.abort)
