"""Processes of pgbouncer before the database of the tests."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from socket import create_connection

from sqlalchemy.engine import make_url

from service.embedded.account import unprivileged_account
from service.settings import ROOT
from tests.kit.services import free_port

# Debian keeps it where ordinary users do not look; `make pgbouncer` fetches the newest one.
CANDIDATES = (str(ROOT / ".pgbouncer" / "pgbouncer"), shutil.which("pgbouncer"), "/usr/sbin/pgbouncer")
Version = tuple[int, int]
KEEPS_STATEMENTS: Version = (1, 21)


def installed() -> dict[Version, str]:
    """The programs of this machine by their versions; the variable OKRGRAPH_TEST_PGBOUNCER adds some, separated by
    colons."""
    added = os.environ.get("OKRGRAPH_TEST_PGBOUNCER", "").split(":")
    programs: dict[Version, str] = {}
    for program in filter(None, (*added, *CANDIDATES)):
        if Path(program).exists():
            output = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
            if version := re.search(r"PgBouncer (\d+)\.(\d+)", output):
                programs[int(version[1]), int(version[2])] = program
    return programs


class Pooler:
    """One pgbouncer; `url` is that of the database through it."""

    def __init__(self, program: str, folder: Path, database_url: str, **settings: str) -> None:
        self._folder, self._log = folder, folder / "pgbouncer.log"
        self._port = free_port()
        server = make_url(database_url)
        self.url = f"postgresql+asyncpg://{server.username}@127.0.0.1:{self._port}/{server.database}"
        host, port = server.query.get("host") or server.host, server.query.get("port") or server.port or 5432
        options = {
            "listen_addr": "127.0.0.1",
            "listen_port": str(self._port),
            "unix_socket_dir": "",
            # Whoever comes in is the login of the database.
            "auth_type": "any",
            "pool_mode": "transaction",
            "max_client_conn": "300",
            "default_pool_size": "10",
            "pidfile": "",
            **settings,
        }
        lines = [f"{name} = {value}" for name, value in options.items()]
        login = f"user={server.username}" + (f" password={server.password}" if server.password else "")
        text = f"[databases]\n* = host={host} port={port} {login}\n[pgbouncer]\n" + "\n".join(lines) + "\n"
        self._file = folder / "pgbouncer.ini"
        self._file.write_text(text)
        self._program = program
        self.start()

    def start(self) -> None:
        """Starts it, and returns once it takes connections."""
        # Like Postgres it refuses to be root, and the socket of Postgres is open to that account alone.
        switch = ["-u", unprivileged_account().name] if os.geteuid() == 0 else []
        self._process = subprocess.Popen(
            [self._program, *switch, str(self._file)],
            stdin=subprocess.DEVNULL,
            stdout=self._log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        deadline = time.monotonic() + 10
        while True:
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            try:
                create_connection(("127.0.0.1", self._port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Ends it at once, and with it all connections."""
        self._process.kill()
        self._process.wait()
