"""The data set: an organization created by the commands of the service and stored between runs.

No server runs on the stored database itself: each gets a copy, so that changes of one run are not seen by another.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import make_url

from bench.copies import copy_rows
from bench.kpi_items import extra_items
from service.cli.login import serving_url
from service.embedded import running
from service.people.keys import parse
from service.settings import ROOT
from service.workspace.generating import generate

FOLDER = ROOT / ".okrgraph" / "bench"
OBJECTIVES = 15_620
ROOTS = 20
SEED = 7
STORED = "okrgraph"
# Increased when the content of the data set changes.
EDITION = 1
# The import of everything at once is one transaction, and not what is measured here.
IMPORT_SETTINGS = {"OKRGRAPH_STATEMENT_TIMEOUT": "600", "OKRGRAPH_OPERATION_TIMEOUT": "600"}


class DataSet(NamedTuple):
    """A database with one organization, an API key of it, and the process id of its Postgres.

    `url` has the login of a superuser and `serving` that of the application, both in the form of SQLAlchemy.
    """

    url: str
    serving: str
    organization_id: UUID
    key: str
    postgres: int

    def named(self, database: str) -> "DataSet":
        """The same with the name of another database of the cluster."""
        return self._replace(url=_with_database(self.url, database), serving=_with_database(self.serving, database))


def plain_url(url: str) -> str:
    """A URL without the driver of SQLAlchemy."""
    return make_url(url).set(drivername="postgresql").render_as_string(False)


@contextmanager
def data_set() -> Iterator[DataSet]:
    """The stored data set. Its first creation takes minutes. To be used by way of `copied`."""
    folder = FOLDER / f"set-{EDITION}-{OBJECTIVES}"
    folder.mkdir(parents=True, exist_ok=True)
    with running(folder / "postgres") as cluster:
        url = cluster.url(STORED)
        note = folder / "created.json"
        if not note.exists():
            # What an interrupted creation has left.
            asyncio.run(_execute(url, f"DROP DATABASE IF EXISTS {STORED} WITH (FORCE)"))
            cluster.ensure_database(STORED)
            note.write_bytes(orjson.dumps(_create_data(url)))
        # It may be of an earlier version. A copy is migrated when okrgraph serves it, but not when others do.
        _service(url, "migrate")
        stored = orjson.loads(note.read_bytes())
        serving = asyncio.run(serving_url(url))
        [process] = (folder / "postgres").rglob("postmaster.pid")
        postgres = int(process.read_text().split("\n")[0])
        yield DataSet(url, serving, UUID(stored["organization"]), stored["key"], postgres)


@contextmanager
def copied(data: DataSet, name: str) -> Iterator[DataSet]:
    """A copy of a stored data set in the same cluster, deleted afterwards."""
    database = f"copy_{name.replace('-', '_')}"
    _create_copy(data, database)
    copy = data.named(database)
    try:
        yield copy
    finally:
        asyncio.run(_execute(data.url, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))


def grown(data: DataSet, objectives: int) -> DataSet:
    """A larger organization in the same cluster, stored between runs; its first creation takes minutes.

    It has copies of the objectives, key results, alignments and check-ins, as many times as needed.
    """
    database = f"grown_{objectives}"
    if not asyncio.run(_exists(data.url, database)):
        unfinished = f"{database}_unfinished"
        _create_copy(data, unfinished)
        asyncio.run(_multiply(data.named(unfinished).url, -(-objectives // OBJECTIVES)))
        asyncio.run(_execute(data.url, f"ALTER DATABASE {unfinished} RENAME TO {database}"))
    return data.named(database)


def _create_copy(data: DataSet, database: str) -> None:
    template = make_url(data.url).database
    asyncio.run(_execute(data.url, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
    asyncio.run(_execute(data.url, f"CREATE DATABASE {database} TEMPLATE {template} STRATEGY FILE_COPY"))


async def _exists(url: str, database: str) -> bool:
    connection = await asyncpg.connect(plain_url(_with_database(url, "postgres")))
    try:
        return bool(await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", database))
    finally:
        await connection.close()


def _with_database(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(False)


async def _execute(url: str, statement: str) -> None:
    """Runs a statement in the database that every cluster has."""
    connection = await asyncpg.connect(plain_url(_with_database(url, "postgres")))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _create_data(url: str) -> dict[str, str]:
    _service(url, "migrate")
    key = _service(url, "organization", "create", "Benchmark", "--owner", "Ada").split()[-1]
    parsed = parse(key)
    assert parsed is not None
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as items:
        for item in (*generate(OBJECTIVES, SEED, ROOTS), *extra_items()):
            items.write(orjson.dumps(item) + b"\n")
        items.flush()
        _service(url, "import", items.name)
    asyncio.run(_multiply(url, 1))
    return {"organization": str(parsed.organization_id), "key": key}


async def _multiply(url: str, times: int) -> None:
    connection = await asyncpg.connect(plain_url(url))
    await copy_rows(connection, times)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _service(url: str, *arguments: str) -> str:
    """The output of a command of the service. Raises CalledProcessError."""
    environment = {**os.environ, **IMPORT_SETTINGS, "OKRGRAPH_DATABASE_URL": url}
    command = [sys.executable, "-m", "service", *arguments]
    return subprocess.run(
        command, env=environment, cwd=Path(ROOT), check=True, stdout=subprocess.PIPE, text=True
    ).stdout
