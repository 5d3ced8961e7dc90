"""What faults happen to: a durable Postgres of its own, and processes of okrgraph that serve it."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2

from service.embedded import Cluster, running
from tests.drill.data import folder_for, prepare, prepared
from tests.drill.ledger import Ledger
from tests.drill.postgres import NAME
from tests.kit.poolers import KEEPS_STATEMENTS, Pooler, installed
from tests.kit.services import Service, free_port
from tests.kit.standby import Standby

START_SECONDS = 60.0
STOP_SECONDS = 30.0
SMALL_DISK = "160m"


class Skipped(Exception):
    """A fault that cannot happen on this machine; the message says why."""


class Stand:
    """A Postgres, the processes of okrgraph that serve it, and the ledger of their clients.

    `settings` are variables of the processes; without OKRGRAPH_DATABASE_URL among them the Postgres is the embedded
    one of the processes. `note` is what the report says about how the fault was made here.
    """

    def __init__(self, logs: Path, cluster: Cluster, keys: list[str], settings: dict[str, str]) -> None:
        self.cluster, self.keys = cluster, keys
        self.ledger = Ledger()
        self.note: str | None = None
        self.pooler: Pooler | None = None
        self.standby: Standby | None = None
        self.disk: Path | None = None
        self.processes: list[Service] = []
        self._logs, self._settings = logs, settings
        self._ports: list[int] = []

    @property
    def urls(self) -> list[str]:
        """Where the processes listen, or listened."""
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    def mark(self) -> None:
        """Notes that the fault happens now."""
        self.ledger.note_fault(time.monotonic())

    def serve(self, number: int = 0) -> None:
        """Starts a process, or starts it again on the port that it had, and returns once it is ready."""
        if number == len(self._ports):
            self._ports.append(free_port())
        settings = dict(self._settings)
        url = settings.pop("OKRGRAPH_DATABASE_URL", "")
        started = Service(self._logs, f"process-{len(self.processes)}", self._ports[number], url, **settings)
        self.processes.append(started)
        started.listens(START_SECONDS)
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready(started.url):
            assert time.monotonic() < deadline, started.errors()
            time.sleep(0.1)

    def stop(self, process: Service) -> None:
        """Ends a process in order."""
        if process.process.poll() is None:
            process.stop(signal.SIGTERM)
            process.process.wait(STOP_SECONDS)

    def complaints(self) -> list[str]:
        """What the processes logged or wrote that tells of a bug."""
        complaints = []
        for process in self.processes:
            if errors := process.errors():
                complaints.append(f"stderr: {errors[-2000:]}")
            try:
                lines = process.log()
            except ValueError as error:
                complaints.append(f"a line of the log is not JSON: {error}")
                continue
            bugs = [line for line in lines if line.get("event") == "internal error" or "exception" in line]
            complaints += [str(line.get("exception", line))[-2000:] for line in bugs]
        return complaints

    def _is_ready(self, url: str) -> bool:
        response = httpx2.get(f"{url}/ready", trust_env=False, timeout=20)
        state = response.json()
        following = self.standby is None or state.get("replica", {}).get("status") == "FOLLOWING"
        return response.status_code == 200 and following


@contextmanager
def embedded(parent: Path | None = None) -> Iterator[Stand]:
    """One process over its embedded Postgres, which nobody else keeps running."""
    with folder_for() as logs, folder_for(parent) as folder:
        keys = prepare(folder)
        with running(folder) as cluster:
            pass
        with stopping(Stand(logs, cluster, keys, {"OKRGRAPH_DATA_FOLDER": str(folder)})) as stand:
            stand.serve()
            yield stand


@contextmanager
def external(processes: int = 1) -> Iterator[Stand]:
    """Processes over a Postgres that is not theirs."""
    with prepared() as (folder, cluster, keys):
        settings = {"OKRGRAPH_DATABASE_URL": cluster.url(NAME)}
        with stopping(Stand(folder, cluster, keys, settings)) as stand:
            for number in range(processes):
                stand.serve(number)
            yield stand


@contextmanager
def two_processes() -> Iterator[Stand]:
    """Two processes over one Postgres, each with half of the clients."""
    with external(2) as stand:
        yield stand


@contextmanager
def small_disk() -> Iterator[Stand]:
    """A process over an embedded Postgres in a small file system, or over an external one where nothing can be
    mounted."""
    disk = Path(tempfile.mkdtemp(prefix="okrgraph-drill-disk-"))
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=711", "tmpfs", str(disk)]
    try:
        mounted = os.geteuid() == 0 and subprocess.run(mounting, check=False, capture_output=True).returncode == 0
        if not mounted:
            with external() as stand:
                stand.note = "by a trigger that raises SQLSTATE 53100, since nothing can be mounted here"
                yield stand
            return
        try:
            with embedded(disk) as stand:
                stand.disk = disk
                stand.note = f"a tmpfs of {SMALL_DISK} with data and write-ahead log, filled by a file"
                yield stand
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    finally:
        disk.rmdir()


@contextmanager
def behind_pooler() -> Iterator[Stand]:
    """A process that reaches its Postgres through pgbouncer."""
    programs = installed()
    suitable = [version for version in programs if version >= KEEPS_STATEMENTS]
    if not suitable:
        raise Skipped("no pgbouncer of 1.21 or newer is installed; `make pgbouncer` fetches one")
    version = max(suitable)
    with prepared() as (folder, cluster, keys):
        pooler = Pooler(programs[version], folder, cluster.url(NAME))
        try:
            with stopping(Stand(folder, cluster, keys, {"OKRGRAPH_DATABASE_URL": pooler.url})) as stand:
                stand.pooler = pooler
                stand.note = f"pgbouncer {version[0]}.{version[1]} in transaction mode"
                stand.serve()
                yield stand
        finally:
            pooler.kill()


@contextmanager
def with_replica() -> Iterator[Stand]:
    """A process that reads from a streaming replica of its Postgres."""
    with prepared() as (folder, cluster, keys):
        standby = Standby(cluster, folder / "standby")
        urls = {"OKRGRAPH_DATABASE_URL": cluster.url(NAME), "OKRGRAPH_READ_DATABASE_URL": standby.url(NAME)}
        try:
            with stopping(Stand(folder, cluster, keys, urls)) as stand:
                stand.standby = standby
                stand.serve()
                yield stand
        finally:
            standby.remove()


@contextmanager
def stopping(stand: Stand) -> Iterator[Stand]:
    """The stand, whose processes end with the block whatever happens."""
    try:
        yield stand
    finally:
        for process in stand.processes:
            with suppress(subprocess.TimeoutExpired):
                stand.stop(process)
            process.kill()
