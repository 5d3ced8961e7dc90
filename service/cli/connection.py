"""Where the database is, and which organization is meant."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import asyncpg
import typer
from sqlalchemy.exc import DBAPIError

from service.cli.configuration import settings
from service.cli.console import FAILED, UNAVAILABLE, console, fail, printable, report
from service.embedded import Cluster, EmbeddedPostgresError, running
from service.errors import RequestError, Unavailable
from service.postgres.alembic_revisions import newest
from service.postgres.database import SNAPSHOT, Database
from service.postgres.outages import sqlstate
from service.postgres.pool import Pool, driver
from service.postgres.pooler import PoolerUnsuitable, ensure_suitable
from service.postgres.replica import Replica, ReplicaStatus
from service.settings import Settings, parse_database_url
from service.viewer import Viewer

R = TypeVar("R")
NAME = "okrgraph"
FOLLOWING_CHECKS = 20
FOLLOWING_SECONDS = 0.1
REVISION = "SELECT version_num FROM alembic_version"
ORGANIZATIONS = "SELECT id, name, time_zone, created_at FROM organizations ORDER BY created_at, id"
# Classes of SQLSTATE that are about the connection, the login and the state of the server, not about a statement.
UNAVAILABLE_CLASSES = ("08", "28", "3D", "53", "57")
INSUFFICIENT_PRIVILEGE, READ_ONLY = "42501", "25006"
# What the driver raises of a URL whose parts are well-formed and do not fit, or fit no server.
MISCONFIGURED = (asyncpg.exceptions.ClientConfigurationError, asyncpg.exceptions.TargetServerAttributeNotMatched)


@contextmanager
def database_url() -> Iterator[str]:
    """The URL of the database, whose embedded server runs as long as this lasts. Exits with 3 without one."""
    with database_server() as (url, _):
        yield url


@contextmanager
def database_server() -> Iterator[tuple[str, Cluster | None]]:
    """The URL of the database, and the embedded cluster that it is in, which runs as long as this lasts.

    The cluster is None where OKRGRAPH_DATABASE_URL is set. Exits with 3 without a database that can be used.
    """
    given = settings().database_url
    try:
        if given:
            url = with_driver(given)
            asyncio.run(ensure_suitable(url))
            yield url, None
            return
        with running(settings().data_folder) as cluster:
            cluster.ensure_database(NAME)
            yield cluster.url(NAME), cluster
    except BrokenPipeError:
        # Whoever reads the answers has gone, which is not about the database.
        raise
    except PoolerUnsuitable as error:
        fail("The database cannot be used:", str(error), code=UNAVAILABLE)
    except Unavailable as error:
        fail("The database cannot be reached:", error.reason or error.message, code=UNAVAILABLE)
    except RequestError as error:
        fail("The database is busy:", error.message, code=UNAVAILABLE)
    except (EmbeddedPostgresError, OSError, asyncpg.PostgresError, DBAPIError, *MISCONFIGURED) as error:
        if not is_unavailable(error):
            raise
        fail("The database cannot be reached:", told(error), code=UNAVAILABLE)


def is_unavailable(error: Exception) -> bool:
    """Whether an error says that the database cannot be used by this login now, whatever is asked of it."""
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error.orig, OSError)):
        return True
    if isinstance(error, (EmbeddedPostgresError, OSError, *MISCONFIGURED)):
        return True
    state = sqlstate(error) or ""
    return state.startswith(UNAVAILABLE_CLASSES) or state in (INSUFFICIENT_PRIVILEGE, READ_ONLY)


def told(error: Exception) -> str:
    """What an error says, without what SQLAlchemy adds to it."""
    return str(error.orig if isinstance(error, DBAPIError) else error)


def with_driver(url: str) -> str:
    """A URL as operators write it, with the driver that we speak."""
    return parse_database_url(url).render_as_string(hide_password=False)


def with_database(work: Callable[[Database], Awaitable[R]], *, reads: bool = False) -> R:
    """The result of some work with the database; `reads` says that it reads from the replica, where there is one.

    Exits with 3 when the database cannot be reached or is not at the revision of the code.
    """

    async def run(url: str) -> R:
        database = open_database(settings(), url)
        try:
            await ensure_migrated(database.primary)
            if reads and database.replica is not None:
                await ensure_migrated(database.replica.pool, "The database of OKRGRAPH_READ_DATABASE_URL")
                await ensure_following(database.replica)
            return await work(database)
        finally:
            await database.dispose()

    with database_url() as url:
        return asyncio.run(run(url))


def open_database(own: Settings, url: str) -> Database:
    """The pools over the database at `url`, and over the replica if there is one."""
    replica = with_driver(own.read_database_url) if own.read_database_url else None
    return Database(own, url, replica)


async def ensure_migrated(pool: Pool, name: str = "The database") -> None:
    """Exits with 3 unless a database can be reached and is at the revision that the code expects."""
    try:
        async with pool.connect() as connection:
            revision = await (await driver(connection)).fetchval(REVISION)
    except asyncpg.UndefinedTableError:
        revision = None
    except (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        fail(f"{name} cannot be reached:", told(error), code=UNAVAILABLE)
    if revision is None:
        fail(f"{name} is not migrated:", "run `okrgraph migrate`.", code=UNAVAILABLE)
    if revision != newest():
        fail(
            f"{name} is at revision {revision}, and this okrgraph needs {newest()}:",
            "run `okrgraph migrate`, or use the newer okrgraph that has migrated it.",
            code=UNAVAILABLE,
        )


async def ensure_following(replica: Replica) -> None:
    """Waits up to 2 s until a replica can be read from, and says so when it cannot."""
    for _ in range(FOLLOWING_CHECKS):
        await replica.check()
        if replica.status is not ReplicaStatus.STARTING:
            break
        await asyncio.sleep(FOLLOWING_SECONDS)
    if not replica.is_usable:
        report(f"The replica is not read from ({replica.status}):", "the database itself is.")


async def meant(database: Database, organization: UUID | None) -> UUID:
    """The organization that an operator means; without a choice there is nothing to choose. Exits with 1."""
    if organization is not None:
        async with database.opened(database.primary, SNAPSHOT, organization) as taken:
            found = await taken.driver.fetchval("SELECT id FROM organizations WHERE id = $1", organization)
        if found is None:
            fail(f"There is no organization {organization}:", "`okrgraph organization list` shows those there are.")
        return organization
    rows = await visible_organizations(database)
    if len(rows) == 1:
        return UUID(str(rows[0]["id"]))
    if not rows:
        fail("There is no organization yet (or your login sees none):", "`okrgraph organization create` adds one.")
    report("Say which organization you mean, with --organization:")
    for row in rows:
        console.print(f"  {row['id']}  {printable(row['name'])}", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(FAILED)


async def visible_organizations(database: Database) -> list[asyncpg.Record]:
    """Id, name, time zone and creation of the organizations, oldest first: as whoever logged in, who may see all of
    them, or none without naming it."""
    async with database.primary.connect() as connection:
        return await (await driver(connection)).fetch(ORGANIZATIONS)


def operator(organization_id: UUID) -> Viewer:
    """Whoever sits at the command line."""
    return Viewer(organization_id, None, "OWNER")


def now() -> datetime:
    """The time of day; the door is where it comes in."""
    return datetime.now(UTC)
