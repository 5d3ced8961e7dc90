"""An operation ends at its deadline or with its client, its resolvers before its context."""

import asyncio
from typing import Any

import orjson
import pytest

SLOW = '{ a: slow(name: "a") b: slow(name: "b") }'


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_an_operation_that_takes_too_long(toy: Any, accept: str) -> None:
    response = await toy.post(SLOW, accept=accept, operation_timeout=0.05)
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json() == {
        "errors": [
            {
                "message": "The operation took longer than 0.05 s.",
                "extensions": {"code": "OPERATION_TIMEOUT"},
            }
        ]
    }
    assert toy.journal == [
        "opened",
        "a started",
        "b started",
        "a cancelled",
        "b cancelled",
        "left by OperationTimeout",
    ]


async def test_a_client_that_leaves_ends_its_operation(toy: Any) -> None:
    before = asyncio.all_tasks()
    sent: list[Any] = []
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    await messages.put({"type": "http.request", "body": orjson.dumps({"query": SLOW})})
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def send(message: Any) -> None:
        sent.append(message)

    serving = asyncio.create_task(toy.app()(scope, messages.get, send))
    while "b started" not in toy.journal:
        await asyncio.sleep(0)
    await messages.put({"type": "http.disconnect"})
    await asyncio.wait_for(serving, 1)
    assert sent == []
    assert toy.journal[3:] == ["a cancelled", "b cancelled", "left by ClientDisconnect"]
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_no_task_stays_behind_an_answer(toy: Any) -> None:
    before = asyncio.all_tasks()
    assert (await toy.post('{ greet(name: "Ann") }')).status_code == 200
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
