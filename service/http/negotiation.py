"""Content negotiation: checks the media type of a request and chooses that of its response."""

from collections.abc import Container, Mapping
from functools import lru_cache

from starlette.datastructures import Headers

from service.http.request_errors import BadRequest, NotAcceptable, UnsupportedMediaType

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
HTML = "text/html"

OFFERED_MEDIA_TYPES = {GRAPHQL: GRAPHQL, JSON: JSON, "application/*": JSON, "*/*": JSON}
UTF_8_NAMES = ("utf-8", "utf8")
CORS_SIMPLE_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
# Headers of different values whose reading is cached.
MAX_CACHED_HEADERS = 256
BROWSER_HEADERS = ("origin", "referer", "cookie", "sec-fetch-site")
PREFLIGHT_HEADERS = ("apollo-require-preflight", "x-apollo-operation-name")


def choose_media_type(headers: Headers) -> str:
    """The media type of the response: the one with the highest weight, exact names before ranges."""
    media_type = _chosen_media_type(",".join(headers.getlist("accept")))
    if media_type is None:
        raise NotAcceptable(f"Answers have the media type {GRAPHQL} or {JSON}.")
    return media_type


@lru_cache(MAX_CACHED_HEADERS)
def _chosen_media_type(accept: str) -> str | None:
    if not accept.strip():
        return JSON
    media_type = preferred_media_type(accept, OFFERED_MEDIA_TYPES)
    return None if media_type is None else OFFERED_MEDIA_TYPES[media_type]


def prefers_html(headers: Headers) -> bool:
    """Whether the client is a browser that opens a page: it names HTML exactly, with the highest weight."""
    return preferred_media_type(",".join(headers.getlist("accept")), {HTML, *OFFERED_MEDIA_TYPES}) == HTML


def preferred_media_type(accept: str, offered: Container[str]) -> str | None:
    """The offered media type or range with the highest weight in `accept`; None if none is acceptable.

    Of equal weights an exact type is preferred, then the first one.
    """
    choices = []
    for position, entry in enumerate(accept.split(",")):
        media_type, parameters = parse_media_type(entry)
        if media_type in offered and parameters.get("charset", "utf-8") in UTF_8_NAMES:
            choices.append((-quality(parameters), "*" in media_type, position, media_type))
    weight, _, _, media_type = min(choices, default=(0.0, False, 0, ""))
    return media_type if weight else None


def require_json(headers: Headers) -> None:
    """Raises UnsupportedMediaType unless the headers declare JSON in UTF-8."""
    if not _is_json(headers.get("content-type", "")):
        raise UnsupportedMediaType(f"Send the request with Content-Type: {JSON}, in UTF-8.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the request body uncompressed.")


@lru_cache(MAX_CACHED_HEADERS)
def _is_json(content_type: str) -> bool:
    media_type, parameters = parse_media_type(content_type)
    return media_type == JSON and parameters.get("charset", "utf-8") in UTF_8_NAMES


def require_preflight(headers: Headers) -> None:
    """Raises BadRequest for a request that a web page can send without a CORS preflight.

    A browser adds one of BROWSER_HEADERS to every request of a page. A page cannot set the header `Authorization`
    without a preflight. If the browser itself adds one, its scheme is not Bearer, and authentication refuses it.
    """
    if "authorization" in headers:
        return
    if not any(header in headers for header in BROWSER_HEADERS) or any(
        header in headers for header in PREFLIGHT_HEADERS
    ):
        return
    media_type, _ = parse_media_type(headers.get("content-type", ""))
    if not media_type or media_type in CORS_SIMPLE_TYPES:
        raise BadRequest(
            "From a browser, send queries by GET with the header Authorization or Apollo-Require-Preflight: true."
        )


def parse_media_type(entry: str) -> tuple[str, Mapping[str, str]]:
    """A media type or range and its parameters, in lower case."""
    media_type, *parameters = (part.strip().lower() for part in entry.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    return media_type, {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def quality(parameters: Mapping[str, str]) -> float:
    """The weight `q` of a media range, 0 to 1; 0 if it is invalid."""
    try:
        weight = float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
