"""What can be wrong with a request before anything of it is executed."""

from collections.abc import Mapping
from typing import ClassVar

from service.errors import RequestError


class Fault(RequestError):
    """A request that is not a GraphQL request as this endpoint takes them."""

    code = "BAD_REQUEST"
    headers: ClassVar[Mapping[str, str]] = {}


class MethodNotAllowed(Fault):
    """Neither GET nor POST."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    headers: ClassVar = {"Allow": "GET, POST"}


class PostOnly(MethodNotAllowed):
    """Something other than a query by GET."""

    headers: ClassVar = {"Allow": "POST"}


class NotAcceptable(Fault):
    """The client takes none of the media types that answers have."""

    code = "NOT_ACCEPTABLE"
    status = 406


class BodyTimeout(Fault):
    """The body did not arrive in time; the connection is closed with it."""

    code = "REQUEST_TIMEOUT"
    status = 408
    headers: ClassVar = {"Connection": "close"}


class PayloadTooLarge(Fault):
    """The body is larger than allowed; the rest of it is not read."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413
    headers: ClassVar = {"Connection": "close"}


class UnsupportedMediaType(Fault):
    """The body is not JSON in UTF-8."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
