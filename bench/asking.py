"""Sends requests over kept-alive connections, and tells what they cost."""

import asyncio
import time
from statistics import quantiles
from typing import Any, NamedTuple

import orjson

from bench.cpu import spent
from bench.servers import Server


class Cost(NamedTuple):
    """Milliseconds of CPU a request, of the server and of Postgres."""

    server: float
    postgres: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.server + self.postgres


class Connection:
    """A kept-alive HTTP/1.1 connection that costs next to nothing itself."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = server, reader, writer

    async def ask(self, document: str) -> bytes:
        """The body of the answer. Raises RuntimeError unless its status is 200."""
        path, body = self._server.request(document)
        lines = [f"POST {path} HTTP/1.1", "host: bench", "content-type: application/json"]
        lines += ["accept: application/json", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in self._server.headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        content = await self._body(head)
        if " 200 " not in head.split("\r\n")[0]:
            raise RuntimeError(f"{self._server.name}: {head}{content[:1000]!r}")
        return content

    async def _body(self, head: str) -> bytes:
        for line in head.split("\r\n"):
            if line.startswith("content-length:"):
                return await self._reader.readexactly(int(line.partition(":")[2]))
        parts = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readexactly(2)
        await self._reader.readexactly(2)
        return b"".join(parts)


async def connected(server: Server) -> Connection:
    """A new connection."""
    return Connection(server, *await asyncio.open_connection("127.0.0.1", server.port, limit=2**26))


async def answer(server: Server, document: str) -> Any:
    """What a server answers."""
    found = orjson.loads(await (await connected(server)).ask(document))
    if found.get("errors"):
        raise RuntimeError(f"{server.name}: {found['errors'][:3]}")
    return found


async def cost(server: Server, document: str, requests: int) -> Cost:
    """CPU a request, one request at a time."""
    connection = await connected(server)
    for _ in range(3):
        await connection.ask(document)
    before = spent(server.process.pid), spent(server.postgres)
    for _ in range(requests):
        await connection.ask(document)
    # Postgres accounts for a statement a moment after it has answered.
    await asyncio.sleep(0.05)
    own, theirs = spent(server.process.pid) - before[0], spent(server.postgres) - before[1]
    return Cost(own / requests, theirs / requests)


async def concurrent(server: Server, document: str, clients: int, requests: int) -> tuple[float, list[float]]:
    """Requests a second of so many clients at once, and the 50th, 95th and 99th percentile in milliseconds."""
    times: list[float] = []

    async def client() -> None:
        connection = await connected(server)
        for _ in range(requests // clients):
            begun = time.perf_counter()
            await connection.ask(document)
            times.append((time.perf_counter() - begun) * 1000)

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    cuts = quantiles(times, n=100)
    return len(times) / (time.perf_counter() - begun), [cuts[49], cuts[94], cuts[98]]
