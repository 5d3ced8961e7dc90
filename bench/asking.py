"""Sends requests over persistent connections, and measures their cost."""

import asyncio
from typing import NamedTuple

import orjson

from bench.cpu import cpu_milliseconds
from bench.documents import Document
from bench.documents.document import Json
from bench.servers import Server

# Postgres accounts for its time shortly after the response.
ACCOUNTING_SECONDS = 0.05


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

    async def ask(self, document: Document) -> bytes:
        """The body of the response to the server's next request. Raises RuntimeError unless its status is 200."""
        self._writer.write(self._server.request(document))
        headers = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        content = await self._body(headers)
        if " 200 " not in headers.split("\r\n")[0]:
            raise RuntimeError(f"{self._server.name}: {document.name}: {headers}{content[:1000]!r}")
        return content

    def close(self) -> None:
        """Closes the connection."""
        self._writer.close()

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


async def fetch_answer(server: Server, document: Document) -> Json:
    """The data of a response. Raises RuntimeError if it has errors, or a payload that was refused."""
    connection = await open_connection(server)
    try:
        answer = orjson.loads(await connection.ask(document))
    finally:
        connection.close()
    if answer.get("errors") or (document.is_mutation and (answer["data"].get("payload") or {}).get("userErrors")):
        raise RuntimeError(f"{server.name}: {document.name}: {str(answer)[:2000]}")
    data: Json = answer["data"]
    return data


async def measure_cost(server: Server, document: Document, requests: int | None = None, warm: int = 3) -> Cost:
    """The CPU time per request with one request at a time, after `warm` requests."""
    connection = await open_connection(server)
    for _ in range(warm):
        await connection.ask(document)
    count = requests or document.requests
    await asyncio.sleep(ACCOUNTING_SECONDS)
    before = spent(server)
    for _ in range(count):
        await connection.ask(document)
    await asyncio.sleep(ACCOUNTING_SECONDS)
    after = spent(server)
    connection.close()
    return Cost((after[0] - before[0]) / count, (after[1] - before[1]) / count)


def spent(server: Server) -> tuple[float, float]:
    """The CPU time so far in milliseconds, of all processes of the server and of its Postgres."""
    return cpu_milliseconds(server.process.pid), cpu_milliseconds(server.postgres)
