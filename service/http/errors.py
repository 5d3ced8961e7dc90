"""Renders errors for a response: with message and code, or for a bug with the id of its log entry only."""

from collections.abc import Iterable, Iterator
from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError
from uuid_utils import uuid7

from service.errors import RequestError

log = structlog.get_logger(__name__)


def format_errors(errors: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """The entries of `errors` in a response. A bug that several fields hit is logged once."""
    bug_ids: dict[int, str] = {}
    return [format_error(error, bug_ids) for error in errors]


def format_error(error: GraphQLError, bug_ids: dict[int, str]) -> dict[str, Any]:
    """One entry of `errors`. The message of a bug is replaced by a general one."""
    formatted: dict[str, Any] = dict(error.formatted)
    if code := find_code(error):
        return {**formatted, "extensions": {**(error.extensions or {}), "code": code}}
    cause = root_cause(error)
    if id(cause) not in bug_ids:
        bug_ids[id(cause)] = report_bug(cause, path=error.path)
    return {**formatted, **render_bug(bug_ids[id(cause)])}


def find_code(error: GraphQLError) -> str | None:
    """The code of an error that the client may see; None for a bug."""
    causes = list(iterate_causes(error))
    if isinstance(causes[-1], RequestError):
        return causes[-1].code
    for cause in causes:
        if isinstance(cause, GraphQLError) and "code" in (cause.extensions or {}):
            return str((cause.extensions or {})["code"])
    # An error without a path precedes execution: variables could not be coerced, whatever a scalar raised.
    if error.path is None or isinstance(causes[-1], StrawberryInputCoercionError):
        return "BAD_USER_INPUT"
    # Of the errors below a field, graphql-core sets nodes only on those of its arguments.
    if isinstance(causes[-1], GraphQLError) and len(causes) > 1 and causes[-1].nodes:
        return "BAD_USER_INPUT"
    return None


def root_cause(error: GraphQLError) -> Exception:
    """The innermost original exception of an error."""
    return list(iterate_causes(error))[-1]


def iterate_causes(error: GraphQLError) -> Iterator[Exception]:
    """Yields an error and its chain of original exceptions."""
    cause: Exception | None = error
    while cause is not None:
        yield cause
        cause = cause.original_error if isinstance(cause, GraphQLError) else None


def log_outage(errors: Iterable[Exception]) -> None:
    """Logs the first outage of the database among the errors of a request, as one line."""
    for error in errors:
        if isinstance(error, RequestError) and error.reason:
            log.warning("database unavailable", code=error.code, reason=error.reason)
            return


def render_refusal(error: RequestError) -> dict[str, Any]:
    """The entry of `errors` for a request that was not executed."""
    return {"message": error.message, "extensions": {"code": error.code}}


def report_bug(error: BaseException, **facts: object) -> str:
    """Logs an unexpected exception. Returns the id of its log entry."""
    bug_id = uuid7().hex
    log.error("internal error", id=bug_id, exc_info=error, **facts)
    return bug_id


def render_bug(bug_id: str) -> dict[str, Any]:
    """Message and extensions for a bug with this id."""
    return {
        "message": "Something went wrong on our side.",
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "id": bug_id},
    }
