"""What was written survives whoever is killed, and what is left behind does not hinder the next start."""

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress

import pytest

from service.embedded import running

WRITE = "CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 1000)"
READ = "SELECT sum(n) FROM kept"
REFUSED = "pre-existing shared memory block"


def server_of(cluster):
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def children_of(process):
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True)
    return [int(child) for child in listed.stdout.split()]


def resume(processes, is_due=None):
    """Lets processes go on, at once or, on a machine that is slow to start another one, when they are due."""
    deadline = time.monotonic() + 8
    while is_due is not None and not is_due() and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


def test_after_kill_9_of_ours_the_next_one_joins_the_orphan(ready_folder, hold, sql, runs):
    owner = hold(ready_folder, "database=kept")
    assert owner.server
    with running(ready_folder) as cluster:
        sql(cluster, WRITE, "kept")
        owner.kill()
    assert not runs(owner.server)

    owner = hold(ready_folder, "database=kept")
    server = owner.server
    owner.kill()
    assert runs(server)
    with running(ready_folder) as cluster:
        assert server_of(cluster) == server
        assert sql(cluster, READ, "kept") == "500500"
    assert not runs(server)


def test_after_kill_9_of_the_server_the_next_one_starts_it_again(ready_folder, hold, sql):
    owner = hold(ready_folder, "database=kept")
    assert owner.server
    with running(ready_folder) as cluster:
        sql(cluster, WRITE, "kept")
        os.kill(owner.server, signal.SIGKILL)
        with running(ready_folder) as again:
            assert server_of(again) != owner.server
            assert sql(again, READ, "kept") == "500500"
        assert sql(cluster, READ, "kept") == "500500"
    owner.leave()
    assert "not properly shut down" in cluster.log.read_text()


@pytest.mark.parametrize("lock_is_lost", [False, True])
def test_a_start_waits_for_the_children_of_a_killed_server(ready_folder, sql, runs, lock_is_lost):
    with running(ready_folder) as cluster:
        sql(cluster, WRITE)
        server = server_of(cluster)
        children = children_of(server)
        for child in children:
            # The backend of the last statement may end meanwhile.
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGSTOP)
        os.kill(server, signal.SIGKILL)
        if lock_is_lost:  # then Postgres itself refuses to start a second time
            (ready_folder / "postgres" / "alive.lock").unlink()
        refused = (lambda: REFUSED in cluster.log.read_text()) if lock_is_lost else None
        threading.Timer(0.6, resume, [children, refused]).start()
        begun = time.monotonic()
        with running(ready_folder) as again:
            assert 0.5 < time.monotonic() - begun < 10
            assert sql(again, READ) == "500500"
    log = cluster.log.read_text()
    assert (REFUSED in log) == lock_is_lost


def test_leaving_after_the_server_was_killed_is_no_error(ready_folder):
    with running(ready_folder) as cluster:
        os.kill(server_of(cluster), signal.SIGKILL)


def test_leaving_while_the_server_is_still_writing_its_file_stops_it(ready_folder, runs):
    with running(ready_folder) as cluster:
        server = server_of(cluster)
        written = (cluster.data / "postmaster.pid").read_text()
        (cluster.data / "postmaster.pid").write_text("")
        threading.Timer(0.5, lambda: (cluster.data / "postmaster.pid").write_text(written)).start()
        begun = time.monotonic()
    assert 0.4 < time.monotonic() - begun < 10
    assert not runs(server)


def test_a_process_with_the_id_of_a_dead_server_does_not_hinder(ready_folder, sql):
    with running(ready_folder) as cluster:
        left = (cluster.data / "postmaster.pid").read_text()
        account = cluster.tools.account
    other = subprocess.Popen(["sleep", "60"], user=account.uid if account.switch else None)
    try:
        stale = left.replace(left.split()[0], str(other.pid), 1)
        (cluster.data / "postmaster.pid").write_text(stale)
        (cluster.sockets / ".s.PGSQL.5432.lock").write_text(stale)
        with running(ready_folder) as cluster:
            assert sql(cluster, "SELECT 1") == "1"
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_copy_of_a_folder_in_use_gets_a_server_of_its_own(ready_folder, prepared_folder, sql):
    copy = ready_folder / "copy"
    copy.mkdir(mode=0o755)
    subprocess.run(["cp", "-a", str(prepared_folder / "postgres"), str(copy)], check=True)
    with running(ready_folder) as cluster:
        sql(cluster, WRITE)
        named = cluster.data / "postmaster.pid"
        subprocess.run(["cp", "-a", str(named), str(copy / "postgres" / "data")], check=True)
        with running(copy) as other:
            assert sql(other, "SELECT to_regclass('kept')") == ""
        assert sql(cluster, READ) == "500500"


def test_kill_9_while_the_data_is_being_made_leaves_nothing_half_made(folder, hold, sql, until):
    home = folder / "postgres"
    first = hold(folder)
    until(lambda: any(home.glob("data.*/base")))
    first.kill()
    assert not (home / "data").exists()
    with running(folder) as cluster:
        assert sql(cluster, "SELECT count(*) FROM pg_database") == "3"
        assert not any(home.glob("data.*"))


def test_a_folder_removed_while_in_use_is_no_error_on_leaving(ready_folder):
    with running(ready_folder) as cluster:
        server = server_of(cluster)
        for path in sorted(cluster.data.parent.rglob("*"), reverse=True):
            path.unlink() if not path.is_dir() else path.rmdir()
        cluster.data.parent.rmdir()
    os.kill(server, signal.SIGQUIT)
