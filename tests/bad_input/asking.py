"""Asks for what cannot be, and looks at what came back and what became of the data."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx2
import orjson

from tests.kit.client import Clock
from tests.kit.estate import Estate, dump
from tests.kit.inputs import MOVES, WHOLE, filled, made, put

BAD = ["BAD_USER_INPUT"]
# What is wrong with a literal is told before anything runs, and in part by graphql-core.
LITERAL = (BAD, ["GRAPHQL_VALIDATION_FAILED"])


class Asker:
    """A client of an organization that has everything; `estate` knows the ids."""

    def __init__(self, estate: Estate, superuser: asyncpg.Connection, clock: Clock) -> None:
        self.estate, self.client, self.clock, self.superuser = estate, estate.client, clock, superuser

    async def post(self, document: str, variables: Any = None, **headers: str) -> httpx2.Response:
        """The response to a document; variables go as JSON, lone surrogates and all."""
        body = json.dumps({"query": document, "variables": variables})
        return await self.raw(body.encode(), **headers)

    async def raw(self, body: bytes, **headers: str) -> httpx2.Response:
        """The response to a body."""
        headers = {"content-type": "application/json", **headers}
        return await self.client.http.post("/graphql", content=body, headers=headers)

    async def codes(self, document: str, **variables: Any) -> list[str]:
        """The codes of the errors of an answer, which has data or errors, and is never a fault of ours."""
        return codes_of(await self.post(document, variables))

    async def moved(self, mutation: str, move: dict[str, Any] | None = None, /, **instead: Any) -> Any:
        """What a mutation that would work comes to with other values in its input, by path, as `outcome` tells it."""
        self.clock.advance(seconds=1)
        move = move or next(move for name, move in (*WHOLE, *MOVES) if name == mutation)
        input = filled(move, self.estate)
        for path, value in instead.items():
            input = put(input, path, value)
        return outcome(await made(self.client, mutation, input), mutation)

    @asynccontextmanager
    async def unchanged(self) -> AsyncIterator[None]:
        """Nothing in the whole database changes meanwhile."""
        before = await dump(self.superuser)
        yield
        assert await dump(self.superuser) == before


def codes_of(response: httpx2.Response) -> list[str]:
    """The codes of the errors of a response that may be anything but a fault of ours."""
    answer = orjson.loads(response.content)
    codes = [error.get("extensions", {}).get("code") for error in answer.get("errors", [])]
    assert response.status_code < 500, (response.status_code, answer)
    assert "errors" in answer or "data" in answer
    assert None not in codes
    assert "INTERNAL_SERVER_ERROR" not in codes, answer
    assert all(error["message"] for error in answer.get("errors", []))
    return codes


def outcome(answer: dict[str, Any], mutation: str) -> Any:
    """The code of a top-level error, code and field of a user error, or None for a change that was made."""
    if "errors" in answer:
        codes = [error["extensions"]["code"] for error in answer["errors"]]
        assert "INTERNAL_SERVER_ERROR" not in codes, answer
        return codes
    errors = answer["data"][mutation]["userErrors"]
    assert all(error["message"] for error in errors)
    return [(error["code"], ".".join(error["field"] or ["input"])) for error in errors] or None
