"""What the audit trail takes from requests: refusals for want of rights, and the addresses of clients."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address

from graphql import GraphQLError
from starlette.requests import Request

from service.audit.recorder import AuditRecorder
from service.errors import Forbidden
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


def note_refusals(recorder: AuditRecorder, clock: Callable[[], datetime]) -> NoteErrors:
    """A function that notes the refusals among the errors of a request of an authenticated viewer.

    They are known by their class: input that is not valid is no audit event.
    """

    def note(request: Request, errors: Iterable[Exception]) -> None:
        viewer: Viewer | None = getattr(request.state, "viewer", None)
        if viewer is None:
            return
        for error in errors:
            cause = root_cause(error) if isinstance(error, GraphQLError) else error
            if isinstance(cause, Forbidden):
                recorder.note_refusal(viewer, cause.code, clock(), request.state.operation, _path(error))

    return note


def _path(error: Exception) -> str | None:
    """The path of an error without the numbers of list members, such as `objectives.nodes.owner`."""
    path = error.path if isinstance(error, GraphQLError) else None
    return ".".join(each for each in path if isinstance(each, str)) if path else None
