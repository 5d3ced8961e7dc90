"""A small schema behind the endpoint, with a journal of what happened to its contexts and resolvers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx2
import pytest
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from strawberry.scalars import JSON

from schema.execution.running.executors import create_executor
from service.errors import BadUserInput
from service.http.access_log import AccessLog
from service.http.graphql import GraphQLEndpoint
from service.settings import Settings
from tests.http.sockets import Serve, Server, serving

Info = strawberry.Info[Any, None]


@strawberry.type
class Query:
    """What the tests read."""

    @strawberry.field
    def greet(self, name: str) -> str:
        return f"Hello {name}"

    @strawberry.field
    def price(self, amount: Decimal) -> str:
        return str(amount)

    @strawberry.field
    def echo(self, value: JSON) -> JSON:
        return value

    @strawberry.field
    def load(self) -> int:
        return 0

    @strawberry.field
    def huge(self) -> JSON:
        return JSON(2**70)

    @strawberry.field
    def too_big(self) -> int | None:
        return 2**40

    @strawberry.field
    def broken(self) -> str | None:
        raise ValueError("secret")

    @strawberry.field
    def refused(self) -> str | None:
        raise BadUserInput("Not like this.")

    @strawberry.field
    async def slow(self, info: Info, name: str = "slow") -> str | None:
        info.context.journal.append(f"{name} started")
        info.context.slow_ones.release()
        try:
            await asyncio.sleep(60)
        finally:
            info.context.journal.append(f"{name} cancelled")
        return name


@strawberry.type
class Mutation:
    """What the tests change."""

    @strawberry.mutation
    def add(self, number: int) -> int:
        return number + 1

    @strawberry.mutation
    def load(self, rows: list[str]) -> int:
        return len(rows)

    @strawberry.mutation
    async def load_slowly(self) -> int:
        await asyncio.sleep(60)
        return 0


class Toy:
    """The endpoint over the small schema; `refusal` is raised instead of opening a context."""

    def __init__(self) -> None:
        self.journal: list[str] = []
        self.slow_ones = asyncio.Semaphore(0)
        self.refusal: Exception | None = None
        self.schema = strawberry.Schema(Query, Mutation)

    def app(self, **settings: Any) -> AccessLog:
        defaults: dict[str, Any] = {
            "operation_timeout": 5,
            "bulk_timeout": 5,
            "body_timeout": 5,
            "body_limit": 1000,
            "bulk_body_limit": 2000,
            "bulk_fields": frozenset({"load", "loadSlowly"}),
        }
        endpoint = GraphQLEndpoint(
            self.schema, create_executor(Settings().executor, self.schema), self.open_context, **defaults | settings
        )
        return AccessLog(Starlette(routes=[Route("/graphql", endpoint)]))

    @asynccontextmanager
    async def open_context(self, request: Request) -> AsyncIterator["Toy"]:
        if self.refusal:
            raise self.refusal
        self.journal.append("opened")
        try:
            yield self
        except BaseException as error:
            self.journal.append(f"left by {type(error).__name__}")
            raise
        self.journal.append("closed")

    async def send(self, method: str, settings: dict[str, Any], **request: Any) -> httpx2.Response:
        transport = httpx2.ASGITransport(self.app(**settings))
        async with httpx2.AsyncClient(transport=transport, base_url="http://toy") as client:
            return await client.request(method, "/graphql", **request)

    async def post(self, query: str, variables: object = None, accept: str = "*/*", **settings: Any) -> httpx2.Response:
        body = {"query": query, "variables": variables}
        return await self.send("POST", settings, json=body, headers={"accept": accept})

    async def post_raw(self, content: Any, content_type: str | None = "application/json", **settings: Any) -> Any:
        headers = {"content-type": content_type} if content_type else {}
        return await self.send("POST", settings, content=content, headers=headers)

    async def get(self, headers: dict[str, str] | None = None, **params: str) -> httpx2.Response:
        return await self.send("GET", {}, params=params, headers=headers or {})


@pytest.fixture
def toy() -> Toy:
    return Toy()


@pytest.fixture
def serve() -> Serve:
    return serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as served:
        yield served
