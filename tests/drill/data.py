"""The Postgres of each drill: a copy of one that was prepared once, with an organization and keys of its people."""

import asyncio
import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from uuid_utils.compat import uuid7

from service.embedded import Cluster, running
from service.people.commands import create_people
from service.people.founding import add_organization
from service.people.key_commands import issue_key
from service.people.models import Person, Role
from service.postgres.database import Database
from service.postgres.migrate import migrate
from service.settings import Settings
from service.unit_of_work import write
from service.viewer import Viewer
from service.writing.rows import new_row
from service.writing.transaction import Transaction
from tests.drill.postgres import NAME

PEOPLE = 12


def new_folder(parent: Path | None = None) -> Path:
    """A folder that the account of Postgres can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="okrgraph-drill-", dir=parent))
    folder.chmod(0o711)
    return folder


@contextmanager
def folder_for(parent: Path | None = None) -> Iterator[Path]:
    """Such a folder, removed afterwards."""
    folder = new_folder(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(folder: Path) -> list[str]:
    """Puts a durable database into a folder; the API keys of its people, the first of them that of the owner."""
    rows_of_template, keys = template()
    subprocess.run(["cp", "-a", str(rows_of_template / "postgres"), str(folder)], check=True)
    return keys


@contextmanager
def prepared() -> Iterator[tuple[Path, Cluster, list[str]]]:
    """A folder with a database, its server, which runs as long as this lasts, and the keys."""
    with folder_for() as folder:
        keys = prepare(folder)
        with running(folder) as cluster:
            yield folder, cluster, keys


@cache
def template() -> tuple[Path, list[str]]:
    """The folder of the database that is copied, and its keys; the folder is removed when this process ends."""
    folder = new_folder()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with running(folder) as cluster:
        cluster.ensure_database(NAME)
        migrate(cluster.url(NAME))
        return folder, asyncio.run(_create_organizations(cluster.url(NAME)))


async def _create_organizations(url: str) -> list[str]:
    database = Database(Settings(), url)

    async def command(tx: Transaction) -> list[str]:
        owner = await add_organization(tx, "Drill", "UTC", {"name": "Owner"})
        people = [new_row(tx, Person, {"name": f"Person {n}", "role": Role.MEMBER}) for n in range(PEOPLE)]
        await create_people(tx, people)
        return [await issue_key(tx, person.id, "drill") for person in (owner, *people)]

    try:
        return await write(database, Viewer(uuid7(), None, "OWNER"), datetime.now(UTC), command)
    finally:
        await database.dispose()
