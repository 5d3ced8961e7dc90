"""The data set: an organization made by the service's own importer, kept between runs."""

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

from bench.copies import copied
from service.embedded import running
from service.people.founding import found, issue_key
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
OBJECTIVES, LARGE = 15_620, 100_000
ROOTS = 20


class DataSet(NamedTuple):
    """A database with one organization in it, a key to it, and the process of Postgres, whose children serve it."""

    url: str
    organization_id: UUID
    key: str
    postgres: int

    @property
    def plain_url(self) -> str:
        """The URL as others than SQLAlchemy read it."""
        return make_url(self.url).set(drivername="postgresql").render_as_string(False)


@contextmanager
def data_set(objectives: int = OBJECTIVES) -> Iterator[DataSet]:
    """A server with an organization of so many objectives; made at the first time, which takes minutes.

    Those beyond 100 000 are copies, since importing a million takes hours: 200 000, 300 000 and so on.
    """
    folder = FOLDER / f"data-{objectives}"
    folder.mkdir(parents=True, exist_ok=True)
    with running(folder / "postgres") as cluster:
        cluster.ensure_database("okrgraph")
        url = cluster.url("okrgraph")
        migrate(url)
        note = folder / "made.json"
        if not note.exists():
            note.write_bytes(orjson.dumps(asyncio.run(_made(url, objectives))))
        known = orjson.loads(note.read_bytes())
        [process] = (folder / "postgres").rglob("postmaster.pid")
        yield DataSet(url, UUID(known["organization"]), known["key"], int(process.read_text().split("\n")[0]))


async def _made(url: str, objectives: int) -> dict[str, str]:
    database = Database(Settings(statement_timeout=600, operation_timeout=600), url)
    viewer, now, report = Viewer(uuid7(), None, "OWNER"), datetime.now(UTC), Report()

    async def command(tx: Transaction) -> str:
        person = await found(tx, "Benchmark", "UTC", {"name": "Ada"})
        return await issue_key(tx, person.id, "benchmark")

    key = await write(database, viewer, now, command)
    lines = (orjson.dumps(item) for item in generate(min(objectives, LARGE), 7, ROOTS))
    if not await import_items(database, viewer, now, items_of(lines, report), report):
        raise RuntimeError("The data set was refused by the importer.")
    await database.dispose()
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(False))
    await copied(connection, objectives // LARGE)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return {"organization": str(viewer.organization_id), "key": key}
