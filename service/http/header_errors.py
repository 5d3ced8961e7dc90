"""Error responses for requests with headers that are too long or too slow, sent without the application."""

from typing import Any

import orjson

from service.values.record import record

# Bytes. A longer document must be sent in a body.
MAX_URL_LENGTH = 16_384
MAX_HEADER_BYTES = 16_384
MAX_HEADERS = 100


@record
class HeaderError:
    """The error response to a request that the application never sees."""

    status: int
    code: str
    message: str

    @property
    def body(self) -> bytes:
        """The body of the response, in the form of all GraphQL errors."""
        return orjson.dumps({"errors": [{"message": self.message, "extensions": {"code": self.code}}]})

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of the response, after which the connection is closed."""
        return [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", str(len(self.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]

    async def __call__(self, _scope: object, _receive: object, send: Any) -> None:
        """Sends the response as an ASGI application, so that it follows the responses to earlier requests."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


URL_TOO_LONG = HeaderError(414, "URL_TOO_LONG", f"The URL is longer than {MAX_URL_LENGTH} bytes.")
HEADERS_TOO_LARGE = HeaderError(
    431,
    "HEADERS_TOO_LARGE",
    f"The headers are more than {MAX_HEADERS}, or larger than {MAX_HEADER_BYTES} bytes.",
)
TOO_SLOW = HeaderError(408, "REQUEST_TIMEOUT", "The headers did not arrive in time.")
TOO_MANY_CONNECTIONS = HeaderError(503, "SERVICE_UNAVAILABLE", "The service is busy: it has too many connections.")
