"""Counts the messages that a server exchanges with Postgres, by a proxy between them.

A message is what Postgres answers as ready for the next one: a simple query, or all up to a Sync of the extended
protocol. The count is the same for servers in any language.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from bench.asking import fetch_answer
from bench.data import DataSet
from bench.documents import Document
from bench.servers import Server

READY_FOR_QUERY = b"Z"
HEADER_SIZE = 5
SOCKET_NAME = ".s.PGSQL.5432"
# After this time nothing is sent any more for a response that has arrived.
QUIET_SECONDS = 0.05
# Several connections prepare their statements, and a key is looked up each second.
REQUESTS = 20


class Counter:
    """The number of messages so far on all connections of a proxy."""

    def __init__(self) -> None:
        self.messages = 0


@contextmanager
def counted(data: DataSet) -> Iterator[tuple[DataSet, Counter]]:
    """The data set by way of a proxy that counts."""
    counter, loop = Counter(), asyncio.new_event_loop()
    path = f"{make_url(data.url).query['host']}/{SOCKET_NAME}"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server, from_server = await _connect(path)
        await asyncio.gather(_forward(reader, from_server), _count(to_server, writer, counter))

    listener = socket.create_server(("127.0.0.1", 0))
    loop.run_until_complete(asyncio.start_server(serve, sock=listener))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    try:
        yield data._replace(url=_by_proxy(data.url, port), serving=_by_proxy(data.serving, port)), counter
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def count_messages(server: Server, document: Document, counter: Counter) -> int:
    """The fewest messages of a request, which are those of one for which nothing has to be prepared first."""
    counts = []
    for _ in range(REQUESTS):
        before = counter.messages
        await fetch_answer(server, document)
        await asyncio.sleep(QUIET_SECONDS)
        counts.append(counter.messages - before)
    return min(counts)


def _by_proxy(url: str, port: int) -> str:
    parts = make_url(url)
    return parts.set(host="127.0.0.1", port=port, query={"sslmode": "disable"}).render_as_string(False)


async def _connect(path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_unix_connection(path)


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(2**16):
        writer.write(chunk)
    writer.close()


async def _count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counter: Counter) -> None:
    try:
        while True:
            header = await reader.readexactly(HEADER_SIZE)
            body = await reader.readexactly(int.from_bytes(header[1:]) - HEADER_SIZE + 1)
            counter.messages += header[:1] == READY_FOR_QUERY
            writer.write(header + body)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
