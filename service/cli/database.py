"""The commands `migrate`, `doctor` and `advance`."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from service.cli.configuration import settings
from service.cli.connection import (
    INSUFFICIENT_PRIVILEGE,
    database_url,
    error_text,
    is_unavailable,
    normalize_url,
    now,
    resolve_organization,
    with_database,
)
from service.cli.console import FAILED, UNAVAILABLE, console, fail, report
from service.cli.organizations import Organization
from service.cli.recompute import advance, recompute, recompute_all, revision_of
from service.postgres.alembic_revisions import needs_recompute, newest_revision
from service.postgres.database import Database
from service.postgres.migrate import MigrationBusy, TablesBusy
from service.postgres.migrate import migrate as run_migrations
from service.postgres.outages import sqlstate
from service.postgres.pooler import ensure_pooler_suitable
from service.reading.reader import Reader
from service.rollup.doctor import Finding, examine

MAX_SHOWN_FINDINGS = 20


def migrate() -> None:
    """Bring the database to the newest revision; safe to run at any time, also twice at once."""
    with database_url() as url:
        migrate_database(url)
    console.print("The database is at the newest revision.")


def migrate_database(url: str) -> None:
    """Runs all pending migrations with the login for migrations. Exits with 3 if the database refuses."""
    migration_url = settings().migrate_database_url
    url_of_login = normalize_url(migration_url) if migration_url else url
    if migration_url:
        asyncio.run(ensure_pooler_suitable(url_of_login))
    try:
        previous_revision = asyncio.run(revision_of(settings(), url_of_login))
        run_migrations(url_of_login, login_roles=settings().migrate_login_roles)
    except CommandError as error:
        fail(
            "The database cannot be migrated:",
            f"{error}. This okrgraph knows revisions up to {newest_revision()}; use the newer okrgraph that has"
            " migrated it.",
            code=UNAVAILABLE,
        )
    except (MigrationBusy, TablesBusy) as error:
        fail("The database cannot be migrated:", str(error), code=UNAVAILABLE)
    except DBAPIError as error:
        if is_unavailable(error) and sqlstate(error) != INSUFFICIENT_PRIVILEGE:
            raise
        console.print(
            "The login needs CREATEROLE, or the roles okrgraph_owner and okrgraph_app granted to it; and CREATE on the "
            "database, or the extension btree_gist in it.",
            soft_wrap=True,
        )
        fail("The migration failed:", error_text(error), code=UNAVAILABLE)
    if previous_revision is not None and needs_recompute(previous_revision):
        count = asyncio.run(recompute_all(settings(), url_of_login, now()))
        report(f"Progress and status of {count} organizations were computed anew.")


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Compute everything anew from the facts.")] = False,
    organization: Organization = None,
) -> None:
    """Compare all that is derived with the facts it comes from. Exits with 1 when anything differs."""

    async def run(database: Database) -> list[Finding]:
        organization_id = await resolve_organization(database, organization)
        if repair:
            await recompute(database, organization_id, now())
        reader = Reader(database, organization_id)
        try:
            return [finding async for finding in examine(reader)]
        finally:
            await reader.close()

    exit_on_findings(with_database(run, reads=True))


def advance_steps(organization: Organization = None) -> None:
    """Store the status that goals have now, by which lists are read fast. Answers do not depend on it."""

    async def run(database: Database) -> int:
        return await advance(database, await resolve_organization(database, organization), now())

    report(f"The status of {with_database(run)} goals was stored anew.")


def exit_on_findings(findings: Sequence[Finding]) -> None:
    """Prints the findings of the doctor. Exits with 1 if there are any."""
    for finding in findings[:MAX_SHOWN_FINDINGS]:
        console.print(f"{finding.subject} {finding.id}: {finding.problem}", markup=False, soft_wrap=True)
    console.print(f"{len(findings)} differences." if findings else "No difference.")
    if findings:
        raise typer.Exit(FAILED)
