"""What the audit trail takes from requests: refusals for want of rights, and the addresses of clients."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address

import structlog
from graphql import GraphQLError
from starlette.requests import Request

from service.audit.recorder import AuditRecorder
from service.errors import ActAsPersonUnknown, Forbidden
from service.http.errors import root_cause
from service.viewer import Viewer

MAX_REMEMBERED_ADDRESSES = 1_000

NoteErrors = Callable[[Request, Iterable[Exception]], None]


def client_address(request: Request) -> str | None:
    """The IP address of a client, as the server or a trusted proxy says; None for what is no address."""
    return _parsed(request.client.host) if request.client else None


@lru_cache(MAX_REMEMBERED_ADDRESSES)
def _parsed(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def identify(request: Request, viewer: Viewer) -> Viewer:
    """The viewer with the id and the address of its request, to whom the refusals of the request are put down."""
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    request.state.viewer = replace(viewer, request_id=request_id, client_address=client_address(request))
    return request.state.viewer  # type: ignore[no-any-return]


def note_refusals(recorder: AuditRecorder, clock: Callable[[], datetime]) -> NoteErrors:
    """A function that notes the refusals among the errors of a request whose credentials are valid.

    They are known by their class: input that is not valid is no audit event.
    """

    def note(request: Request, errors: Iterable[Exception]) -> None:
        viewer: Viewer | None = getattr(request.state, "viewer", None)
        if viewer is None:
            return
        for error in errors:
            cause = root_cause(error) if isinstance(error, GraphQLError) else error
            if isinstance(cause, Forbidden):
                archived_id = cause.archived_id if isinstance(cause, ActAsPersonUnknown) else None
                operation = getattr(request.state, "operation", None)
                recorder.note_refusal(viewer, cause.code, clock(), operation, _path(error), archived_id)

    return note


def _path(error: Exception) -> str | None:
    """The path of an error without the numbers of list members, such as `objectives.nodes.owner`."""
    path = error.path if isinstance(error, GraphQLError) else None
    return ".".join(each for each in path if isinstance(each, str)) if path else None
