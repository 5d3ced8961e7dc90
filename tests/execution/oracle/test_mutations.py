"""Mutations have the same results and leave the same database under both executors."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from itertools import count
from random import Random
from typing import Any

import asyncpg
import pytest
import uuid_utils.compat
from graphql import DocumentNode, ExecutionResult
from sqlalchemy import make_url

from schema.context import Context
from schema.execution.running.executor import Executor
from service.app import create_app
from service.postgres.database import Database
from service.postgres.migrate import migrate
from service.settings import Settings
from tests.execution.oracle.comparing import Oracle
from tests.execution.oracle.test_oracle import DOCUMENTS
from tests.kit.client import Clock, founded
from tests.kit.estate import Estate, dump

FIRST_ID = 0x01A2_0000_0000_7000_8000_0000_0000_0000
DATABASE_NAMES = ("mutated_by_levels", "mutated_by_graphql_core")


class Twins(Oracle):
    """An oracle with a database for each executor; new rows have the same ids in both."""

    databases: dict[Executor, Database]
    numbers: Any = None

    async def _execute(
        self, executor: Executor, document: DocumentNode, variables: dict[str, Any], seed: int
    ) -> ExecutionResult:
        self.numbers = count(FIRST_ID + self.compared * 10_000)
        context = Context(self.databases[executor], self.client.viewer, self.client.clock.now)
        try:
            return await executor.run(document, variables=variables, operation_name=None, context=context)
        finally:
            await context.close()


def driver_url(url: str, database: str | None = None) -> str:
    """A URL for the driver, with another database if one is named."""
    return make_url(url).set(drivername="postgresql", database=database).render_as_string(False)


@pytest.fixture
async def twins(database_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Twins]:
    superuser = await asyncpg.connect(driver_url(database_url))
    urls = [make_url(database_url).set(database=name).render_as_string(False) for name in DATABASE_NAMES]
    await superuser.execute(f"CREATE DATABASE {DATABASE_NAMES[0]}")
    try:
        await asyncio.to_thread(migrate, urls[0])
        clock, first = Clock(), Database(settings, urls[0])
        async with await founded(create_app(settings, first, clock), first, clock, "Twins of the oracle") as client:
            estate = await (await Estate(client, "Own").furnish()).extend()
        await first.dispose()
        await superuser.execute(f"CREATE DATABASE {DATABASE_NAMES[1]} TEMPLATE {DATABASE_NAMES[0]}")
        twin_oracle = Twins(client, estate.ids)
        twin_oracle.databases = {
            twin_oracle.breadth_first: Database(settings, urls[0]),
            twin_oracle.graphql_core: Database(settings, urls[1]),
        }
        monkeypatch.setattr(uuid_utils.compat, "_from_int", lambda _: uuid.UUID(int=next(twin_oracle.numbers)))
        yield twin_oracle
        for database in twin_oracle.databases.values():
            await database.dispose()
    finally:
        for name in DATABASE_NAMES:
            await superuser.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await superuser.close()


async def test_mutations(database_url: str, twins: Twins) -> None:
    connections = [await asyncpg.connect(driver_url(database_url, name)) for name in DATABASE_NAMES]
    events = "SELECT count(*) FROM events"
    before = await connections[0].fetchval(events)
    for number in range(DOCUMENTS // 5):
        twins.client.clock.advance(minutes=1)
        await twins.check(Random(number), 0, "mutation")
    assert await dump(connections[0]) == await dump(connections[1])
    # Otherwise only refusals would have been compared.
    assert await connections[0].fetchval(events) - before > DOCUMENTS // 20
    assert twins.breadth_first.fallback_count == 0
    for connection in connections:
        await connection.close()
