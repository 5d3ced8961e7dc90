"""Sends head and body of a response together, and closes connections so that a client that is sending can read it."""

import asyncio
from collections.abc import Callable
from typing import Any

LINGER_SECONDS = 2.0
RESPONSE_HEAD = b"HTTP/1.1 "


class LingeringTransport:
    """A transport that, closed while `is_receiving()`, sends end of file and drops received bytes for two seconds.

    Closing a socket with unread bytes resets the connection, and the client may lose the response.

    The head of a response waits for the next bytes, or for the next iteration of the event loop, since one packet takes
    half the time of two.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, is_receiving: Callable[[], bool]
    ) -> None:
        self._transport, self._loop, self._is_receiving = transport, loop, is_receiving
        self._is_lingering = False
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Writes bytes, after a head that waits."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        elif data.startswith(RESPONSE_HEAD):
            self._head = data
            self._loop.call_soon(self._write_head)
        else:
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether it is closing or lingering. Protocols then drop received bytes."""
        return self._is_lingering or self._transport.is_closing()

    def close_at_once(self) -> None:
        """Closes it at once, even if the client is still sending."""
        self._write_head()
        self._transport.abort() if self._is_lingering else self._transport.close()

    def close(self) -> None:
        """Closes it at once, or within two seconds if the client is still sending."""
        if self.is_closing():
            return
        self._write_head()
        if not self._is_receiving() or not self._transport.can_write_eof():
            self._transport.close()
            return
        self._is_lingering = True
        self._transport.write_eof()
        # Reading may be paused, but bytes must be read to be dropped.
        self._transport.resume_reading()
        self._loop.call_later(LINGER_SECONDS, self._transport.abort)

    def _write_head(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)
