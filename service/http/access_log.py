"""Logs one line per request, and gives each request an id."""

import re
import time
from collections.abc import Awaitable, Iterable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from service.http.logs import log_request

HEADER = b"x-request-id"
VALID_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
CLIENT_CLOSED_REQUEST = 499


class AccessLog:
    """ASGI middleware. It must be the outermost one, so that a crash is logged with its id, too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = choose_request_id(scope["headers"])
        tokens = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            if scope["type"] == "http":
                await self._run_logged(scope, receive, send, request_id)
            else:
                await self._app(scope, receive, send)
        finally:
            structlog.contextvars.reset_contextvars(**tokens)

    async def _run_logged(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = time.perf_counter()
        status = CLIENT_CLOSED_REQUEST
        id_header = (HEADER, request_id.encode())

        def send_with_id(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), id_header]
            return send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            status = 500
            raise
        finally:
            log_request(
                {
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "duration_ms": round((time.perf_counter() - started) * 1000, 1),
                    "operation": scope.get("state", {}).get("operation"),
                    "request_id": request_id,
                }
            )


def choose_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The id in the headers if it is valid, else a new one."""
    for name, value in headers:
        if name == HEADER:
            return value.decode() if VALID_REQUEST_ID.fullmatch(value) else uuid7().hex
    return uuid7().hex
