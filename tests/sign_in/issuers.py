"""An issuer that answers over HTTP whatever a test wants, and how often it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson

from tests.sign_in.signing import key, key_set

METADATA, KEYS = "/.well-known/openid-configuration", "/jwks"


class StubIssuer:
    """`pages` are the whole responses by path; `asked` are the paths of requests. `gate` holds answers back.
    With a `pause` in seconds they trickle in, a byte at a time."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.pause = 0.0
        self.gate = asyncio.Event()
        self.gate.set()
        self.answer(METADATA, orjson.dumps({"issuer": self.url, "jwks_uri": f"{self.url}{KEYS}"}))
        self.rotate(key())

    def answer(self, path: str, body: bytes, status: str = "200 OK", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.pages[path] = "\r\n".join([*lines, "", ""]).encode() + body

    def rotate(self, *keys: Any) -> None:
        """Publishes these keys and no others."""
        self.answer(KEYS, key_set(*keys))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            self.asked.append(path)
            await self.gate.wait()
            page = self.pages.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            size = len(page) if self.pause == 0 else 1
            for start in range(0, len(page), size):
                writer.write(page[start : start + size])
                await writer.drain()
                await asyncio.sleep(self.pause)
        writer.close()


@asynccontextmanager
async def stub_issuer() -> AsyncIterator[StubIssuer]:
    """A new issuer on a port of its own."""
    issuers: list[StubIssuer] = []
    server = await asyncio.start_server(lambda *streams: issuers[0].serve(*streams), "127.0.0.1", 0)
    issuers.append(StubIssuer(server.sockets[0].getsockname()[1]))
    try:
        yield issuers[0]
    finally:
        issuers[0].gate.set()
        server.close()
