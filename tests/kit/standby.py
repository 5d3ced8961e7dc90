"""A streaming replica of a cluster of the tests."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from service.embedded import Cluster
from service.embedded.options import PORT, server_options

START_SECONDS = 30.0


class Standby:
    """A copy of a cluster that follows it, made by pg_basebackup; `url` is that of a database in it."""

    def __init__(self, primary: Cluster, folder: Path) -> None:
        self._primary, self._tools, self._folder = primary, primary.tools, folder
        self._data, self._log = folder / "data", folder / "postgres.log"
        account = self._tools.account
        folder.mkdir(mode=0o700)
        if account.switch:
            os.chown(folder, account.uid, account.gid)
        where = ("--host", str(primary.sockets), "--port", str(PORT), "--username", "postgres")
        options = ("--write-recovery-conf", "--checkpoint", "fast", "--no-sync")
        self._run("pg_basebackup", "--pgdata", str(self._data), *options, *where)
        self.start()

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database in the replica."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self._folder}"

    def start(self) -> None:
        """Starts it, and returns once it answers."""
        command = [str(self._tools.bin / "postgres"), "-D", str(self._data), *server_options(self._folder, True)]
        # What it removes in a conflict with a read, it removes soon.
        command += ["-c", "max_standby_streaming_delay=200ms"]
        account = self._tools.account
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.uid if account.switch else None,
            group=account.gid if account.switch else None,
            extra_groups=[] if account.switch else None,
        )
        deadline = time.monotonic() + START_SECONDS
        options = ("--quiet", "--host", str(self._folder), "--port", str(PORT))
        while self._tools.run("pg_isready", *options).returncode:
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)

    def execute(self, statement: str) -> str:
        """What psql prints of a statement that is run in the replica."""
        where = ("--host", str(self._folder), "--port", str(PORT), "--username", "postgres")
        return self._run("psql", "--no-psqlrc", "--tuples-only", "--no-align", *where, "--command", statement)

    def promote(self) -> None:
        """Makes it a primary of its own, which follows nobody."""
        self.execute("SELECT pg_promote()")

    def freeze(self) -> None:
        """Stops all its processes, which keep their connections."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets frozen processes go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends all its processes at once."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def remove(self) -> None:
        """Ends it and removes its files."""
        if self._process.poll() is None:
            self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        # Postgres makes a session of each of its processes.
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in (self._process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _run(self, program: str, *arguments: str) -> str:
        done = self._tools.run(program, *arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()
