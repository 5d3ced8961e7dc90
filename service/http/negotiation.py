"""Decides by the headers how a request is read and in which media type it is answered."""

from collections.abc import Container, Mapping

from starlette.datastructures import Headers

from service.http.request_errors import Fault, NotAcceptable, UnsupportedMediaType

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
HTML = "text/html"

OFFERED = {GRAPHQL: GRAPHQL, JSON: JSON, "application/*": JSON, "*/*": JSON}
UTF_8 = ("utf-8", "utf8")
CORS_SIMPLE = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
PAGE_MARKS = ("origin", "referer", "cookie", "sec-fetch-site")
PREFLIGHT_MARKS = ("apollo-require-preflight", "x-apollo-operation-name")


def answer_type(headers: Headers) -> str:
    """The media type of the answer: what the client weighs most, and of equals what it names exactly."""
    accept = ",".join(headers.getlist("accept"))
    if not accept.strip():
        return JSON
    media_type = preferred(accept, OFFERED)
    if media_type is None:
        raise NotAcceptable(f"Answers have the media type {GRAPHQL} or {JSON}.")
    return OFFERED[media_type]


def prefers_html(headers: Headers) -> bool:
    """Whether the client is a browser that opens a page: HTML is what it weighs most and names exactly."""
    accept = ",".join(headers.getlist("accept"))
    return preferred(accept, {HTML, *OFFERED}) == HTML


def preferred(accept: str, offered: Container[str]) -> str | None:
    """The media type or range among those offered that a client weighs most; of equals the exact one, then the first.

    None when it takes none of them.
    """
    choices = []
    for position, entry in enumerate(accept.split(",")):
        media_type, parameters = parsed(entry)
        if media_type in offered and parameters.get("charset", "utf-8") in UTF_8:
            choices.append((-quality(parameters), "*" in media_type, position, media_type))
    weight, _, _, media_type = min(choices, default=(0.0, False, 0, ""))
    return media_type if weight else None


def require_json(headers: Headers) -> None:
    """Refuse a body that is not said to be JSON in UTF-8."""
    media_type, parameters = parsed(headers.get("content-type", ""))
    if media_type != JSON or parameters.get("charset", "utf-8") not in UTF_8:
        raise UnsupportedMediaType(f"Send the request with Content-Type: {JSON}, in UTF-8.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the request body uncompressed.")


def require_preflight(headers: Headers) -> None:
    """Refuse what any web page could make a browser send without asking this server first.

    Browsers mark what a page sends; a request without such a mark comes from no page. A page cannot set the header
    `Authorization` without a preflight. Where a browser adds one by itself, its scheme is not Bearer, which
    authentication refuses.
    """
    if "authorization" in headers:
        return
    if not any(mark in headers for mark in PAGE_MARKS) or any(mark in headers for mark in PREFLIGHT_MARKS):
        return
    media_type, _ = parsed(headers.get("content-type", ""))
    if not media_type or media_type in CORS_SIMPLE:
        raise Fault(
            "From a browser, send queries by GET with the header Authorization or Apollo-Require-Preflight: true."
        )


def parsed(entry: str) -> tuple[str, Mapping[str, str]]:
    """A media type or range and its parameters, in lower case."""
    media_type, *parameters = (part.strip().lower() for part in entry.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    return media_type, {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def quality(parameters: Mapping[str, str]) -> float:
    """The weight of a media range; one that cannot be read counts as refused."""
    try:
        weight = float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
