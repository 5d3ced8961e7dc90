"""Applications with settings of their own, and a hand on the locks of the database."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from sqlalchemy.engine import make_url

from service.app import create_app
from service.postgres.alembic_revisions import alembic_config
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Client, Clock

Door = Callable[..., Awaitable[Client]]
Held = Callable[[str], AbstractAsyncContextManager[None]]
Waiting = Callable[[int], Awaitable[None]]

DatabaseAt = Callable[[str], Awaitable[str]]

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'okrgraph' AND wait_event_type = 'Lock'"


@pytest.fixture(scope="session")
def plain_url(database_url: str) -> str:
    """The database as the driver alone writes it."""
    return database_url.replace("postgresql+asyncpg://", "postgresql://")


@pytest.fixture
async def superuser(plain_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(plain_url)
    yield connection
    await connection.close()


@pytest.fixture
async def database_at(superuser: asyncpg.Connection, database_url: str) -> AsyncIterator[DatabaseAt]:
    """Makes databases at a revision of the migrations."""
    names: list[str] = []

    async def make(revision: str) -> str:
        names.append(f"earlier_{uuid4().hex[:8]}")
        await superuser.execute(f"CREATE DATABASE {names[-1]}")
        url = make_url(database_url).set(database=names[-1]).render_as_string(hide_password=False)
        await asyncio.to_thread(command.upgrade, alembic_config(url), revision)
        return url

    yield make
    for name in names:
        await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def door(client: Client, database_url: str, clock: Clock) -> AsyncIterator[Door]:
    """Makes applications with settings of their own; who asks is the owner that `client` is."""
    clients: list[Client] = []

    async def make(**changed: Any) -> Client:
        settings = Settings(**{"key_cache_seconds": 3600, **changed})
        database = Database(settings, str(changed.get("database_url", database_url)))
        app = create_app(settings, database, clock)
        clients.append(Client(app, database, clock, client.organization_id, client.person_id, client.key))
        return clients[-1]

    yield make
    for each in clients:
        await each.http.aclose()
        await each.database.dispose()


@pytest.fixture
def held(plain_url: str) -> Held:
    """Keeps everybody else from a table: whatever touches it is as slow as one likes."""
    return lambda table: holding(plain_url, f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")


@pytest.fixture
def rows_held(plain_url: str) -> Held:
    """Keeps everybody else from changing the rows of a table."""
    return lambda table: holding(plain_url, f"SELECT FROM {table} FOR UPDATE")


@asynccontextmanager
async def holding(url: str, lock: str) -> AsyncIterator[None]:
    """A transaction of its own connection that has taken a lock."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(lock)
            yield
    finally:
        await connection.close()


@pytest.fixture
def waiting(superuser: asyncpg.Connection) -> Waiting:
    """Returns once so many statements of services wait for a lock, within five seconds."""

    async def until(count: int) -> None:
        deadline = time.monotonic() + 5
        while (waiting_count := await superuser.fetchval(WAITING)) != count:
            assert time.monotonic() < deadline, f"{waiting_count} statements wait, not {count}"
            await asyncio.sleep(0.02)

    return until
