"""Commands through poolers: migrating at once, serving the demo, and poolers that cannot be used."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from service.cli import database
from service.postgres.migrate import MigrationBusy, TablesBusy, migrate
from service.postgres.pooler import PoolerUnsuitable, ensure_pooler_suitable
from tests.kit.commands import Ended, run_async
from tests.kit.forks import Fork
from tests.kit.poolers import KEEPS_STATEMENTS, Version
from tests.kit.services import Service, free_port
from tests.pooler.conftest import PROGRAMS, SUITABLE, StartPooler, versions

MIGRATION_LOCK = 6_713_001
UNSUITABLE = (
    "The database cannot be used: its connection pooler hands connections on after each transaction and keeps no"
    " prepared statements. Use pgbouncer 1.21 or newer with max_prepared_statements above 0, or pool_mode = session, or"
    " the address of Postgres itself.\n"
)
LOCKS = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
OLD = sorted(version for version in PROGRAMS if version < KEEPS_STATEMENTS)


@pytest.mark.parametrize("version", versions(SUITABLE))
async def test_migrating_three_times_at_once(
    pooler: StartPooler, empty_url: str, tmp_path: Path, version: Version
) -> None:
    """Each is a process with sessions of its own, and none leaves a lock to whoever has its connection next."""
    url = pooler(version, empty_url).url
    environment = {"OKRGRAPH_DATABASE_URL": url, "PATH": "/usr/bin:/bin"}
    said = [tmp_path / f"said {number}" for number in range(3)]
    started = [Fork(("migrate",), environment, tmp_path / "answers", each) for each in said]
    for each in started:
        assert await asyncio.to_thread(each.wait, 60) == 0
    assert [each.read_text() for each in said] == ["The database is at the newest revision.\n"] * 3
    direct = await asyncpg.connect(empty_url.replace("+asyncpg", ""))
    assert await direct.fetchval(LOCKS) == 0
    await direct.close()
    done = await run_async("migrate", OKRGRAPH_DATABASE_URL=url)
    assert done == Ended(0, "", "The database is at the newest revision.\n")


@pytest.mark.parametrize("version", versions(SUITABLE))
async def test_serving_the_demo_twice_at_once(
    pooler: StartPooler, empty_url: str, tmp_path: Path, version: Version
) -> None:
    url = pooler(version, empty_url).url
    folder = {"OKRGRAPH_DATA_FOLDER": str(tmp_path / "data")}
    started = [Service(tmp_path, f"service-{n}", free_port(), url, "--demo", **folder) for n in range(2)]
    try:
        for each in started:
            await asyncio.to_thread(each.listens, 60)
        assert len({each.key() for each in started}) == 1
        ended = await run_async("organization", "list", OKRGRAPH_DATABASE_URL=url)
        assert (ended.code, len(ended.answers.splitlines())) == (0, 2), "a heading and one organization"
    finally:
        for each in started:
            each.kill()


@pytest.mark.parametrize("version", versions([*OLD, *SUITABLE]))
async def test_a_pooler_that_keeps_no_prepared_statements(
    pooler: StartPooler, tmp_path: Path, version: Version
) -> None:
    url = pooler(version, **({"max_prepared_statements": "0"} if version >= KEEPS_STATEMENTS else {})).url
    for command in ("migrate", "doctor", "organization list"):
        assert await run_async(*command.split(), OKRGRAPH_DATABASE_URL=url) == Ended(3, "", UNSUITABLE)
    serving = Service(tmp_path, "service", free_port(), url)
    assert await asyncio.to_thread(serving.process.wait, 30) == 3
    assert serving.errors() == UNSUITABLE.strip()


@pytest.mark.parametrize("version", versions([*OLD, *SUITABLE]))
async def test_a_pooler_of_sessions(pooler: StartPooler, version: Version) -> None:
    """It needs to keep no statements; with one connection nobody else can come in beside the question."""
    for size in ("1", "10"):
        await ensure_pooler_suitable(pooler(version, pool_mode="session", default_pool_size=size).url)


async def test_postgres_itself(database_url: str) -> None:
    await ensure_pooler_suitable(database_url)


@pytest.mark.parametrize("version", versions([*OLD, *SUITABLE]))
async def test_a_pooler_that_others_use(pooler: StartPooler, version: Version) -> None:
    """While others take connections of the pooler, the answer is the same."""
    keeping = version >= KEEPS_STATEMENTS
    url = pooler(version).url
    busy = [await asyncpg.connect(url.replace("+asyncpg", ""), statement_cache_size=0) for _ in range(4)]

    async def use(connection: asyncpg.Connection) -> None:
        for _ in range(200):
            async with connection.transaction():
                await connection.execute("SELECT 1")

    using = asyncio.gather(*map(use, busy))
    try:
        for _ in range(5):
            if keeping:
                await ensure_pooler_suitable(url)
            else:
                with pytest.raises(PoolerUnsuitable):
                    await ensure_pooler_suitable(url)
    finally:
        await using
        for each in busy:
            await each.close()


async def test_migrating_while_another_one_does(
    database_url: str, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with superuser.transaction():
        await superuser.execute(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        with pytest.raises(MigrationBusy):
            await asyncio.to_thread(migrate, database_url, 0.2)
        monkeypatch.setattr(database, "run_migrations", lambda url, **_: migrate(url, 0.2))
        ended = await run_async("migrate", OKRGRAPH_DATABASE_URL=database_url)
    assert ended == Ended(
        *(
            3,
            "",
            "The database cannot be migrated: another process has been migrating it for 0 s or longer. Wait until"
            " it is done and try again; if none is, end the session that holds the advisory lock (pg_locks tells its"
            " pid).\n",
        ),
    )
    await asyncio.to_thread(migrate, database_url, 0.2)


async def test_migrating_while_others_use_the_tables(database_url: str, superuser: asyncpg.Connection) -> None:
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE alembic_version")
        with pytest.raises(TablesBusy, match="others have used its tables for 0 s or longer"):
            await asyncio.to_thread(migrate, database_url, 0.2)
    await asyncio.to_thread(migrate, database_url, 0.2)
