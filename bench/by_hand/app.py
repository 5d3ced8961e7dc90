"""The application by hand: API key, application role, tenant, policies and a snapshot, and one statement for an answer.

A mutation writes the rows that were recorded for its number, so that it has nothing to compute.
"""

import os
import pickle
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import asyncpg
import orjson

from bench.by_hand.changes import Step
from bench.by_hand.payloads import LOCKS, PAYLOADS, SUBJECTS
from bench.by_hand.sessions import READ, WRITE, Sessions, Viewer
from bench.documents import screen_statements, statements

Scope: TypeAlias = MutableMapping[str, "str | bytes | list[tuple[bytes, bytes]]"]
Message: TypeAlias = MutableMapping[str, "str | int | bytes | bool | list[tuple[bytes, bytes]]"]
STATEMENTS = statements.STATEMENTS | screen_statements.STATEMENTS
JSON = [(b"content-type", b"application/json")]

sessions = Sessions(os.environ["BENCH_URL"])
changes: dict[str, list[list[Step]]] = (
    pickle.loads(Path(os.environ["BENCH_CHANGES"]).read_bytes()) if "BENCH_CHANGES" in os.environ else {}
)


async def app(
    scope: Scope, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Serves `/<document>?<number>`; the body of a mutation is its variables."""
    if scope["type"] != "http":
        return
    body = await _body(receive)
    headers = scope["headers"]
    assert isinstance(headers, list)
    key = next((value for name, value in headers if name == b"authorization"), b"").decode().removeprefix("Bearer ")
    viewer = await sessions.viewer(key)
    if viewer is None:
        await _respond(send, 401, b"{}")
        return
    path, query = scope["path"], scope["query_string"]
    assert isinstance(path, str)
    assert isinstance(query, bytes)
    name = path.strip("/")
    data = await (_read(viewer, name, body) if name in STATEMENTS else _write(viewer, name, int(query), body))
    await _respond(send, 200, b'{"data":' + data + b"}")


async def _read(viewer: Viewer, name: str, body: bytes) -> bytes:
    variables = [body.decode()] if body else []
    async with sessions.transaction(READ, viewer.organization_id) as connection:
        text: str = await connection.fetchval(STATEMENTS[name], viewer.organization_id, *variables)
    return text.encode()


async def _write(viewer: Viewer, name: str, number: int, body: bytes) -> bytes:
    values = orjson.loads(body)["input"]
    if viewer.role == "VIEWER":
        return b"null"
    steps = changes[name][number]
    organization_id = viewer.organization_id
    async with sessions.transaction(WRITE, organization_id) as connection:
        if name not in SUBJECTS:
            kpis = sorted({each["kpiId"] for each in values["measurements"]})
            await connection.fetch(LOCKS[name], organization_id, kpis)
            await _make(connection, steps)
            results = [{"outcome": "CREATED", "startsOn": each["on"]} for each in values["measurements"]]
            return orjson.dumps({"payload": {"results": results, "userErrors": []}})
        field, table = SUBJECTS[name]
        await connection.fetch(LOCKS[name], organization_id, values[field])
        await _make(connection, steps)
        subject = values[field] if table is None else _inserted_id(steps, table)
        text: str = await connection.fetchval(PAYLOADS[name], organization_id, subject)
    return text.encode()


async def _make(connection: asyncpg.pool.PoolConnectionProxy, steps: list[Step]) -> None:
    for step in steps:
        if len(step.arguments) == 1:
            await connection.execute(step.statement, *step.arguments[0])
        else:
            await connection.executemany(step.statement, step.arguments)


def _inserted_id(steps: list[Step], table: str) -> UUID:
    step = next(each for each in steps if each.statement.startswith(f"INSERT INTO {table} ("))
    names = step.statement.partition("(")[2].partition(")")[0].split(", ")
    id = step.arguments[0][names.index("id")]
    assert isinstance(id, UUID)
    return id


async def _body(receive: Callable[[], Awaitable[Message]]) -> bytes:
    parts = []
    while True:
        message = await receive()
        part = message.get("body", b"")
        assert isinstance(part, bytes)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _respond(send: Callable[[Message], Awaitable[None]], status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": JSON})
    await send({"type": "http.response.body", "body": body})
