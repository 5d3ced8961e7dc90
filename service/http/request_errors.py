"""Errors of requests that are refused before execution."""

from collections.abc import Mapping
from typing import ClassVar

from service.errors import RequestError


class BadRequest(RequestError):
    """A request that is not a GraphQL request as this endpoint takes them."""

    code = "BAD_REQUEST"
    headers: ClassVar[Mapping[str, str]] = {}


class MethodNotAllowed(BadRequest):
    """Neither GET nor POST."""

    code = "METHOD_NOT_ALLOWED"
    status = 405
    headers: ClassVar = {"Allow": "GET, POST"}


class PostOnly(MethodNotAllowed):
    """Something other than a query by GET."""

    headers: ClassVar = {"Allow": "POST"}


class NotAcceptable(BadRequest):
    """The client takes none of the media types that answers have."""

    code = "NOT_ACCEPTABLE"
    status = 406


class BodyTimeout(BadRequest):
    """The body did not arrive in time; the connection is closed with it."""

    code = "REQUEST_TIMEOUT"
    status = 408
    headers: ClassVar = {"Connection": "close"}


class PayloadTooLarge(BadRequest):
    """The body is larger than allowed; the rest of it is not read."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413
    headers: ClassVar = {"Connection": "close"}


class UnsupportedMediaType(BadRequest):
    """The body is not JSON in UTF-8."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
