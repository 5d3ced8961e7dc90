"""A primary and a replica of the tests of this folder alone, and services over both."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from service.app import create_app
from service.embedded import Cluster, running, throwaway_folder
from service.postgres.database import Database
from service.postgres.migrate import migrate
from service.postgres.replica import Replica
from service.settings import Settings
from tests.kit.client import Client, Clock, founded
from tests.kit.standby import Standby

NAME = "okrgraph"


@pytest.fixture(scope="session")
def primary() -> Iterator[Cluster]:
    """A cluster whose database is migrated."""
    with running(throwaway_folder(), throwaway=True) as cluster:
        cluster.ensure_database(NAME)
        migrate(cluster.url(NAME))
        # As on a cluster that is not thrown away: what is committed is in the log.
        options = ("--host", str(cluster.sockets), "--username", "postgres", "--dbname", NAME)
        done = cluster.tools.run("psql", *options, "--command", f"ALTER DATABASE {NAME} SET synchronous_commit = on")
        assert done.returncode == 0, done.stdout
        yield cluster


@pytest.fixture(scope="session")
def standby(primary: Cluster) -> Iterator[Standby]:
    """A replica that follows the primary; tests leave it as it was."""
    parent = Path(throwaway_folder())
    created = Standby(primary, parent / "standby")
    yield created
    created.remove()
    parent.rmdir()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """The path of a folder for another replica, short enough for a socket in it."""
    parent = Path(throwaway_folder())
    yield parent / "standby"
    parent.rmdir()


@pytest.fixture
async def superuser(primary: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the primary."""
    connection = await asyncpg.connect(primary.url(NAME).replace("+asyncpg", ""))
    yield connection
    await connection.close()


@pytest.fixture
async def database(primary: Cluster, standby: Standby) -> AsyncIterator[Database]:
    """The pools of a process that has watched the replica until it could be read from."""
    created = Database(Settings(replica_lag_limit=2), primary.url(NAME), standby.url(NAME))
    assert created.replica is not None
    created.replica.watch()
    await until(lambda: replica_of(created).is_usable)
    yield created
    await created.dispose()


@pytest.fixture
async def client(database: Database, clock: Clock) -> AsyncIterator[Client]:
    """An owner of a new organization."""
    app = create_app(Settings(), database, clock)
    async with await founded(app, database, clock, f"Organization {uuid4().hex[:6]}") as created:
        yield created


def replica_of(database: Database) -> Replica:
    """The replica, which is there."""
    assert database.replica is not None
    return database.replica


async def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Returns once a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
