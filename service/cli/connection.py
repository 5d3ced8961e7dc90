"""Opens the database for a command, and resolves its organization."""

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
from service.postgres.alembic_revisions import newest_revision
from service.postgres.database import SNAPSHOT, Database
from service.postgres.outages import sqlstate
from service.postgres.pool import Pool, driver
from service.postgres.pooler import PoolerUnsuitable, ensure_pooler_suitable
from service.postgres.replica import Replica, ReplicaStatus
from service.settings import Settings, parse_database_url
from service.viewer import Viewer

R = TypeVar("R")
NAME = "okrgraph"
MAX_REPLICA_CHECKS = 20
REPLICA_CHECK_SECONDS = 0.1
REVISION = "SELECT version_num FROM alembic_version"
ORGANIZATIONS = "SELECT id, name, time_zone, created_at FROM organizations ORDER BY created_at, id"
# Prefixes of SQLSTATE for problems of connection, login and server, not of a statement.
UNAVAILABLE_CLASSES = ("08", "28", "3D", "53", "57")
INSUFFICIENT_PRIVILEGE, READ_ONLY = "42501", "25006"
# Errors of the driver for a URL with contradictory parts, or without a matching server.
CONFIGURATION_ERRORS = (asyncpg.exceptions.ClientConfigurationError, asyncpg.exceptions.TargetServerAttributeNotMatched)


@contextmanager
def database_url() -> Iterator[str]:
    """The URL of the database. The embedded server runs until the end of the block. Exits with 3 without a database."""
    with database_server() as (url, _):
        yield url


@contextmanager
def database_server() -> Iterator[tuple[str, Cluster | None]]:
    """The URL of the database, and its embedded cluster, which runs until the end of the block.

    The cluster is None if OKRGRAPH_DATABASE_URL is set. Exits with 3 without a usable database.
    """
    configured_url = settings().database_url
    try:
        if configured_url:
            url = normalize_url(configured_url)
            asyncio.run(ensure_pooler_suitable(url))
            yield url, None
            return
        with running(settings().data_folder) as cluster:
            cluster.ensure_database(NAME)
            yield cluster.url(NAME), cluster
    except BrokenPipeError:
        # The reader of the output has ended, which is no problem of the database.
        raise
    except PoolerUnsuitable as error:
        fail("The database cannot be used:", str(error), code=UNAVAILABLE)
    except Unavailable as error:
        fail("The database cannot be reached:", error.reason or error.message, code=UNAVAILABLE)
    except RequestError as error:
        fail("The database is busy:", error.message, code=UNAVAILABLE)
    except (EmbeddedPostgresError, OSError, asyncpg.PostgresError, DBAPIError, *CONFIGURATION_ERRORS) as error:
        if not is_unavailable(error):
            raise
        fail("The database cannot be reached:", error_text(error), code=UNAVAILABLE)


def is_unavailable(error: Exception) -> bool:
    """Whether an error means that this login cannot use the database now, whatever the statement."""
    if isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error.orig, OSError)):
        return True
    if isinstance(error, (EmbeddedPostgresError, OSError, *CONFIGURATION_ERRORS)):
        return True
    state = sqlstate(error) or ""
    return state.startswith(UNAVAILABLE_CLASSES) or state in (INSUFFICIENT_PRIVILEGE, READ_ONLY)


def error_text(error: Exception) -> str:
    """The message of an error, without the additions of SQLAlchemy."""
    return str(error.orig if isinstance(error, DBAPIError) else error)


def normalize_url(url: str) -> str:
    """A database URL with the driver that the service uses."""
    return parse_database_url(url).render_as_string(hide_password=False)


def with_database(action: Callable[[Database], Awaitable[R]], *, reads: bool = False) -> R:
    """The result of `action` with the database. With `reads`, it reads from the replica if there is one.

    Exits with 3 if the database is unreachable or not at the revision of the code.
    """

    async def run(url: str) -> R:
        database = open_database(settings(), url)
        try:
            await ensure_migrated(database.primary)
            if reads and database.replica is not None:
                await ensure_migrated(database.replica.pool, "The database of OKRGRAPH_READ_DATABASE_URL")
                await wait_for_replica(database.replica)
            return await action(database)
        finally:
            await database.dispose()

    with database_url() as url:
        return asyncio.run(run(url))


def open_database(settings: Settings, url: str) -> Database:
    """The pools for the database at `url`, and for the replica if there is one."""
    replica = normalize_url(settings.read_database_url) if settings.read_database_url else None
    return Database(settings, url, replica)


async def ensure_migrated(pool: Pool, name: str = "The database") -> None:
    """Exits with 3 unless a database is reachable and at the revision of the code."""
    try:
        async with pool.connect() as connection:
            revision = await (await driver(connection)).fetchval(REVISION)
    except asyncpg.UndefinedTableError:
        revision = None
    except (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        fail(f"{name} cannot be reached:", error_text(error), code=UNAVAILABLE)
    if revision is None:
        fail(f"{name} is not migrated:", "run `okrgraph migrate`.", code=UNAVAILABLE)
    if revision != newest_revision():
        fail(
            f"{name} is at revision {revision}, and this okrgraph needs {newest_revision()}:",
            "run `okrgraph migrate`, or use the newer okrgraph that has migrated it.",
            code=UNAVAILABLE,
        )


async def wait_for_replica(replica: Replica) -> None:
    """Waits up to 2 s until a replica is usable. Prints a warning if it is not."""
    for _ in range(MAX_REPLICA_CHECKS):
        await replica.check()
        if replica.status is not ReplicaStatus.STARTING:
            break
        await asyncio.sleep(REPLICA_CHECK_SECONDS)
    if not replica.is_usable:
        report(f"The replica is not read from ({replica.status}):", "the database itself is.")


async def resolve_organization(database: Database, organization: UUID | None) -> UUID:
    """The id of the given organization, or of the only one. Exits with 1 if it does not exist or is ambiguous."""
    if organization is not None:
        async with database.open_connection(database.primary, SNAPSHOT, organization) as pooled:
            existing_id = await pooled.driver.fetchval("SELECT id FROM organizations WHERE id = $1", organization)
        if existing_id is None:
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
    """Id, name, time zone and creation time of the organizations, oldest first.

    Only a login that bypasses row-level security sees them; any other sees none.
    """
    async with database.primary.connect() as connection:
        return await (await driver(connection)).fetch(ORGANIZATIONS)


def operator(organization_id: UUID) -> Viewer:
    """The viewer at the command line, with the role OWNER and no person."""
    return Viewer(organization_id, None, "OWNER")


def now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)
