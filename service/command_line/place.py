"""Where the database is, and which organization is meant."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import asyncpg
import typer
from rich.console import Console
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from service.database import Database
from service.embedded import EmbeddedPostgresError, running
from service.pool import driver
from service.settings import Settings, settings
from service.viewer import Viewer

R = TypeVar("R")
FAILED, UNAVAILABLE = 1, 3
NAME = "okrgraph"
# Answers go to stdout, what is said about them to stderr, so that answers can be piped.
console = Console(stderr=True)


@contextmanager
def database_url() -> Iterator[str]:
    """The URL of the database, whose embedded server runs as long as this lasts. Exits with 3 without one."""
    given = settings().database_url
    try:
        if given:
            yield with_driver(given)
            return
        with running(settings().data_folder) as cluster:
            cluster.ensure_database(NAME)
            yield cluster.url(NAME)
    except (EmbeddedPostgresError, OSError, asyncpg.PostgresConnectionError) as error:
        console.print(f"[red]The database cannot be reached:[/] {error}")
        raise typer.Exit(UNAVAILABLE) from None
    except DBAPIError as error:
        if not error.connection_invalidated and not isinstance(error.orig, OSError):
            raise
        console.print(f"[red]The connection to the database was lost:[/] {error.orig}")
        raise typer.Exit(UNAVAILABLE) from None


def with_driver(url: str) -> str:
    """A URL as operators write it, with the driver that we speak."""
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+asyncpg")
    return parsed.render_as_string(hide_password=False)


def with_database(work: Callable[[Database], Awaitable[R]], **changed: object) -> R:
    """What some work with the database comes to."""

    async def run(url: str) -> R:
        own = settings().model_copy(update=changed)
        database = open_database(own, url)
        try:
            return await work(database)
        finally:
            await database.dispose()

    with database_url() as url:
        return asyncio.run(run(url))


def open_database(own: Settings, url: str) -> Database:
    """The pools over the database at `url`, and over the replica if there is one."""
    replica = with_driver(own.read_database_url) if own.read_database_url else None
    return Database(own, url, replica)


async def meant(database: Database, organization: UUID | None) -> UUID:
    """The organization that an operator means; without a choice there is nothing to choose. Exits with 1."""
    if organization is not None:
        return organization
    async with database.primary.connect() as connection:
        # As whoever logged in, who may see all organizations, or none without naming it.
        rows = await (await driver(connection)).fetch("SELECT id, name FROM organizations ORDER BY created_at")
    if len(rows) == 1:
        return UUID(str(rows[0].id))
    if rows:
        console.print("[red]Say which organization you mean, with --organization:[/]")
        for row in rows:
            console.print(f"  {row.id}  {row.name}")
    else:
        console.print("[red]There is no organization yet (or your login sees none):[/] okrgraph organization create")
    raise typer.Exit(FAILED)


def operator(organization_id: UUID) -> Viewer:
    """Whoever sits at the command line."""
    return Viewer(organization_id, None, "OWNER")


def now() -> datetime:
    """The time of day; the door is where it comes in."""
    return datetime.now(UTC)
