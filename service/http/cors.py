"""Cross-origin resource sharing: which pages of other origins may read responses of this service."""

from collections.abc import Collection
from functools import partial

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.values.origins import ANY_ORIGIN, LOOPBACK_ORIGIN

METHODS = ("GET", "HEAD", "POST")
EXPOSED_HEADERS = ("X-Request-Id", "X-Write-Position", "Retry-After", "ETag")
# Chromium caches a preflight response for at most this time.
MAX_AGE_SECONDS = 7200

RawHeaders = list[tuple[bytes, bytes]]
EXPOSE = (b"access-control-expose-headers", ", ".join(EXPOSED_HEADERS).encode())
VARY = (b"vary", b"Origin")


class CrossOrigin(CORSMiddleware):
    """CORS middleware for an API with keys in the header Authorization, so without credentials of the browser.

    If every origin is allowed, no response depends on the origin. Otherwise every response has `Vary: Origin`. The
    base class of Starlette varies in both cases, sends `*` only for requests with `Origin`, and allows private network
    access to origins that are not allowed.
    """

    def __init__(self, app: ASGIApp, origins: Collection[str], *, allow_loopback: bool = False) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=("*",),
            allow_origin_regex=LOOPBACK_ORIGIN if allow_loopback else None,
            allow_private_network=True,
            expose_headers=EXPOSED_HEADERS,
            max_age=MAX_AGE_SECONDS,
        )
        self._without_origin = self._headers_for(None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request. One without `Origin`, as programs send it, costs about a microsecond more."""
        if scope["type"] != "http" or any(name == b"origin" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, partial(_send_with, self._without_origin, send))

    def preflight_response(self, request_headers: Headers) -> Response:
        """The response to a preflight request."""
        response = super().preflight_response(request_headers)
        if self.allow_all_origins:
            response.headers["Vary"] = response.headers["Vary"].removeprefix("Origin, ")
        elif not self.is_allowed_origin(request_headers["origin"]):
            del response.headers["Access-Control-Allow-Private-Network"]
        return response

    async def send(self, message: Message, send: Send, request_headers: Headers) -> None:
        """Adds the headers for the origin of the request to the start of the response."""
        await _send_with(self._headers_for(request_headers.get("origin")), send, message)

    def _headers_for(self, origin: str | None) -> RawHeaders:
        if self.allow_all_origins:
            return [(b"access-control-allow-origin", ANY_ORIGIN.encode()), EXPOSE]
        if origin is None or not self.is_allowed_origin(origin):
            return [VARY]
        return [(b"access-control-allow-origin", origin.encode("latin-1")), EXPOSE, VARY]


async def _send_with(headers: RawHeaders, send: Send, message: Message) -> None:
    if message["type"] == "http.response.start":
        message["headers"] = [*message.get("headers", ()), *headers]
    await send(message)
