"""A server on real sockets, and what tests send to it."""

import asyncio
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
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
