"""Reads a request body within limits of size and time, and parses a GraphQL request from body or query string."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import chain
from random import uniform
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from service.errors import BadUserInput, RequestError
from service.http.request_errors import BadRequest, BodyTimeout, PayloadTooLarge
from service.values.record import record

MAX_NESTING = 64
# Lists, objects and commas. Parsing JSON blocks other requests, even in a thread. An import of 5 MB has 245 000.
MAX_JSON_TOKENS = 300_000
# A distinct name costs as much as ten values.
MAX_JSON_NAMES = 20_000
JSON_NAME = re.compile(rb'"([^"\\]*)"\s*:')
# Bytes scanned at a time, so that other threads can run in between. A name across two slices is not counted.
SLICE_BYTES = 50_000
CONTAINERS = frozenset({dict, list})
OBJECT_MEMBERS = ("variables", "extensions")
# Bytes of a body that are read without authentication: enough for introspection, which needs no key.
MAX_ANONYMOUS_BODY_BYTES = 16_384
# A random factor from 1 to this spreads timeouts: ending hundreds of requests at once would block others.
MAX_TIMEOUT_FACTOR = 1.2


@record
class Params:
    """The parameters of a GraphQL request."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: dict[str, Any] | None


async def read_body(
    request: Request, *, limit: int, seconds: float, authenticate: Callable[[], Awaitable[object]] | None = None
) -> bytes:
    """The body. Its size is counted while it arrives, as a chunked one does not declare it.

    It must arrive within `seconds`, to which up to a fifth is added at random. `authenticate` is called before more
    than MAX_ANONYMOUS_BODY_BYTES are read, and an error of it ends the connection. Raises PayloadTooLarge and
    BodyTimeout.
    """
    chunks, size = [], 0
    if authenticate and content_length(request) > MAX_ANONYMOUS_BODY_BYTES:
        await authenticate_early(authenticate)
        authenticate = None
    try:
        async with asyncio.timeout(seconds * uniform(1, MAX_TIMEOUT_FACTOR)):
            has_more = True
            while has_more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                chunk, has_more = message.get("body", b""), message.get("more_body", False)
                size += len(chunk)
                if authenticate and size > MAX_ANONYMOUS_BODY_BYTES:
                    await authenticate_early(authenticate)
                    authenticate = None
                if size > limit:
                    raise PayloadTooLarge(f"The request body is larger than {limit} bytes.")
                chunks.append(chunk)
    except TimeoutError:
        raise BodyTimeout(f"The request body did not arrive within {seconds:g} s.") from None
    return b"".join(chunks)


def content_length(request: Request) -> int:
    """The declared size of the body in bytes; 0 if none is declared."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


async def authenticate_early(authenticate: Callable[[], Awaitable[object]]) -> None:
    """Calls `authenticate`. If that raises, the rest of the body is not read."""
    try:
        await authenticate()
    except RequestError as error:
        error.closes = True
        raise


def parse_body(body: bytes) -> Params:
    """The parameters in a JSON body. Raises BadRequest."""
    check_json_size(body)
    content = parse_json(body, "body")
    if isinstance(content, list):
        raise BadRequest("Batches are not supported; send one operation in each request.")
    if not isinstance(content, dict):
        raise BadRequest("The request body must be a JSON object.")
    return parse_params(content)


def check_json_size(body: bytes) -> None:
    """Raises PayloadTooLarge for JSON whose parsing would block other requests for too long."""
    if len(body) <= MAX_JSON_NAMES:
        return
    slices = [(start, start + SLICE_BYTES) for start in range(0, len(body), SLICE_BYTES)]
    if sum(body.count(mark, *each) for each in slices for mark in (b"[", b"{", b",")) > MAX_JSON_TOKENS:
        raise PayloadTooLarge(
            f"The request body has more than {MAX_JSON_TOKENS} lists, objects and commas. Send several requests."
        )
    if sum(body.count(b":", *each) for each in slices) > MAX_JSON_NAMES:
        names: set[bytes] = set()
        for each in slices:
            names.update(JSON_NAME.findall(body, *each))
            if len(names) > MAX_JSON_NAMES:
                raise PayloadTooLarge(
                    f"The request body has more than {MAX_JSON_NAMES} different names in its objects."
                )


def parse_query_string(pairs: Mapping[str, str]) -> Params:
    """The parameters in a query string, whose objects are JSON. Raises BadRequest."""
    objects = {name: parse_json(pairs[name].encode(), name) for name in OBJECT_MEMBERS if pairs.get(name)}
    return parse_params({"query": pairs.get("query"), "operationName": pairs.get("operationName"), **objects})


def parse_json(text: bytes, source: str) -> object:
    """The value of a JSON text. Raises BadRequest if it is nested too deep, and BadUserInput for U+0000 in a string."""
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The {source} is not JSON in UTF-8: {error}.") from None
    if text.count(b"[") + text.count(b"{") > MAX_NESTING:
        check_nesting(value, source)
    if b"\\u0000" in text:
        check_no_nul(value, source)
    return value


def check_nesting(value: object, source: str) -> None:
    """Raises BadRequest for a value nested more than MAX_NESTING levels deep, which could not be serialized."""
    level = [value]
    for _ in range(MAX_NESTING):
        values = list(chain.from_iterable(map(children, level)))
        if CONTAINERS.isdisjoint(map(type, values)):
            return
        level = [each for each in values if type(each) in CONTAINERS]
    raise BadRequest(f"The {source} is nested more than {MAX_NESTING} levels deep.")


def children(value: object) -> Iterable[object]:
    """The direct children of a JSON value."""
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def check_no_nul(value: object, path: str) -> None:
    """Raises BadUserInput for a string with U+0000, which Postgres cannot store."""
    if isinstance(value, str) and "\0" in value:
        raise BadUserInput(f"Text cannot hold the character U+0000, as {path} does.")
    if isinstance(value, dict):
        for name, child in value.items():
            check_no_nul(name, f"a name in {path}")
            check_no_nul(child, f"{path}.{name}")
    if isinstance(value, list):
        for index, child in enumerate(value):
            check_no_nul(child, f"{path}.{index}")


def parse_params(content: Mapping[str, object]) -> Params:
    """The parameters, checked for their types. null counts as absent. Raises BadRequest."""
    query = content.get("query")
    operation_name = content.get("operationName")
    if not isinstance(query, str) or not query:
        raise BadRequest("`query` must be a string with a GraphQL document.")
    if not isinstance(operation_name, str | None):
        raise BadRequest("`operationName` must be a string.")
    variables, extensions = (object_member(content, name) for name in OBJECT_MEMBERS)
    return Params(query, variables, operation_name or None, extensions)


def object_member(content: Mapping[str, object], name: str) -> dict[str, Any] | None:
    """A member that must be an object or null. Raises BadRequest."""
    value = content.get(name)
    if not isinstance(value, dict | None):
        raise BadRequest(f"`{name}` must be an object.")
    return value
