"""Refusals of requests whose headers are too long or too late, without the application."""

from dataclasses import dataclass
from typing import Any

import orjson

# Bytes. A document in a query string may be long; what is longer goes into a body.
MAX_URL_LENGTH = 16_384
MAX_HEADER_BYTES = 16_384
MAX_HEADERS = 100


@dataclass(frozen=True, slots=True)
class HeadFault:
    """Why a request is refused before the application sees it."""

    status: int
    code: str
    message: str

    @property
    def body(self) -> bytes:
        """The answer, of the form that all answers have."""
        return orjson.dumps({"errors": [{"message": self.message, "extensions": {"code": self.code}}]})

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of the answer, with which the connection ends."""
        return [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]

    async def __call__(self, _scope: object, _receive: object, send: Any) -> None:
        """The answer, as an ASGI application: it comes after those to requests that were sent before."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


URL_TOO_LONG = HeadFault(414, "URL_TOO_LONG", f"The URL is longer than {MAX_URL_LENGTH} bytes.")
HEADERS_TOO_LARGE = HeadFault(
    431,
    "HEADERS_TOO_LARGE",
    f"The headers are more than {MAX_HEADERS}, or larger than {MAX_HEADER_BYTES} bytes.",
)
TOO_SLOW = HeadFault(408, "REQUEST_TIMEOUT", "The headers did not arrive in time.")
TOO_MANY_CONNECTIONS = HeadFault(503, "SERVICE_UNAVAILABLE", "The service is busy: it has too many connections.")
