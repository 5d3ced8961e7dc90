"""A running cluster, as its users see it: where to connect, and databases in it."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from service.embedded.binaries import Tools
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.home import Home
from service.embedded.options import PORT

# In one session: the lock makes the others wait until the database is there, or the session has ended.
CREATE_WHEN_MISSING = """
SELECT pg_advisory_lock(hashtext('okrgraph: create database'));
SELECT format('CREATE DATABASE %I', :'name')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec
"""


@dataclass(frozen=True)
class Cluster:
    """One running server: its socket folder, home and programs."""

    sockets: Path
    home: Home
    tools: Tools = field(repr=False)

    @property
    def version(self) -> int:
        """The major version of Postgres."""
        return self.tools.major

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.home.data

    @property
    def log(self) -> Path:
        """The log file."""
        return self.home.log

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database, which need not exist yet."""
        url = f"postgresql+asyncpg://postgres@/{quote(database, safe='')}?host={quote(str(self.sockets))}"
        # asyncpg would take the port, and with it the name of the socket, from the environment.
        return f"{url}&port={PORT}" if "PGPORT" in os.environ else url

    def ensure_database(self, name: str) -> None:
        """Create the database when it is missing; any number of processes may do so at once.

        Raises ValueError for a name of no or more than 63 bytes, EmbeddedPostgresError when the
        server refuses.
        """
        if not 1 <= len(name.encode()) <= 63:
            raise ValueError(f"a database name has 1 to 63 bytes, not {len(name.encode())}: {name!r}")
        done = self.tools.run(
            "psql",
            *("--no-psqlrc", "--quiet", "--no-align", "--tuples-only"),
            *("--host", str(self.sockets), "--port", str(PORT), "--username", "postgres"),
            *("--dbname", "postgres", "--set", "ON_ERROR_STOP=1", "--set", f"name={name}"),
            text=CREATE_WHEN_MISSING,
        )
        if done.returncode:
            raise EmbeddedPostgresError(f"Cannot create the database {name!r}: {done.stdout.strip()}")
