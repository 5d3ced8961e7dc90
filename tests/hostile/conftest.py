"""One service for all attacks; for each group an organization that attacks and one that must not notice."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from service.app import create_app
from service.postgres.database import Database
from service.postgres.tables import metadata
from service.settings import Settings
from tests.hostile.target import STRICT, TABLE, Target, lines_of
from tests.kit.client import Client, Clock, founded
from tests.kit.services import Service, free_port

SLOW_SECONDS = "2"


@pytest.fixture(scope="session")
def attacked(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service as operators start it, which waits for slow clients less long than they would have it wait."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    settings = {"OKRGRAPH_HEADER_TIMEOUT": SLOW_SECONDS, "OKRGRAPH_BODY_TIMEOUT": SLOW_SECONDS}
    started = Service(folder, "attacked", free_port(), database_url, **settings)
    try:
        started.listens(60)
        yield started
    finally:
        started.kill()


@pytest.fixture(scope="module")
async def attacker(database_url: str, database: Database, settings: Settings) -> AsyncIterator[Client]:
    """The owner of the organization whose key the attacks are sent with; all rows are gone afterwards."""
    clock = Clock()
    app = create_app(settings, database, clock)
    async with await founded(app, database, clock, "Attackers") as client:
        yield client
    superuser = await asyncpg.connect(make_url(database_url).set(drivername="postgresql").render_as_string(False))
    for table in reversed(metadata().sorted_tables):
        await superuser.execute(f"DELETE FROM {table.name}")
    await superuser.close()


@pytest.fixture(scope="module")
async def bystander(attacker: Client) -> AsyncIterator[Client]:
    """The owner of an organization that has nothing to do with it."""
    async with await founded(attacker.app, attacker.database, attacker.clock, "Bystanders") as client:
        yield client


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest, attacked: Service, attacker: Client, bystander: Client) -> Iterator[Target]:
    """The service with the probe watching, for one group of attacks."""
    group = request.path.stem.removeprefix("test_").replace("_", " ")
    started = Target(attacked, group, attacker.key, bystander.key)
    try:
        # What is made at first use is not the doing of an attack.
        for _ in range(20):
            assert started.post({"query": "{ objectives { nodes { id title cycle { name } } } viewer { role } }"}) == (
                200,
                None,
            )
        started.begin()
        yield started
    finally:
        started.probe.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints what was measured, where that was asked for."""
    if STRICT and TABLE:
        terminalreporter.section("attacks")
        for line in lines_of(TABLE):
            terminalreporter.write_line(line)
