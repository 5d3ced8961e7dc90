"""Over real sockets: headers, URLs and bodies without an end are refused, and hold up nobody."""

import asyncio
import time

import pytest

from tests.http.sockets import GET, HELLO, LARGE_HEADERS, Server, answered, error, is_closed, pour


async def test_what_is_within_the_limits_is_served(server: Server) -> None:
    url = b"GET /?" + b"a" * (16_384 - 2) + b" HTTP/1.1\r\nHost: a.example\r\n\r\n"
    assert (await server.send(url))[::2] == (200, b"a" * (16_384 - 2) + b" 1")
    many = GET + b"".join(b"X-%d: 1\r\n" % number for number in range(99)) + b"\r\n"
    assert (await server.send(many))[::2] == (200, b" 100")
    # Host, the header's own name and what is around them: 4 + 9 + 4 and 1 + 4.
    large = GET + b"X: " + b"a" * (16_384 - 22) + b"\r\n\r\n"
    assert (await server.send(large))[::2] == (200, b" 2")


@pytest.mark.parametrize(
    ("request_", "status", "code", "message"),
    [
        (
            b"GET /?" + b"a" * (16_384 - 1) + b" HTTP/1.1\r\nHost: a.example\r\n\r\n",
            *(414, "URL_TOO_LONG", "The URL is longer than 16384 bytes."),
        ),
        (GET + b"X: 1\r\n" * 100 + b"\r\n", 431, "HEADERS_TOO_LARGE", LARGE_HEADERS),
        (GET + b"X: " + b"a" * (16_384 - 21) + b"\r\n\r\n", 431, "HEADERS_TOO_LARGE", LARGE_HEADERS),
        # None of these ever ends.
        (b"GET /" + b"a" * 20_000, 414, "URL_TOO_LONG", "The URL is longer than 16384 bytes."),
        (GET + b"X: 1\r\n" * 101, 431, "HEADERS_TOO_LARGE", LARGE_HEADERS),
    ],
)
async def test_what_is_too_large_is_refused_and_the_connection_ends(
    server: Server, request_: bytes, status: int, code: str, message: str
) -> None:
    reader, writer = await server.connect()
    writer.write(request_)
    response = await answered(reader)
    assert (response[0], response[2]) == (status, error(code, message))
    assert response[1]["content-type"] == "application/json; charset=utf-8"
    assert response[1]["connection"] == "close"
    assert await is_closed(reader)
    writer.close()
    await server.has_connections(0)


@pytest.mark.parametrize(
    ("start", "piece", "status"),
    [
        (GET + b"X: ", b"a" * 65_536, 431),
        (GET, b"a" * 65_536, 431),
        (GET, b"X: 1\r\n" * 10_000, 431),
        (b"GET /", b"a" * 65_536, 414),
    ],
)
async def test_a_head_without_an_end_holds_up_nobody(server: Server, start: bytes, piece: bytes, status: int) -> None:
    reader, writer = await server.connect()
    writer.write(start)
    began = time.monotonic()
    pouring = asyncio.create_task(pour(writer, piece, 50_000_000))
    assert (await answered(reader))[0] == status
    assert (await server.send(HELLO))[0] == 200
    await pouring
    writer.close()
    await server.has_connections(0)
    assert time.monotonic() - began < 8


async def test_trailers_and_chunks_without_an_end_close_the_connection(server: Server) -> None:
    for endless in (b"0\r\nX: ", b"1;"):
        reader, writer = await server.connect()
        writer.write(b"GET /wait HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n" + endless)
        assert await pour(writer, b"a" * 65_536, 50_000_000) < 50_000_000
        assert await is_closed(reader)
        writer.close()
    await server.has_connections(0)
    server.released.set()
