"""What the server takes from a connection before any of it is a request: so many bytes, headers and seconds."""

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
    HeadFault,
)
from service.http.lingering_close import LingeringTransport

# Requests of one connection that wait for the answers to former ones; what follows them is not parsed yet.
MAX_WAITING_REQUESTS = 100
# Bytes that are parsed at a time, which may be hundreds of requests, and that may wait to be parsed.
PIECE, MAX_UNPARSED = 8_192, 1_000_000
# Connections that came together do not end together: to end a thousand at once would hold up others.
LONGEST_EXTENSION = 1.2


@dataclass
class ConnectionLimits:
    """What all connections of one server share; `idle` are those that no request is served on, longest first.

    `header_timeout` is in seconds from the first byte, or from the beginning of the connection; a connection may get up
    to a fifth more.
    """

    connections: int
    header_timeout: float
    idle: dict["LimitedProtocol", None] = field(default_factory=dict)

    def protocol(self, **arguments: Any) -> "LimitedProtocol":
        """A protocol for one more connection, with what uvicorn gives it."""
        return LimitedProtocol(self, **arguments)


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, whose parser takes headers without an end and waits for them for ever."""

    def __init__(self, limits: ConnectionLimits, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._limits = limits
        self._timer: asyncio.TimerHandle | None = None
        # Whether a request has begun and not ended, and whether its headers have not.
        self._is_inside = self._is_in_head = False
        # Bytes since the parser last came to an end of anything: it would keep a name or a value of any length.
        self._pending_bytes = 0
        self._header_bytes = self._header_count = 0
        self._fault: HeadFault | None = None
        self._unparsed = b""

    @property
    def _is_serving(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    # Connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._lingering = LingeringTransport(transport, self.loop, lambda: self._is_inside)
        super().connection_made(cast(asyncio.Transport, self._lingering))
        if len(self.connections) > self._limits.connections:
            # Those who say nothing make room for those who may. Nobody who is served has to go.
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
        for start in range(0, len(data), PIECE):
            if self.transport.is_closing():
                return
            if len(self.pipeline) >= MAX_WAITING_REQUESTS:
                self._unparsed = data[start:]
                self.flow.pause_reading()
                if len(self._unparsed) > MAX_UNPARSED:
                    self.transport.abort()
                return
            self._parse(data[start : start + PIECE])

    def _parse(self, data: bytes) -> None:
        self._pending_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._is_in_head and self._fault:
            self._refuse(self._fault)
        elif self._pending_bytes > MAX_URL_LENGTH + MAX_HEADER_BYTES:
            self._refuse(HEADERS_TOO_LARGE)
        elif not self._is_serving:
            self._start_timer()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_inside = self._is_in_head = True
        self._pending_bytes = self._header_bytes = self._header_count = 0
        self._fault = None
        self._start_timer()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_URL_LENGTH:
            self._fault = URL_TOO_LONG

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._is_in_head:
            # After a body: nobody reads those.
            return
        self._header_count += 1
        self._header_bytes += len(name) + len(value) + 4
        if self._header_count > MAX_HEADERS or self._header_bytes > MAX_HEADER_BYTES:
            self._fault = self._fault or HEADERS_TOO_LARGE
        else:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._pending_bytes = 0
        self._stop_timer()
        self._limits.idle.pop(self, None)
        if self._fault is None:
            super().on_headers_complete()
            return
        served, self.app, self.url = self.app, cast(Any, self._fault), b"/"
        try:
            super().on_headers_complete()
        finally:
            self.app = served

    def on_body(self, body: bytes) -> None:
        self._pending_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_inside = False
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
            seconds = self._limits.header_timeout * uniform(1, LONGEST_EXTENSION)
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
        elif self._is_in_head:
            self._refuse(TOO_SLOW)
        else:
            self.transport.close()

    def _refuse(self, fault: HeadFault) -> None:
        self._stop_timer()
        if self._is_serving:
            # The answer to a former request is being written, and nothing can be written into it.
            self.transport.abort()
            return
        lines = [name + b": " + value + b"\r\n" for name, value in fault.headers]
        self.transport.write(b"".join([STATUS_LINE[fault.status], *lines, b"\r\n", fault.body]))
        self.transport.close()
