"""The HTTP protocol of the server, with limits of connections, header bytes and header time."""

import asyncio
from dataclasses import dataclass, field
from random import uniform
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.http.header_errors import (
    HEADERS_TOO_LARGE,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_URL_LENGTH,
    TOO_MANY_CONNECTIONS,
    TOO_SLOW,
    URL_TOO_LONG,
    HeaderError,
)
from service.http.lingering_close import LingeringTransport

# Pipelined requests of one connection that wait for earlier responses. Further bytes are not parsed yet.
MAX_WAITING_REQUESTS = 100
# Bytes per call of the parser, which may contain hundreds of requests.
PARSED_BYTES = 8_192
MAX_UNPARSED_BYTES = 1_000_000
# A random factor from 1 to this spreads timeouts: ending a thousand connections at once would block others.
MAX_TIMEOUT_FACTOR = 1.2


@dataclass
class ConnectionLimits:
    """Limits and state that all connections of one server share.

    `idle` are the connections without a running request, the longest idle first. `header_timeout` is in seconds from
    the first byte of a request or from the start of the connection. Up to a fifth is added at random.
    """

    connections: int
    header_timeout: float
    idle: dict["LimitedProtocol", None] = field(default_factory=dict)

    def protocol(self, **arguments: Any) -> "LimitedProtocol":
        """A protocol for a new connection, with the arguments of uvicorn."""
        return LimitedProtocol(self, **arguments)


class LimitedProtocol(HttpToolsProtocol):
    """The protocol of uvicorn with limits, since its parser accepts endless headers and waits for them for ever."""

    def __init__(self, limits: ConnectionLimits, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._limits = limits
        self._timer: asyncio.TimerHandle | None = None
        # Whether a request, and whether its headers, are only partly received.
        self._is_receiving = self._is_in_headers = False
        # Bytes since the last event of the parser, which buffers a name or a value of any length.
        self._pending_bytes = 0
        self._header_bytes = self._header_count = 0
        self._header_error: HeaderError | None = None
        self._unparsed = b""

    @property
    def _is_serving(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    # Connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._lingering = LingeringTransport(transport, self.loop, lambda: self._is_receiving)
        super().connection_made(cast(asyncio.Transport, self._lingering))
        if len(self.connections) > self._limits.connections:
            # The longest idle connection is closed. A connection with a running request is never closed.
            oldest = next(iter(self._limits.idle), None)
            if oldest is None:
                self._refuse(TOO_MANY_CONNECTIONS)
                return
            del self._limits.idle[oldest]
            oldest.transport.abort()
        self._limits.idle[self] = None
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._limits.idle.pop(self, None)
        self._unparsed = b""
        super().connection_lost(exc)

    def shutdown(self) -> None:
        if self._is_serving:
            super().shutdown()
        else:
            self._lingering.close_at_once()

    # Bytes

    def data_received(self, data: bytes) -> None:
        data, self._unparsed = self._unparsed + data, b""
        for start in range(0, len(data), PARSED_BYTES):
            if self.transport.is_closing():
                return
            if len(self.pipeline) >= MAX_WAITING_REQUESTS:
                self._unparsed = data[start:]
                self.flow.pause_reading()
                if len(self._unparsed) > MAX_UNPARSED_BYTES:
                    self.transport.abort()
                return
            self._parse(data[start : start + PARSED_BYTES])

    def _parse(self, data: bytes) -> None:
        self._pending_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._is_in_headers and self._header_error:
            self._refuse(self._header_error)
        elif self._pending_bytes > MAX_URL_LENGTH + MAX_HEADER_BYTES:
            self._refuse(HEADERS_TOO_LARGE)
        elif not self._is_serving:
            self._start_timer()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_receiving = self._is_in_headers = True
        self._pending_bytes = self._header_bytes = self._header_count = 0
        self._header_error = None
        self._start_timer()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_URL_LENGTH:
            self._header_error = URL_TOO_LONG

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_in_headers:
            # Trailers after a body are ignored.
            return
        self._header_count += 1
        self._header_bytes += len(name) + len(value) + 4
        if self._header_count > MAX_HEADERS or self._header_bytes > MAX_HEADER_BYTES:
            self._header_error = self._header_error or HEADERS_TOO_LARGE
        else:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_headers = False
        self._pending_bytes = 0
        self._stop_timer()
        self._limits.idle.pop(self, None)
        if self._header_error is None:
            super().on_headers_complete()
            return
        application, self.app, self.url = self.app, cast(Any, self._header_error), b"/"
        try:
            super().on_headers_complete()
        finally:
            self.app = application

    def on_body(self, body: bytes) -> None:
        self._pending_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_receiving = False
        self._pending_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._unparsed:
            self.flow.pause_reading()
            self.loop.call_soon(self._parse_more)
        if not self._is_serving and self in self.connections:
            self._limits.idle[self] = None

    def _parse_more(self) -> None:
        if not self.transport.is_closing() and len(self.pipeline) < MAX_WAITING_REQUESTS:
            self.flow.resume_reading()
            self.data_received(b"")

    # Ends

    def _start_timer(self) -> None:
        if self._timer is None:
            seconds = self._limits.header_timeout * uniform(1, MAX_TIMEOUT_FACTOR)
            self._timer = self.loop.call_later(seconds, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        if self._is_serving:
            # Half of the next request; the answer to this one comes first.
            self._start_timer()
        elif self._is_in_headers:
            self._refuse(TOO_SLOW)
        else:
            self.transport.close()

    def _refuse(self, error: HeaderError) -> None:
        self._stop_timer()
        if self._is_serving:
            # The response to an earlier request is being written, so no error response can be sent.
            self.transport.abort()
            return
        lines = [name + b": " + value + b"\r\n" for name, value in error.headers]
        self.transport.write(b"".join([STATUS_LINE[error.status], *lines, b"\r\n", error.body]))
        self.transport.close()
