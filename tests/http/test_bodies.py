"""Bodies that are odd, large or slow are the client's fault, never ours."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from starlette.requests import Request

from service.errors import Unauthenticated


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            b"",
            "The body is not JSON in UTF-8: Input is a zero-length, empty document: line 1 column 1 (char 0).",
        ),
        (b"1", "The request body must be a JSON object."),
        (b"null", "The request body must be a JSON object."),
        (b'"x"', "The request body must be a JSON object."),
        (b"[]", "Batches are not supported; send one operation in each request."),
        (b"{}", "`query` must be a string with a GraphQL document."),
        (b'{"query": 1}', "`query` must be a string with a GraphQL document."),
        (b'{"query": "{a}", "variables": []}', "`variables` must be an object."),
        (b'{"query": "{a}", "extensions": "x"}', "`extensions` must be an object."),
        (b'{"query": "{a}", "operationName": 0}', "`operationName` must be a string."),
        (
            b'{"query": "{a}", "variables": ' + b'{"a":' * 64 + b"1" + b"}" * 65,
            "The body is nested more than 64 levels deep.",
        ),
    ],
)
async def test_a_body_that_is_no_request_is_400(toy: Any, body: bytes, message: str) -> None:
    response = await toy.post_raw(body)
    assert response.status_code == 400
    assert response.json() == {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}


@pytest.mark.parametrize(
    "body", [b"\xff\xfe", b'{"query": "\xff"}', b'{"query": "\\ud800"}', b"[" * 100_000, b'{"a":' * 100_000]
)
async def test_a_body_that_is_not_json_is_400(toy: Any, body: bytes) -> None:
    response = await toy.post_raw(body, body_limit=1_000_000)
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"].startswith("The body is not JSON in UTF-8: ")


@pytest.mark.parametrize("part", [b"[],", b"{},", b"1,"])
async def test_a_body_of_very_many_parts_is_not_read(toy: Any, part: bytes) -> None:
    body = b'{"query": "{a}", "variables": {"a": [' + part * 300_000 + b"1]}}"
    response = await toy.post_raw(body, body_limit=1_000_000)
    assert response.status_code == 413
    message = "The request body has more than 300000 lists, objects and commas. Send several requests."
    assert response.json() == {"errors": [{"message": message, "extensions": {"code": "PAYLOAD_TOO_LARGE"}}]}


async def test_a_body_of_very_many_names_is_not_read(toy: Any) -> None:
    def body(names: int) -> bytes:
        return b'{"query": "{ __typename }", "variables": {%s}}' % b",".join(b'"%d" : 1' % n for n in range(names))

    # A name that comes again does not count. Read, there are too many variables.
    again = body(19_900).replace(b"}}", b',"1":1' * 10_000 + b"}}")
    response = await toy.post_raw(again, body_limit=1_000_000)
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    response = await toy.post_raw(body(20_100), body_limit=1_000_000)
    assert response.status_code == 413
    message = "The request body has more than 20000 different names in its objects."
    assert response.json() == {"errors": [{"message": message, "extensions": {"code": "PAYLOAD_TOO_LARGE"}}]}


async def test_nesting_up_to_the_limit_comes_back(toy: Any) -> None:
    value: object = 1
    for _ in range(60):
        value = [value]
    response = await toy.post("query($value: JSON!) { echo(value: $value) }", {"value": value})
    assert response.json() == {"data": {"echo": value}}


async def test_nul_is_refused_by_its_path(toy: Any) -> None:
    query = "query($value: JSON!) { echo(value: $value) }"
    response = await toy.post(query, {"value": {"titles": ["a", "b\0"]}})
    assert response.status_code == 400
    assert response.json() == {
        "errors": [
            {
                "message": "Text cannot hold the character U+0000, as body.variables.value.titles.1 does.",
                "extensions": {"code": "BAD_USER_INPUT"},
            }
        ]
    }
    assert (await toy.post(query, {"value": {"a\0": 1}})).status_code == 400
    # A backslash before the escape makes it six plain characters.
    assert (await toy.post(query, {"value": "\\u0000"})).json() == {"data": {"echo": "\\u0000"}}


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"],
)
async def test_other_content_types_are_415(toy: Any, content_type: str | None) -> None:
    response = await toy.post_raw(b'{"query": "{__typename}"}', content_type)
    assert response.status_code == 415
    assert response.json()["errors"][0]["extensions"] == {"code": "UNSUPPORTED_MEDIA_TYPE"}


async def test_a_compressed_body_is_415(toy: Any) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert (await toy.send("POST", {}, content=b"{}", headers=headers)).status_code == 415


def body_of(query: str, size: int) -> bytes:
    body = orjson.dumps({"query": query})
    return body + b" " * (size - len(body))


@pytest.mark.parametrize(
    ("query", "size", "status"),
    [
        ('{ greet(name: "Ann") }', 1000, 200),
        ('{ greet(name: "Ann") }', 1001, 413),
        ("mutation { add(number: 1) }", 1001, 413),
        ("{ load }", 1001, 413),
        ('mutation { load(rows: ["a"]) }', 2000, 200),
        ("mutation { ...F } fragment F on Mutation { load(rows: []) }", 2000, 200),
        ('mutation { load(rows: ["a"]) }', 2001, 413),
    ],
)
async def test_a_bulk_mutation_may_be_larger(toy: Any, query: str, size: int, status: int) -> None:
    response = await toy.post_raw(body_of(query, size))
    assert response.status_code == status
    if status == 413:
        message = f"The request body is larger than {1000 if size < 2001 else 2000} bytes."
        error = {"message": message, "extensions": {"code": "PAYLOAD_TOO_LARGE"}}
        assert response.json() == {"errors": [error]}
        assert response.headers["connection"] == "close"


async def test_a_chunked_body_is_read_no_further_than_the_limit(toy: Any) -> None:
    received = []

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(100):
            received.append(number)
            yield b" " * 100

    response = await toy.post_raw(chunks(), bulk_fields=frozenset())
    assert response.status_code == 413
    assert len(received) == 11


async def test_a_body_that_does_not_arrive_is_408(toy: Any) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    response = await toy.post_raw(chunks(), body_timeout=0.05)
    assert response.status_code == 408
    assert response.headers["connection"] == "close"
    error = {
        "message": "The request body did not arrive within 0.05 s.",
        "extensions": {"code": "REQUEST_TIMEOUT"},
    }
    assert response.json() == {"errors": [error]}


class Gate:
    """Lets requests pass or refuses them, and counts them."""

    def __init__(self, *, is_open: bool) -> None:
        self.is_open, self.calls = is_open, 0

    async def __call__(self, _request: Request) -> None:
        self.calls += 1
        if not self.is_open:
            raise Unauthenticated("No key.")


LARGE = {"body_limit": 50_000}
REFUSED = {"errors": [{"message": "No key.", "extensions": {"code": "UNAUTHENTICATED"}}]}


@pytest.mark.parametrize("chunked", [False, True])
async def test_without_a_key_only_a_small_body_is_read(toy: Any, chunked: bool) -> None:
    received = 0

    async def pieces(body: bytes) -> AsyncIterator[bytes]:
        nonlocal received
        for start in range(0, len(body), 1000):
            received += 1
            yield body[start : start + 1000]

    async def post(size: int, gate: Gate) -> Any:
        body = body_of('{ greet(name: "Ann") }', size)
        return await toy.post_raw(pieces(body) if chunked else body, authenticate=gate, **LARGE)

    gate = Gate(is_open=False)
    response = await post(16_384, gate)
    assert (response.status_code, response.json(), gate.calls) == (200, {"data": {"greet": "Hello Ann"}}, 0)
    response = await post(40_000, gate)
    assert (response.status_code, response.json(), gate.calls) == (401, REFUSED, 1)
    assert response.headers["connection"] == "close"
    gate = Gate(is_open=True)
    response = await post(40_000, gate)
    assert (response.status_code, response.json(), gate.calls) == (200, {"data": {"greet": "Hello Ann"}}, 1)
    assert "connection" not in response.headers


async def test_a_body_that_says_it_is_large_is_not_waited_for(toy: Any) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("read")
        yield b""

    headers = {"content-type": "application/json", "content-length": "16385"}
    settings = {**LARGE, "authenticate": Gate(is_open=False)}
    response = await toy.send("POST", settings, content=never(), headers=headers)
    assert (response.status_code, response.json()) == (401, REFUSED)
