"""Writes answers: the body as bytes, and the status that the media type asks for."""

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError
from starlette.responses import Response

from schema.execution.running.response_size import RESPONSE_TOO_LARGE
from schema.execution.traceback_release import let_go
from service.errors import RequestError
from service.http.errors import format_errors, masked, refused, report_bug, root_cause
from service.http.negotiation import JSON
from service.http.request_errors import Fault


def answer(result: ExecutionResult, media_type: str, *, repeatable: bool = False) -> Response:
    """What an operation came to; `application/json` says 200 also where nothing was executed.

    `repeatable`: sending it again cannot do anything twice, so that a busy service may ask for it by 503.
    """
    executed = result.data is not None or any(map(_came_later, result.errors or ()))
    unserved = [e for e in map(root_cause, result.errors or ()) if isinstance(e, RequestError) and e.status >= 500]
    nothing = all(value is None for value in (result.data or {}).values())
    if unserved and nothing and repeatable:
        for error in result.errors or ():
            let_go(error)
        return refusal(unserved[0], media_type)
    payload: dict[str, Any] = {}
    if result.errors:
        payload["errors"] = format_errors(result.errors)
        for error in result.errors:
            let_go(error)
    if executed:
        payload["data"] = result.data
    if result.extensions:
        payload["extensions"] = result.extensions
    return written(payload, media_type, 200 if executed or media_type == JSON else 400)


def refusal(error: RequestError, media_type: str) -> Response:
    """A request that was not executed, with the status of its error in both media types."""
    headers = dict(error.headers) if isinstance(error, Fault) else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.closes:
        headers["Connection"] = "close"
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return written({"errors": [refused(error)]}, media_type, error.status, headers)


def failure(error: Exception, media_type: str) -> Response:
    """A bug outside of any field."""
    return written({"errors": [masked(report_bug(error))]}, media_type, 500)


def written(
    payload: Mapping[str, Any], media_type: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """A response that no cache keeps: what it says depends on who asks."""
    return Response(
        orjson.dumps(payload),
        status,
        {"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": "no-store", **(headers or {})},
    )


def _came_later(error: GraphQLError) -> bool:
    """Whether something was executed before there was this error."""
    return bool(error.path) or (error.extensions or {}).get("code") == RESPONSE_TOO_LARGE
