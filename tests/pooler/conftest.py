"""Poolers of every version that is installed, and databases behind them."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.kit.poolers import KEEPS_STATEMENTS, Pooler, Version, installed

StartPooler = Callable[..., Pooler]
PROGRAMS = installed()
SUITABLE = sorted(version for version in PROGRAMS if version >= KEEPS_STATEMENTS)


def versions(installed: list[Version]) -> Sequence[object]:
    """Parameters of a test that runs with each version; skipped where there is none."""
    missing = pytest.mark.skip(reason="no such pgbouncer is installed: `make pgbouncer` fetches the newest one")
    parameters = [pytest.param(version, id=".".join(map(str, version))) for version in installed]
    return parameters or [pytest.param(None, marks=missing, id="none")]


@pytest.fixture
def pooler(tmp_path: Path, database_url: str) -> Iterator[StartPooler]:
    """Starts poolers of a version, with settings of pgbouncer, before the database or another one."""
    poolers: list[Pooler] = []

    def start(version: Version, url: str = database_url, **settings: str) -> Pooler:
        folder = tmp_path / f"pooler-{len(poolers)}"
        folder.mkdir()
        poolers.append(Pooler(PROGRAMS[version], folder, url, **settings))
        return poolers[-1]

    yield start
    for each in poolers:
        each.kill()


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to Postgres itself."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


@pytest.fixture
async def empty_url(superuser: asyncpg.Connection, database_url: str) -> AsyncIterator[str]:
    """The URL, without a pooler, of a database in which nothing is."""
    name = f"pooled_{uuid4().hex[:8]}"
    await superuser.execute(f"CREATE DATABASE {name}")
    yield make_url(database_url).set(database=name).render_as_string(hide_password=False)
    await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
