"""Processes that migrate at the same moment: one empty database, two of one cluster, and logins without privileges."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from service.embedded import Cluster, running, throwaway_folder
from service.postgres.alembic_revisions import newest_revision
from service.settings import ROOT, connect_arguments
from tests.kit.examples import examples

# Four processes race in each.
ROUNDS = examples(1, 3)
ROLES = ("okrgraph_owner", "okrgraph_app")
STATE = """
    SELECT (SELECT array_agg(version_num::text) FROM alembic_version) AS revisions,
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS locks"""
MEMBERS = """
    SELECT DISTINCT roleid::regrole::text AS role FROM pg_auth_members
    WHERE member = 'migrator'::regrole ORDER BY role"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster without our roles, which belong to the cluster and not to a database."""
    with running(throwaway_folder(), throwaway=True) as started:
        asyncio.run(executed(started, "CREATE ROLE migrator LOGIN CREATEROLE"))
        yield started


@pytest.fixture(scope="module")
def migrators() -> Iterator[subprocess.Popen[str]]:
    program = (sys.executable, "-m", "tests.door.migrators")
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def migrated(migrators: subprocess.Popen[str], urls: list[str]) -> list[str | None]:
    """What each of the migrations at the same moment raised, or None."""
    assert migrators.stdin is not None
    assert migrators.stdout is not None
    migrators.stdin.write(json.dumps(urls) + "\n")
    migrators.stdin.flush()
    errors: list[str | None] = json.loads(migrators.stdout.readline())
    return errors


async def executed(cluster: Cluster, *statements: str) -> None:
    connection = await asyncpg.connect(**connect_arguments(cluster.url("postgres")))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def fetched(url: str, query: str) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(**connect_arguments(url))
    try:
        return [dict(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("names", "login"),
    [(["single"] * 4, "postgres"), (["first", "second"] * 2, "postgres"), (["third", "fourth"] * 2, "migrator")],
    ids=["one-database", "two-databases", "two-databases-without-superuser"],
)
async def test_each_migrates_or_waits(
    cluster: Cluster, migrators: subprocess.Popen[str], names: list[str], login: str
) -> None:
    databases = sorted(set(names))
    url_of = {
        name: make_url(cluster.url(name)).set(username=login).render_as_string(hide_password=False)
        for name in databases
    }
    for _ in range(ROUNDS):
        await executed(cluster, *(f"CREATE DATABASE {name} OWNER {login}" for name in databases))
        assert migrated(migrators, [url_of[name] for name in names]) == [None] * len(names)
        for name in databases:
            assert await fetched(url_of[name], STATE) == [{"revisions": [newest_revision()], "locks": 0}]
        if login == "migrator":
            assert await fetched(cluster.url("postgres"), MEMBERS) == [{"role": role} for role in sorted(ROLES)]
        await executed(
            cluster, *(f"DROP DATABASE {name}" for name in databases), *(f"DROP ROLE {role}" for role in ROLES)
        )
