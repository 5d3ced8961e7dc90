"""The data set: an organization created by the importer of the service and stored between runs."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import make_url
from uuid_utils.compat import uuid7

from bench.copies import copy_rows
from service.embedded import running
from service.people.founding import add_organization, issue_key
from service.postgres.database import Database
from service.postgres.migrate import migrate
from service.settings import ROOT, Settings
from service.unit_of_work import write
from service.viewer import Viewer
from service.workspace.generating import generate
from service.workspace.importing import import_items
from service.workspace.jsonl import items_of
from service.workspace.report import Report
from service.writing.transaction import Transaction

FOLDER = ROOT / ".okrgraph" / "bench"
OBJECTIVES = 15_620
LARGE = 100_000
ROOTS = 20


class DataSet(NamedTuple):
    """A database with one organization, an API key of it, and the process id of its Postgres."""

    url: str
    organization_id: UUID
    key: str
    postgres: int

    @property
    def plain_url(self) -> str:
        """The URL without the driver of SQLAlchemy."""
        return make_url(self.url).set(drivername="postgresql").render_as_string(False)


@contextmanager
def data_set(objectives: int = OBJECTIVES) -> Iterator[DataSet]:
    """A data set with the given number of objectives. Its first creation takes minutes.

    Above 100 000, in multiples of it, the objectives are copies, since the import of a million takes hours.
    """
    folder = FOLDER / f"data-{objectives}"
    folder.mkdir(parents=True, exist_ok=True)
    with running(folder / "postgres") as cluster:
        cluster.ensure_database("okrgraph")
        url = cluster.url("okrgraph")
        migrate(url)
        note = folder / "made.json"
        if not note.exists():
            note.write_bytes(orjson.dumps(asyncio.run(_create_data(url, objectives))))
        stored = orjson.loads(note.read_bytes())
        [process] = (folder / "postgres").rglob("postmaster.pid")
        yield DataSet(url, UUID(stored["organization"]), stored["key"], int(process.read_text().split("\n")[0]))


async def _create_data(url: str, objectives: int) -> dict[str, str]:
    database = Database(Settings(statement_timeout=600, operation_timeout=600), url)
    viewer, now, report = Viewer(uuid7(), None, "OWNER"), datetime.now(UTC), Report()

    async def command(tx: Transaction) -> str:
        person = await add_organization(tx, "Benchmark", "UTC", {"name": "Ada"})
        return await issue_key(tx, person.id, "benchmark")

    key = await write(database, viewer, now, command)
    lines = (orjson.dumps(item) for item in generate(min(objectives, LARGE), 7, ROOTS))
    if not await import_items(database, viewer, now, items_of(lines, report), report):
        raise RuntimeError("The data set was refused by the importer.")
    await database.dispose()
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(False))
    await copy_rows(connection, objectives // LARGE)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return {"organization": str(viewer.organization_id), "key": key}
