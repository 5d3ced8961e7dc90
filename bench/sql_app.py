"""The lower bound: one hand-written statement that returns the JSON, behind a minimal HTTP application."""

import os
from typing import Any

import asyncpg

from bench.documents import STATEMENTS

_pool: Any = None


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serves `/small` and `/tree`."""
    global _pool
    if scope["type"] != "http":
        return
    if _pool is None:
        _pool = await asyncpg.create_pool(os.environ["BENCH_URL"], min_size=1, max_size=10)
    await receive()
    name = scope["path"].strip("/")
    async with _pool.acquire() as connection:
        text = await connection.fetchval(STATEMENTS[name], os.environ["BENCH_ORGANIZATION"])
    body = b'{"data":{"objectives":' + text.encode() + b"}}"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
