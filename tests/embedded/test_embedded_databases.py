"""Databases of a cluster, how to connect to them, and what the server is set to."""

import asyncio
import os
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from service.embedded import running


@pytest.fixture(scope="module")
def cluster():
    from service.embedded import throwaway_folder

    os.environ["OKRGRAPH_TEST_SECRET"] = "pepper"
    with running(throwaway_folder(), throwaway=True) as cluster:
        yield cluster
    del os.environ["OKRGRAPH_TEST_SECRET"]


async def current_database(url):
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        name = (await connection.execute(text("SELECT current_database()"))).scalar_one()
    await engine.dispose()
    return name


@pytest.mark.parametrize("name", ["okrgraph", "Capitals and a space", "quo\"te's", "ünï%/?&", "x" * 63])
def test_a_database_is_made_when_missing_and_can_be_reached(cluster, name):
    cluster.ensure_database(name)
    cluster.ensure_database(name)
    assert asyncio.run(current_database(cluster.url(name))) == name


def test_a_database_is_made_once_when_several_processes_want_it(ready_folder, hold, sql):
    with running(ready_folder) as cluster:
        names = [f"database=raced{n}" for n in range(4)]
        for held in [hold(ready_folder, *names) for _ in range(4)]:
            held.leave()
        databases = sql(cluster, "SELECT datname FROM pg_database WHERE datname LIKE 'raced%' ORDER BY 1")
        assert databases.split() == ["raced0", "raced1", "raced2", "raced3"]
        assert "ERROR" not in cluster.log.read_text()


@pytest.mark.parametrize("name", ["", "x" * 64, "ü" * 32])
def test_a_name_that_postgres_would_cut_is_refused(cluster, name):
    with pytest.raises(ValueError, match="1 to 63 bytes"):
        cluster.ensure_database(name)


def test_the_url_names_the_socket_folder(cluster, monkeypatch):
    monkeypatch.delenv("PGPORT", raising=False)
    assert cluster.url("okrgraph") == f"postgresql+asyncpg://postgres@/okrgraph?host={cluster.sockets}"


def test_a_port_in_the_environment_leads_nobody_astray(cluster, monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    assert make_url(cluster.url("a")).query["port"] == "5432"
    assert asyncio.run(current_database(cluster.url("postgres"))) == "postgres"


def test_the_cluster_cannot_be_changed(cluster):
    with pytest.raises(FrozenInstanceError):
        cluster.version = 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("jit", "off"),
        ("max_connections", "100"),
        ("shared_buffers", "128MB"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("fsync", "off"),
        ("synchronous_commit", "off"),
        ("full_page_writes", "off"),
        ("autovacuum", "off"),
    ],
)
def test_settings_of_a_throwaway(cluster, sql, setting, value):
    assert sql(cluster, f"SHOW {setting}") == value


def test_what_is_kept_is_written_durably(ready_folder, sql):
    with running(ready_folder) as cluster:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            assert sql(cluster, f"SHOW {setting}") == "on"


def test_text_sorts_by_code_point_on_every_machine(cluster, sql):
    provider = "b" if cluster.version >= 17 else "c"
    assert sql(cluster, "SELECT datlocprovider FROM pg_database WHERE datname = 'postgres'") == provider
    assert sql(cluster, "SELECT string_agg(v, '' ORDER BY v) FROM unnest('{a,B,ä,b,A}'::text[]) v") == "ABabä"
    assert sql(cluster, "SELECT upper('ä')") == "Ä"


def test_nobody_else_gets_at_the_server(cluster):
    assert cluster.sockets.stat().st_mode & 0o077 == 0
    assert (cluster.sockets / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0
    assert cluster.data.stat().st_mode & 0o077 == 0
    assert cluster.log.stat().st_mode & 0o077 == 0


def test_our_secrets_do_not_reach_the_server(cluster):
    server = (cluster.data / "postmaster.pid").read_text().split()[0]
    environment = Path(f"/proc/{server}/environ")
    if not environment.exists():
        pytest.skip("no /proc here")
    assert b"OKRGRAPH" not in environment.read_bytes()
