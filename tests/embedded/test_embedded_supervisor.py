"""A supervisor finds out that the server is down, restarts it, and can be interrupted at any moment."""

import os
import signal
import subprocess
import time

import pytest
from structlog.testing import capture_logs

from service.embedded import running, supervised
from service.embedded.server import find_outage
from tests.embedded.conftest import take_lock

DOWN = "embedded postgres down"
FAILED = "embedded postgres restart failed"
RESTARTED = "embedded postgres restarted"


@pytest.fixture
def lines():
    with capture_logs() as captured:
        yield captured


def events(lines):
    return [line["event"] for line in lines]


def server_of(cluster):
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def children_of(process):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True)
    return [int(child) for child in listed.stdout.split()]


def is_starting(data):
    """Whether the server is there, and does not take connections yet."""
    try:
        return "starting" in (data / "postmaster.pid").read_text()
    except FileNotFoundError:
        return False


def test_a_server_that_runs_is_left_alone(ready_folder, lines):
    with running(ready_folder) as cluster, supervised(cluster) as supervisor:
        server = server_of(cluster)
        for connect in (False, True):
            assert find_outage(cluster.home, cluster.sockets, connect=connect) is None
        time.sleep(1.2)
        assert server_of(cluster) == server
        assert supervisor.find_fault() is None
    assert lines == []


def test_a_killed_server_is_restarted_and_stopped_at_the_end(ready_folder, lines, sql, runs, until):
    with running(ready_folder) as cluster, supervised(cluster):
        sql(cluster, "CREATE TABLE kept AS SELECT 1 AS n")
        killed = server_of(cluster)
        os.kill(killed, signal.SIGKILL)
        until(lambda: RESTARTED in events(lines))
        server = server_of(cluster)
        assert server != killed
        assert sql(cluster, "SELECT n FROM kept") == "1"
    assert not runs(server)
    down, restarted = lines
    assert down == {"event": DOWN, "log_level": "warning", "reason": "no process of it is left", "retry_in_s": 1.0}
    assert 1 <= restarted.pop("down_s") < 10
    assert restarted == {"event": RESTARTED, "log_level": "info", "failures": 0}


def test_a_server_that_was_stopped_in_order_is_restarted(ready_folder, lines, sql, until):
    with running(ready_folder) as cluster, supervised(cluster):
        cluster.tools.run("pg_ctl", "stop", "--pgdata", str(cluster.data), "--mode", "fast")
        until(lambda: RESTARTED in events(lines))
        assert sql(cluster, "SELECT 1") == "1"
    assert events(lines) == [DOWN, RESTARTED]


def test_a_dead_server_whose_children_hang_is_found_by_connecting(ready_folder, lines, sql, until):
    with running(ready_folder) as cluster, supervised(cluster):
        children = children_of(server_of(cluster))
        for child in children:
            os.kill(child, signal.SIGSTOP)
        os.kill(server_of(cluster), signal.SIGKILL)
        try:
            assert find_outage(cluster.home, cluster.sockets, connect=False) is None
            until(lambda: DOWN in events(lines))
        finally:
            for child in children:
                os.kill(child, signal.SIGCONT)
        assert lines[0]["reason"] == "it cannot be reached: Connection refused"
        until(lambda: events(lines) == [DOWN, RESTARTED])
        assert sql(cluster, "SELECT 1") == "1"


def test_a_server_whose_lock_was_removed_is_not_taken_to_be_down(ready_folder, sql):
    with running(ready_folder) as cluster:
        cluster.home.alive.unlink()
        assert find_outage(cluster.home, cluster.sockets, connect=False) is None
        cluster.tools.run("pg_ctl", "stop", "--pgdata", str(cluster.data), "--mode", "fast")
        assert find_outage(cluster.home, cluster.sockets, connect=False) == "no process of it is left"


def test_a_data_folder_that_was_moved_away_is_never_made_anew(ready_folder, lines, sql, until):
    with running(ready_folder) as cluster, supervised(cluster):
        sql(cluster, "CREATE TABLE kept AS SELECT 1 AS n")
        cluster.data.rename(cluster.data.with_name("aside"))
        os.kill(int((cluster.data.with_name("aside") / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        until(lambda: FAILED in events(lines))
        assert not cluster.data.exists()
        cluster.data.with_name("aside").rename(cluster.data)
        until(lambda: RESTARTED in events(lines))
        assert sql(cluster, "SELECT n FROM kept") == "1"
    failed = lines[1]
    assert (failed["event"], failed["log_level"], failed["failures"], failed["retry_in_s"]) == (FAILED, "error", 1, 2.0)
    assert f'could not access directory "{cluster.data}"' in failed["error"]
    assert failed["exc_info"] is False


def test_leaving_interrupts_a_restart_that_takes_long(ready_folder, lines, runs, until):
    """The server was launched and recovers for an hour: nobody waits for it, and it is stopped all the same."""
    with running(ready_folder) as cluster:
        with supervised(cluster):
            (cluster.data / "recovery.signal").touch()
            with (cluster.data / "postgresql.auto.conf").open("a") as settings:
                settings.write("restore_command = 'sleep 3600'\n")
            killed = server_of(cluster)
            os.kill(killed, signal.SIGKILL)
            until(lambda: is_starting(cluster.data))
            server = server_of(cluster)
            assert runs(server)
            began = time.monotonic()
        assert time.monotonic() - began < 5
    assert time.monotonic() - began < 10
    assert not runs(server)
    take_lock(cluster.home.alive).close()
    assert events(lines) == [DOWN]


def test_leaving_interrupts_waiting_for_another_process_that_starts_the_server(ready_folder, lines, until):
    with running(ready_folder) as cluster, take_lock(cluster.home.gate):
        with supervised(cluster):
            os.kill(server_of(cluster), signal.SIGKILL)
            until(lambda: events(lines) == [DOWN])
            time.sleep(1.5)
            began = time.monotonic()
        assert time.monotonic() - began < 1
    assert events(lines) == [DOWN]
