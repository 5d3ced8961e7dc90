"""Sends requests over persistent connections, and measures their cost."""

import asyncio
import time
from statistics import quantiles
from typing import Any, NamedTuple

import orjson

from bench.cpu import cpu_milliseconds
from bench.servers import Server


class Cost(NamedTuple):
    """Milliseconds of CPU time per request, of the server and of Postgres."""

    server: float
    postgres: float

    @property
    def total(self) -> float:
        """The sum of both."""
        return self.server + self.postgres


class Connection:
    """A persistent HTTP/1.1 connection with little overhead."""

    def __init__(self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server, self._reader, self._writer = server, reader, writer

    async def ask(self, document: str) -> bytes:
        """The body of the response. Raises RuntimeError unless its status is 200."""
        path, body = self._server.request(document)
        lines = [f"POST {path} HTTP/1.1", "host: bench", "content-type: application/json"]
        lines += ["accept: application/json", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in self._server.headers.items()]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        headers = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        content = await self._body(headers)
        if " 200 " not in headers.split("\r\n")[0]:
            raise RuntimeError(f"{self._server.name}: {headers}{content[:1000]!r}")
        return content

    async def _body(self, headers: str) -> bytes:
        for line in headers.split("\r\n"):
            if line.startswith("content-length:"):
                return await self._reader.readexactly(int(line.partition(":")[2]))
        chunks = []
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            chunks.append(await self._reader.readexactly(size))
            await self._reader.readexactly(2)
        await self._reader.readexactly(2)
        return b"".join(chunks)


async def open_connection(server: Server) -> Connection:
    """A new connection."""
    return Connection(server, *await asyncio.open_connection("127.0.0.1", server.port, limit=2**26))


async def fetch_answer(server: Server, document: str) -> Any:
    """The parsed response of a server. Raises RuntimeError if it has errors."""
    answer = orjson.loads(await (await open_connection(server)).ask(document))
    if answer.get("errors"):
        raise RuntimeError(f"{server.name}: {answer['errors'][:3]}")
    return answer


async def measure_cost(server: Server, document: str, requests: int) -> Cost:
    """The CPU time per request, with one request at a time."""
    connection = await open_connection(server)
    for _ in range(3):
        await connection.ask(document)
    spent_before = cpu_milliseconds(server.process.pid), cpu_milliseconds(server.postgres)
    for _ in range(requests):
        await connection.ask(document)
    # Postgres updates its CPU time shortly after the response.
    await asyncio.sleep(0.05)
    server_milliseconds, postgres_milliseconds = (
        cpu_milliseconds(server.process.pid) - spent_before[0],
        cpu_milliseconds(server.postgres) - spent_before[1],
    )
    return Cost(server_milliseconds / requests, postgres_milliseconds / requests)


async def measure_concurrent(server: Server, document: str, clients: int, requests: int) -> tuple[float, list[float]]:
    """Requests per second with concurrent clients, and the 50th, 95th and 99th percentile in milliseconds."""
    times: list[float] = []

    async def client() -> None:
        connection = await open_connection(server)
        for _ in range(requests // clients):
            started_at = time.perf_counter()
            await connection.ask(document)
            times.append((time.perf_counter() - started_at) * 1000)

    started_at = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    percentiles = quantiles(times, n=100)
    return len(times) / (time.perf_counter() - started_at), [percentiles[49], percentiles[94], percentiles[98]]
