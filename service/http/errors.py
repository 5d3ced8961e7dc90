"""Turns errors into what a client is told: a code, and of a bug only the id it is logged under."""

from collections.abc import Iterable, Iterator
from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError
from uuid_utils import uuid7

from service.errors import RequestError

log = structlog.get_logger(__name__)


def format_errors(errors: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """The entries of `errors` in a response; a bug that several fields ran into is logged once."""
    bug_ids: dict[int, str] = {}
    return [format_error(error, bug_ids) for error in errors]


def format_error(error: GraphQLError, bug_ids: dict[int, str]) -> dict[str, Any]:
    """One entry, with the message unless it comes from a bug."""
    formatted: dict[str, Any] = dict(error.formatted)
    if code := code_of(error):
        return {**formatted, "extensions": {**(error.extensions or {}), "code": code}}
    cause = root_cause(error)
    if id(cause) not in bug_ids:
        bug_ids[id(cause)] = report_bug(cause, path=error.path)
    return {**formatted, **masked(bug_ids[id(cause)])}


def code_of(error: GraphQLError) -> str | None:
    """The code of an error that a client may read; none for a bug."""
    causes = list(chain(error))
    if isinstance(causes[-1], RequestError):
        return causes[-1].code
    for cause in causes:
        if isinstance(cause, GraphQLError) and "code" in (cause.extensions or {}):
            return str((cause.extensions or {})["code"])
    # Without a path nothing was executed yet: variables could not be read, whatever a scalar raised.
    if error.path is None or isinstance(causes[-1], StrawberryInputCoercionError):
        return "BAD_USER_INPUT"
    # graphql-core locates what is wrong with an argument itself, and nothing else that a field raises.
    if isinstance(causes[-1], GraphQLError) and len(causes) > 1 and causes[-1].nodes:
        return "BAD_USER_INPUT"
    return None


def root_cause(error: GraphQLError) -> Exception:
    """The exception that an error started with."""
    return list(chain(error))[-1]


def chain(error: GraphQLError) -> Iterator[Exception]:
    """An error and the exceptions it was made from."""
    cause: Exception | None = error
    while cause is not None:
        yield cause
        cause = cause.original_error if isinstance(cause, GraphQLError) else None


def note_outage(errors: Iterable[Exception]) -> None:
    """One line in the log for all that the database could not do for a request."""
    for error in errors:
        if isinstance(error, RequestError) and error.reason:
            log.warning("database unavailable", code=error.code, reason=error.reason)
            return


def refused(error: RequestError) -> dict[str, Any]:
    """The entry for a request that was not executed."""
    return {"message": error.message, "extensions": {"code": error.code}}


def report_bug(error: BaseException, **facts: object) -> str:
    """Log an exception nobody expected; the id that its log line has."""
    bug_id = uuid7().hex
    log.error("internal error", id=bug_id, exc_info=error, **facts)
    return bug_id


def masked(bug_id: str) -> dict[str, Any]:
    """What a client is told about a bug."""
    return {
        "message": "Something went wrong on our side.",
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "id": bug_id},
    }
