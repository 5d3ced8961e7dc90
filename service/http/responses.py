"""Builds HTTP responses, with the status that the media type requires."""

from collections.abc import Mapping
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from schema.execution.running.response_size import RESPONSE_TOO_LARGE
from schema.execution.traceback_release import release_tracebacks
from service.errors import RequestError
from service.http.errors import format_errors, render_bug, render_refusal, report_bug, root_cause
from service.http.negotiation import JSON
from service.http.request_errors import BadRequest

# Bytes. A smaller body saves less time on the network than its compression takes.
MIN_COMPRESSED_BYTES = 5_000
# Level 9 takes seven times as long as level 4 and saves a seventh of the bytes.
COMPRESSION_LEVEL = 4


def result_response(result: ExecutionResult, media_type: str, *, is_repeatable: bool = False) -> Response:
    """The response with the result of an operation. `application/json` has status 200 even if nothing was executed.

    `is_repeatable` means that the request changed nothing. Then an outage without any data has the status of the
    error, such as 503, so that the client sends it again.
    """
    is_executed = result.data is not None or any(map(_is_execution_error, result.errors or ()))
    outages = [e for e in map(root_cause, result.errors or ()) if isinstance(e, RequestError) and e.status >= 500]
    is_empty = all(value is None for value in (result.data or {}).values())
    if outages and is_empty and is_repeatable:
        for error in result.errors or ():
            release_tracebacks(error)
        return error_response(outages[0], media_type)
    payload: dict[str, Any] = {}
    if result.errors:
        payload["errors"] = format_errors(result.errors)
        for error in result.errors:
            release_tracebacks(error)
    if is_executed:
        payload["data"] = result.data
    if result.extensions:
        payload["extensions"] = result.extensions
    return json_response(payload, media_type, 200 if is_executed or media_type == JSON else 400)


def error_response(error: RequestError, media_type: str) -> Response:
    """The response to a request that was not executed, with the status of the error in both media types."""
    headers = dict(error.headers) if isinstance(error, BadRequest) else {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if error.closes:
        headers["Connection"] = "close"
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return json_response({"errors": [render_refusal(error)]}, media_type, error.status, headers)


def bug_response(error: Exception, media_type: str) -> Response:
    """The response to a bug outside of any field."""
    return json_response({"errors": [render_bug(report_bug(error))]}, media_type, 500)


def json_response(
    payload: Mapping[str, Any], media_type: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON response that must not be cached, as it depends on the viewer."""
    return Response(
        orjson.dumps(payload),
        status,
        {"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": "no-store", **(headers or {})},
    )


def compressed(response: Response) -> ASGIApp:
    """The response, compressed if it is large and the client accepts that."""
    if len(response.body) < MIN_COMPRESSED_BYTES:
        return response
    return GZipMiddleware(response, minimum_size=MIN_COMPRESSED_BYTES, compresslevel=COMPRESSION_LEVEL)


def _is_execution_error(error: GraphQLError) -> bool:
    """Whether an error occurred during or after execution."""
    return bool(error.path) or (error.extensions or {}).get("code") == RESPONSE_TOO_LARGE
