"""An operation ends at its deadline or with its client, its resolvers before its context."""

import asyncio
from typing import Any

import orjson
import pytest
from starlette.types import Message

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
        "left by CancelledError",
    ]


async def test_a_bulk_mutation_has_its_own_time_and_is_not_sent_again_as_it_was(toy: Any) -> None:
    response = await toy.post("mutation { loadSlowly }", operation_timeout=5, bulk_timeout=0.05)
    assert (response.status_code, response.headers.get("retry-after")) == (503, None)
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "OPERATION_TIMEOUT"}
    assert "let the operator do it on the command line" in error["message"]
    assert (await toy.post("mutation { load(rows: []) }", operation_timeout=0)).json() == {"data": {"load": 0}}


class Client:
    """A connection over which one request has come and nothing else has happened yet."""

    def __init__(self, query: str) -> None:
        self.sent: list[Message] = []
        self.messages: asyncio.Queue[Message] = asyncio.Queue()
        self.messages.put_nowait({"type": "http.request", "body": orjson.dumps({"query": query})})
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }

    async def send(self, message: Message) -> None:
        self.sent.append(message)


async def test_a_client_that_leaves_ends_its_operation(toy: Any) -> None:
    before = asyncio.all_tasks()
    client = Client(SLOW)
    serving = asyncio.create_task(toy.app()(client.scope, client.messages.get, client.send))
    await toy.slow_ones.acquire()
    await toy.slow_ones.acquire()
    await client.messages.put({"type": "http.disconnect"})
    await asyncio.wait_for(serving, 1)
    assert client.sent == []
    assert toy.journal[3:] == ["a cancelled", "b cancelled", "left by CancelledError"]
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_no_task_waits_for_a_client_that_has_its_answer(toy: Any) -> None:
    before = asyncio.all_tasks()
    client = Client('{ greet(name: "Ann") }')
    await toy.app()(client.scope, client.messages.get, client.send)
    assert [message["type"] for message in client.sent] == ["http.response.start", "http.response.body"]
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
