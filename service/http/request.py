"""Reads a request body within its limits of size and time, and what it or a query string asks for."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from random import uniform
from typing import Any

import orjson
from starlette.requests import Request

from service.errors import BadUserInput, RequestError
from service.http.request_errors import BodyTimeout, Fault, PayloadTooLarge

MAX_NESTING = 64
# To parse JSON, and to free it, holds up everybody, be it in a thread. An import of 5 MB has 245 000 parts.
MAX_PARTS = 300_000
# A name that is not seen again costs as much as ten values.
MAX_NAMES = 20_000
NAME = re.compile(rb'"([^"\\]*)"\s*:')
# Bytes that are looked through at a time, so that others have their turn after each; a name across two is not seen.
SLICE = 50_000
MAPS = ("variables", "extensions")
# Bytes that anybody may send: enough for introspection, which needs no key, and little to read.
MAX_ANONYMOUS_BODY = 16_384
# Bodies that came together are not given up together: to end hundreds at once would hold up others.
LONGEST_EXTENSION = 1.2


@dataclass(frozen=True, slots=True)
class Params:
    """What a GraphQL request asks for."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: dict[str, Any] | None


async def read_body(
    request: Request, *, limit: int, seconds: float, authenticate: Callable[[], Awaitable[object]] | None = None
) -> bytes:
    """The whole body, counted while it arrives: a chunked one does not say its size. It has `seconds` to arrive, or up
    to a fifth more.

    `authenticate` is called before more than MAX_ANONYMOUS_BODY is read; what it raises ends the connection.
    """
    chunks, size = [], 0
    if authenticate and announced(request) > MAX_ANONYMOUS_BODY:
        await before_the_rest(authenticate)
        authenticate = None
    try:
        async with asyncio.timeout(seconds * uniform(1, LONGEST_EXTENSION)):
            async for chunk in request.stream():
                size += len(chunk)
                if authenticate and size > MAX_ANONYMOUS_BODY:
                    await before_the_rest(authenticate)
                    authenticate = None
                if size > limit:
                    raise PayloadTooLarge(f"The request body is larger than {limit} bytes.")
                chunks.append(chunk)
    except TimeoutError:
        raise BodyTimeout(f"The request body did not arrive within {seconds:g} s.") from None
    return b"".join(chunks)


def announced(request: Request) -> int:
    """The size that a request says its body has; 0 where it says none."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 20 else 0


async def before_the_rest(authenticate: Callable[[], Awaitable[object]]) -> None:
    """Calls it; whatever it refuses with, the rest of the body is not read."""
    try:
        await authenticate()
    except RequestError as error:
        error.closes = True
        raise


def from_body(body: bytes) -> Params:
    """What the JSON of a body asks for."""
    refuse_many_parts(body)
    content = decoded(body, "body")
    if isinstance(content, list):
        raise Fault("Batches are not supported; send one operation in each request.")
    if not isinstance(content, dict):
        raise Fault("The request body must be a JSON object.")
    return checked(content)


def refuse_many_parts(body: bytes) -> None:
    """Refuse JSON that would be parsed for too long in one piece. Raises PayloadTooLarge."""
    slices = [(start, start + SLICE) for start in range(0, len(body), SLICE)]
    if sum(body.count(mark, *each) for each in slices for mark in (b"[", b"{", b",")) > MAX_PARTS:
        raise PayloadTooLarge(
            f"The request body has more than {MAX_PARTS} lists, objects and commas. Send several requests."
        )
    if sum(body.count(b":", *each) for each in slices) > MAX_NAMES:
        names: set[bytes] = set()
        for each in slices:
            names.update(NAME.findall(body, *each))
            if len(names) > MAX_NAMES:
                raise PayloadTooLarge(f"The request body has more than {MAX_NAMES} different names in its objects.")


def from_query_string(pairs: Mapping[str, str]) -> Params:
    """What a query string asks for, whose maps are JSON."""
    maps = {name: decoded(pairs[name].encode(), name) for name in MAPS if pairs.get(name)}
    return checked({"query": pairs.get("query"), "operationName": pairs.get("operationName"), **maps})


def decoded(text: bytes, what: str) -> object:
    """The value of a JSON text, in which nothing is nested too deep and no text holds U+0000."""
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Fault(f"The {what} is not JSON in UTF-8: {error}.") from None
    refuse_deep(value, what)
    if b"\\u0000" in text:
        refuse_nul(value, what)
    return value


def refuse_deep(value: object, what: str) -> None:
    """Refuse a value nested so deep that the answer could not be written."""
    level = [value]
    for _ in range(MAX_NESTING):
        level = [child for parent in level for child in children(parent) if isinstance(child, dict | list)]
        if not level:
            return
    raise Fault(f"The {what} is nested more than {MAX_NESTING} levels deep.")


def children(value: object) -> Iterable[object]:
    """The values inside a JSON value."""
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def refuse_nul(value: object, path: str) -> None:
    """Refuse a string with U+0000, which Postgres cannot store."""
    if isinstance(value, str) and "\0" in value:
        raise BadUserInput(f"Text cannot hold the character U+0000, as {path} does.")
    if isinstance(value, dict):
        for name, child in value.items():
            refuse_nul(name, f"a name in {path}")
            refuse_nul(child, f"{path}.{name}")
    if isinstance(value, list):
        for index, child in enumerate(value):
            refuse_nul(child, f"{path}.{index}")


def checked(content: Mapping[str, object]) -> Params:
    """The members of a request, each of its type; null is as good as absent."""
    query = content.get("query")
    operation_name = content.get("operationName")
    if not isinstance(query, str) or not query:
        raise Fault("`query` must be a string with a GraphQL document.")
    if not isinstance(operation_name, str | None):
        raise Fault("`operationName` must be a string.")
    variables, extensions = (mapping(content, name) for name in MAPS)
    return Params(query, variables, operation_name or None, extensions)


def mapping(content: Mapping[str, object], name: str) -> dict[str, Any] | None:
    """A member that must be an object where it is present."""
    value = content.get(name)
    if not isinstance(value, dict | None):
        raise Fault(f"`{name}` must be an object.")
    return value
