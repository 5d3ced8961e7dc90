"""One migrated database for the run, and an application over it whose clock the tests set."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import count
from uuid import uuid4

import asyncpg
import pytest
import uvloop

import service.app
import service.http.graphql
from schema.execution.documents.document_cache import DocumentCache
from schema.execution.running.executors import create_executor
from service.app import create_app
from service.audit import recorder
from service.embedded import running, throwaway_folder
from service.http.garbage_collection import freeze_startup_objects
from service.postgres.database import Database
from service.postgres.migrate import migrate
from service.settings import Settings, connect_arguments
from tests.kit.client import Client, Clock, Statements, founded
from tests.kit.stored import Prepared, delete_all
from tests.kit.workspace_files import end_counting

# Until all tests are collected: their modules stay, and nothing is garbage yet.
gc.disable()
if sys.platform != "win32":
    # For the loop of the tests, as of the service, which takes a fifth less time by it.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
CLEANED = count(1)
# Folders with long tests: one that begins last keeps everybody waiting.
LONG_FIRST = ("tenancy", "authorization", "embedded", "door", "consistency", "workspace", "kpis", "model")
# Folders with tests that wait for other processes much of their time.
WAITING = ("embedded", "door", "pooler", "replica", "hostile")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Lets folders with long tests begin first, where several processes share the tests, and spreads files with tests
    that wait, so that they do not all wait at the same time."""
    ranks = {name: number for number, name in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.parent.name, len(ranks)))
    files = dict.fromkeys(item.path for item in items)
    waiting = [file for file in files if file.parent.name in WAITING]
    places = {file: number / len(files) for number, file in enumerate(files)}
    # Up to the middle: some are long.
    places |= {file: number / len(waiting) / 2 for number, file in enumerate(waiting)}
    items.sort(key=lambda item: places[item.path])


def pytest_collection_finish() -> None:
    """Keeps the collector from looking at modules, schema and tests again and again: a third of the time went there."""
    freeze_startup_objects()
    gc.enable()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated database: on `OKRGRAPH_TEST_DATABASE_URL` if given, else on a cluster of this run alone."""
    with ExitStack() as stack:
        url = os.environ.get("OKRGRAPH_TEST_DATABASE_URL")
        if url is None:
            cluster = stack.enter_context(running(throwaway_folder(), throwaway=True))
            cluster.ensure_database("okrgraph")
            url = cluster.url("okrgraph")
        migrate(url)
        yield url


@pytest.fixture(scope="session", autouse=True)
def no_background_writes() -> Iterator[None]:
    """Refusals are audited a second later, between the messages of another test, unless a test asks for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recorder, "FLUSH_SECONDS", 3600)
        yield


@pytest.fixture(scope="session", autouse=True)
def documents_known() -> Iterator[None]:
    """Applications of one process share valid documents and their plans, as the requests of one application do.

    Otherwise each test would validate and plan the same documents again, which takes longer than to execute them.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service.http.graphql, "DocumentCache", lru_cache(maxsize=8)(DocumentCache))
        patch.setattr(service.app, "create_executor", lru_cache(maxsize=8)(create_executor))
        yield


@pytest.fixture(scope="session")
def settings() -> Settings:
    return Settings(
        key_cache_seconds=3600, statement_timeout=20, lock_timeout=20, operation_timeout=30, pool_timeout=30
    )


@pytest.fixture(scope="session")
async def database(database_url: str, settings: Settings) -> AsyncIterator[Database]:
    made = Database(settings, database_url)
    yield made
    await made.dispose()


@pytest.fixture(scope="session")
async def cleaner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may delete the rows of everybody."""
    connection = await asyncpg.connect(**connect_arguments(database_url))
    # All tables are emptied, so references need no looking after: of 5 000 rows that takes half a minute.
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


@pytest.fixture(scope="session", autouse=True)
async def other_loops() -> None:
    """Loops of commands that tests run are those of `asyncio.run`, once the loop of the tests is there."""
    asyncio.set_event_loop_policy(None)


@pytest.fixture(scope="session", autouse=True)
async def counting_ended() -> AsyncIterator[None]:
    """Ends the connections that count rows."""
    yield
    end_counting()


@pytest.fixture(scope="session")
def prepared(cleaner: asyncpg.Connection, database: Database, settings: Settings) -> Prepared:
    return Prepared(cleaner, database, settings)


@pytest.fixture
async def clean(cleaner: asyncpg.Connection, database: Database) -> AsyncIterator[None]:
    """Empties all tables afterwards."""
    yield
    await delete_all(cleaner)
    # Rows that were deleted stay in the way, and those of temporary tables in the catalog.
    if next(CLEANED) % 25 == 0:
        await cleaner.execute("VACUUM")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(clean: None, database: Database, settings: Settings, clock: Clock) -> AsyncIterator[Client]:
    """An owner of a new organization, in the middle of the year 2026."""
    app = create_app(settings, database, clock)
    async with await founded(app, database, clock, f"Organization {uuid4().hex[:6]}") as made:
        yield made


@pytest.fixture
async def stranger(clean: None, database: Database, settings: Settings, clock: Clock) -> AsyncIterator[Client]:
    """The owner of another organization."""
    app = create_app(settings, database, clock)
    async with await founded(app, database, clock, "Strangers") as made:
        yield made


@pytest.fixture
def statements(database: Database) -> Iterator[Statements]:
    """Counts what is sent to Postgres."""
    with Statements(database) as counted:
        yield counted
