"""Over real sockets: what the server does with headers and connections that are made to hurt."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from service.http.protocol import ConnectionLimits

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET / HTTP/1.1\r\nHost: a.example\r\n"
HELLO = GET + b"\r\n"
LARGE_HEADERS = "The headers are more than 100, or larger than 16384 bytes."


class Server:
    """A server on a port of its own; `released` lets `/wait` answer."""

    def __init__(self, port: int, limits: ConnectionLimits, server: uvicorn.Server, released: asyncio.Event) -> None:
        self.port, self.limits, self.state, self.released = port, limits, server.server_state, released

    async def connect(self) -> Stream:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def send(self, data: bytes) -> tuple[int, dict[str, str], bytes]:
        """The answer to what one connection sends."""
        reader, writer = await self.connect()
        writer.write(data)
        answer = await answered(reader)
        writer.close()
        return answer

    async def has_connections(self, count: int) -> None:
        """Returns once it has so many, within five seconds."""
        deadline = time.monotonic() + 5
        while len(self.state.connections) != count:
            assert time.monotonic() < deadline, len(self.state.connections)
            await asyncio.sleep(0.01)


async def answered(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the next answer."""
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in head[1:-2])
    return int(head[0].split()[1]), headers, await reader.readexactly(int(headers["content-length"]))


async def is_closed(reader: asyncio.StreamReader, seconds: float = 5) -> bool:
    """Whether the server ends the connection in time, having sent nothing more."""
    try:
        return await asyncio.wait_for(reader.read(), seconds) == b""
    except ConnectionError:
        return True


Serve = Callable[..., Any]


@pytest.fixture
def serve() -> Serve:
    @asynccontextmanager
    async def serving(*, connections: int = 50, header_timeout: float = 5, keep_alive: float = 5) -> Any:
        released = asyncio.Event()

        async def hello(request: Request) -> Response:
            return PlainTextResponse(f"{request.url.query} {len(request.headers)}")

        async def wait(_request: Request) -> Response:
            await released.wait()
            return PlainTextResponse("waited")

        async def refuse(_request: Request) -> Response:
            return PlainTextResponse("refused", 401, {"Connection": "close"})

        app = Starlette(
            routes=[Route("/", hello), Route("/wait", wait), Route("/refuse", refuse, methods=["POST"])],
        )
        limits: Any = ConnectionLimits(connections, header_timeout)
        config = uvicorn.Config(
            app,
            port=0,
            http=limits.protocol,
            ws="none",
            log_config=None,
            lifespan="off",
            timeout_keep_alive=keep_alive,  # type: ignore[arg-type]
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        try:
            yield Server(server.servers[0].sockets[0].getsockname()[1], limits, server, released)
        finally:
            await server.shutdown()

    return serving


@pytest.fixture
async def server(serve: Serve) -> AsyncIterator[Server]:
    async with serve() as made:
        yield made


def error(code: str, message: str) -> bytes:
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})


async def pour(writer: asyncio.StreamWriter, piece: bytes, size: int) -> int:
    """Sends a piece again and again, until so much is sent or the server does not take any more; how much."""
    sent = 0
    try:
        while sent < size:
            writer.write(piece)
            await asyncio.wait_for(writer.drain(), 5)
            sent += len(piece)
    except (ConnectionError, TimeoutError):
        pass
    return sent


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
    found = await answered(reader)
    assert (found[0], found[2]) == (status, error(code, message))
    assert found[1]["content-type"] == "application/json; charset=utf-8"
    assert found[1]["connection"] == "close"
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


async def test_half_a_head_is_waited_for_so_long_and_no_longer(serve: Serve) -> None:
    async with serve(header_timeout=0.3) as server:
        silent, half, trickling = [await server.connect() for _ in range(3)]
        half[1].write(GET)
        late = error("REQUEST_TIMEOUT", "The headers did not arrive in time.")

        async def trickle() -> None:
            trickling[1].write(GET + b"X: ")
            for _ in range(30):
                trickling[1].write(b"a")
                await asyncio.sleep(0.1)

        task = asyncio.create_task(trickle())
        assert await is_closed(silent[0])
        for reader, _ in (half, trickling):
            assert (await answered(reader))[::2] == (408, late)
            assert await is_closed(reader)
        task.cancel()
        for _, writer in (silent, half, trickling):
            writer.close()
        await server.has_connections(0)


async def test_a_connection_is_kept_for_so_long_after_an_answer(serve: Serve) -> None:
    async with serve(keep_alive=0.3, header_timeout=0.5) as server:
        reader, writer = await server.connect()
        for _ in range(2):
            writer.write(HELLO)
            assert (await answered(reader))[0] == 200
        assert await is_closed(reader)
        # What is no request and no end of one does not keep it open either.
        reader, writer = await server.connect()
        writer.write(b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000\r\n\r\n")
        assert (await answered(reader))[0] == 405
        for _ in range(10):
            writer.write(b"a")
            await asyncio.sleep(0.1)
        assert await is_closed(reader)
        await server.has_connections(0)


async def test_those_who_say_nothing_make_room(serve: Serve) -> None:
    async with serve(connections=3) as server:
        silent = [await server.connect() for _ in range(3)]
        served = await server.connect()
        served[1].write(HELLO)
        assert (await answered(served[0]))[0] == 200
        # The oldest went; the others did not have to.
        assert await is_closed(silent[0][0])
        silent[1][1].write(HELLO)
        assert (await answered(silent[1][0]))[0] == 200
        newcomer = await server.connect()
        assert await is_closed(silent[2][0])
        assert len(server.state.connections) == 3
        newcomer[1].close()


async def test_a_crowd_that_says_nothing_keeps_nobody_out(serve: Serve) -> None:
    async with serve(connections=20) as server:
        crowd = [await server.connect() for _ in range(200)]
        for _ in range(20):
            assert (await server.send(HELLO))[0] == 200
        assert len(server.state.connections) <= 20
        for _, writer in crowd:
            writer.close()


async def test_nobody_who_is_served_has_to_go(serve: Serve) -> None:
    async with serve(connections=2) as server:
        served = [await server.connect() for _ in range(2)]
        for _, writer in served:
            writer.write(b"GET /wait HTTP/1.1\r\nHost: a.example\r\n\r\n")
        await asyncio.sleep(0.1)
        reader, _ = await server.connect()
        busy = error("SERVICE_UNAVAILABLE", "The service is busy: it has too many connections.")
        assert (await answered(reader))[::2] == (503, busy)
        assert await is_closed(reader)
        server.released.set()
        assert [(await answered(reader))[::2] for reader, _ in served] == [(200, b"waited")] * 2


async def test_many_requests_at_once_are_answered_in_order(server: Server) -> None:
    reader, writer = await server.connect()
    urls = [b"GET /?%d HTTP/1.1\r\nHost: a.example\r\n\r\n" % number for number in range(500)]
    too_long = b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a.example\r\n\r\n"
    writer.write(b"".join([*urls, too_long]))
    assert [(await answered(reader))[2] for _ in urls] == [b"%d 1" % number for number in range(500)]
    assert (await answered(reader))[0] == 414
    assert await is_closed(reader)


async def test_who_is_still_sending_can_read_why_it_is_refused(server: Server) -> None:
    size = 5_000_000
    reader, writer = await server.connect()
    writer.write(b"POST /refuse HTTP/1.1\r\nHost: a.example\r\nContent-Length: %d\r\n\r\n" % size)
    pouring = asyncio.create_task(pour(writer, b"a" * 65_536, size))
    await pouring
    assert (await answered(reader))[::2] == (401, b"refused")
    assert await is_closed(reader)
    writer.close()
    await server.has_connections(0)


async def test_stopping_waits_for_none_of_them(serve: Serve) -> None:
    async with serve() as server:
        streams = [await server.connect() for _ in range(3)]
        streams[1][1].write(GET)
        streams[2][1].write(b"GET /" + b"a" * 20_000)
        assert (await answered(streams[2][0]))[0] == 414
        began = time.monotonic()
    assert time.monotonic() - began < 0.9
    assert [await is_closed(reader) for reader, _ in streams] == [True] * 3
