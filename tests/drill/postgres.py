"""The processes of a Postgres and their connections, as faults meet them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg

from service.embedded import Cluster
from service.settings import connect_arguments

NAME = "okrgraph"
TERMINATE = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""
FULL_TABLES = ("events", "objectives", "check_ins")
FULL = """CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$"""


def postmaster_of(cluster: Cluster) -> int:
    """The id of the first process of a server that runs."""
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def send_signal(cluster: Cluster, number: signal.Signals, *, children: bool) -> None:
    """Sends a signal to the first process of a server, and with `children` to all others."""
    first = postmaster_of(cluster)
    if children:
        # Stopped, it makes no further ones.
        os.kill(first, signal.SIGSTOP)
    others = Path(f"/proc/{first}/task/{first}/children").read_text().split() if children else []
    for process in (first, *map(int, others)):
        with suppress(ProcessLookupError):
            os.kill(process, number)


@asynccontextmanager
async def session(cluster: Cluster) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the superuser, past the service."""
    connection = await asyncpg.connect(**connect_arguments(cluster.url(NAME)))
    try:
        yield connection
    finally:
        await connection.close()


async def terminate_backends(cluster: Cluster) -> None:
    """Ends all connections of clients but this one."""
    async with session(cluster) as connection:
        await connection.execute(TERMINATE)


@asynccontextmanager
async def rows_locked(cluster: Cluster, table: str) -> AsyncIterator[None]:
    """Keeps the rows of a table from being changed."""
    async with session(cluster) as connection, connection.transaction():
        await connection.execute(f"SELECT FROM {table} FOR UPDATE")
        yield


@asynccontextmanager
async def refusing_as_full(cluster: Cluster) -> AsyncIterator[None]:
    """Makes changes fail with the SQLSTATE of a full disk."""
    async with session(cluster) as connection:
        await connection.execute(FULL)
        for table in FULL_TABLES:
            await connection.execute(
                f"CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION disk_full()"
            )
        try:
            yield
        finally:
            await connection.execute("DROP FUNCTION disk_full CASCADE")


async def fill(path: Path, seconds: float) -> None:
    """Keeps a file system full by one file for some seconds, and removes the file."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    try:
        with path.open("wb", buffering=0) as file:
            while loop.time() < deadline:
                with suppress(OSError):
                    while file.write(bytes(65_536)):
                        pass
                with suppress(OSError):
                    while file.write(bytes(512)):
                        pass
                await asyncio.sleep(0.05)
    finally:
        # On a file system in memory it does not block.
        path.unlink()  # noqa: ASYNC240
