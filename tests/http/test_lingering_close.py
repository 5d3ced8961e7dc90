"""The head of a response leaves with its body, and never after the connection is gone."""

import asyncio
import socket
from typing import Any

from service.http.lingering_close import LingeringTransport

HEAD, BODY = b"HTTP/1.1 200 OK\r\n\r\n", b"{}"


async def connection() -> tuple[LingeringTransport, socket.socket]:
    """The transport of a server, and the socket of its client."""
    loop = asyncio.get_running_loop()
    own, other = socket.socketpair()
    other.setblocking(False)
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=own)
    return LingeringTransport(transport, loop, lambda: False), other


async def test_a_head_is_sent_with_what_follows_or_without() -> None:
    loop = asyncio.get_running_loop()
    transport, client = await connection()
    with client:
        transport.write(HEAD)
        transport.write(BODY)
        assert await loop.sock_recv(client, 1000) == HEAD + BODY
        transport.write(HEAD)
        assert await loop.sock_recv(client, 1000) == HEAD
        transport.write(HEAD)
        transport.close()
        assert await loop.sock_recv(client, 1000) == HEAD
        assert await loop.sock_recv(client, 1000) == b""


async def test_a_head_that_waits_is_dropped_with_its_connection() -> None:
    reported: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: reported.append(context))
    transport, client = await connection()
    with client:
        transport.write(HEAD)
        transport.abort()
        assert await loop.sock_recv(client, 1000) == b""
        await asyncio.sleep(0.01)
    loop.set_exception_handler(None)
    assert reported == []
