"""What the tests of the embedded Postgres share: a folder, processes that hold it, and SQL."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import pytest

from service.embedded import running, throwaway_folder
from service.embedded.locks import try_lock
from tests.kit.services import Service, free_port

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Held:
    """A process that uses a cluster; `facts` is what it says of it."""

    def __init__(self, process):
        self.process = process

    @cached_property
    def facts(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    @property
    def server(self):
        return self.facts["server"]

    def leave(self):
        """Let it end in order."""
        output, errors = self.process.communicate("", timeout=30)
        assert (self.process.returncode, errors) == (0, ""), output + errors

    def kill(self):
        self.process.kill()
        self.process.communicate()


def take_lock(path, *, shared=False):
    """The lock, which is free."""
    lock = try_lock(path, shared=shared)
    assert lock is not None
    return lock


@pytest.fixture
def hold():
    """Start a process that uses the cluster below a folder."""
    started = []

    def start(folder, *wants, python=sys.executable, path=(), **options):
        paths = filter(None, (str(ROOT), *map(str, path), os.environ.get("PYTHONPATH")))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        process = subprocess.Popen(
            [str(python), "-B", str(HERE / "holder.py"), str(folder), *wants],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            **options,
        )
        started.append(process)
        return Held(process)

    yield start
    for process in started:
        if process.poll() is None:
            process.communicate("")


@pytest.fixture
def folder():
    """A folder that every account can reach, cleared of whatever server a test left in it."""
    folder_path = throwaway_folder()
    yield folder_path
    for left in folder_path.rglob("postmaster.pid"):
        with suppress(OSError, ValueError):
            server = int(left.read_text().split()[0])
            if str(folder_path) in Path(f"/proc/{server}/cmdline").read_text():
                os.kill(server, signal.SIGQUIT)
    shutil.rmtree(folder_path, ignore_errors=True)


@pytest.fixture(scope="session")
def prepared_folder():
    """A cluster that is never used, to be copied: that takes a tenth of the time of making one."""
    folder_path = throwaway_folder()
    with running(folder_path) as cluster:
        pass
    cluster.log.unlink()
    yield folder_path
    shutil.rmtree(folder_path)


@pytest.fixture
def ready_folder(folder, prepared_folder):
    """Such a folder with a durable cluster in it, stopped."""
    subprocess.run(["cp", "-a", str(prepared_folder / "postgres"), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def prepared_demo(tmp_path_factory):
    """A folder in which a service has made the demo and ended, to be copied."""
    folder_path = throwaway_folder()
    settings = {"OKRGRAPH_DATA_FOLDER": str(folder_path)}
    service = Service(tmp_path_factory.mktemp("demo"), "demo", free_port(), "", "--demo", **settings)
    service.listens(120)
    service.stop(signal.SIGTERM)
    assert service.process.wait(30) == 0
    yield folder_path
    shutil.rmtree(folder_path)


@pytest.fixture
def demo_folder(folder, prepared_demo):
    """Such a folder of its own, stopped."""
    subprocess.run(["cp", "-a", f"{prepared_demo}/.", str(folder)], check=True)
    return folder


@pytest.fixture
def sql():
    """Run SQL and return what it answers, unaligned."""

    def run(cluster, text, database="postgres"):
        arguments = ("-XqAt", "-v", "ON_ERROR_STOP=1", "-h", str(cluster.sockets), "-p", "5432")
        done = cluster.tools.run("psql", *arguments, "-U", "postgres", "-d", database, text=text)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    return run


@pytest.fixture
def runs():
    """Whether a process lives; one that has died and waits to be reaped does not."""

    def state(process):
        done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
        return done.stdout.strip()[:1] not in ("", "Z")

    return state


@pytest.fixture
def until():
    """Wait until something holds, at most forty seconds."""

    def wait(holds):
        deadline = time.monotonic() + 40
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    return wait
