"""A running cluster: its URLs and databases."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from service.embedded.binaries import Tools
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.home import Home
from service.embedded.options import PORT

# The lock is held until the session ends, so that other processes wait until the database exists.
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
        # Otherwise asyncpg would use the port of the environment, which is part of the name of the socket.
        return f"{url}&port={PORT}" if "PGPORT" in os.environ else url

    def ensure_database(self, name: str) -> None:
        """Creates the database if it is missing. Several processes may do so at once.

        Raises ValueError for a name that does not have 1 to 63 bytes, and EmbeddedPostgresError if the server refuses.
        """
        if not 1 <= len(name.encode()) <= 63:
            raise ValueError(f"a database name has 1 to 63 bytes, not {len(name.encode())}: {name!r}")
        process = self.tools.run(
            "psql",
            *("--no-psqlrc", "--quiet", "--no-align", "--tuples-only"),
            *("--host", str(self.sockets), "--port", str(PORT), "--username", "postgres"),
            *("--dbname", "postgres", "--set", "ON_ERROR_STOP=1", "--set", f"name={name}"),
            text=CREATE_WHEN_MISSING,
        )
        if process.returncode:
            raise EmbeddedPostgresError(f"Cannot create the database {name!r}: {process.stdout.strip()}")
