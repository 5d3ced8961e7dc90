"""Gives every request an id and one line in the log."""

import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

HEADER = "x-request-id"
SANE = re.compile(r"[A-Za-z0-9._-]{1,128}")
CLIENT_CLOSED_REQUEST = 499

log = structlog.get_logger("access")


class AccessLog:
    """ASGI middleware, to be wrapped around everything so that also a crash has its id and its line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request_id = id_of(Headers(scope=scope).get(HEADER))
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if scope["type"] == "http":
                await self._logged(scope, receive, send, request_id)
            else:
                await self._app(scope, receive, send)

    async def _logged(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = time.perf_counter()
        status = CLIENT_CLOSED_REQUEST

        async def noting_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except Exception:
            status = 500
            raise
        finally:
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
                operation=scope.get("state", {}).get("operation"),
            )


def id_of(sent: str | None) -> str:
    """The id that the client gave, if it is fit for a log and a header."""
    return sent if sent and SANE.fullmatch(sent) else uuid7().hex
