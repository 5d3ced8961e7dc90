"""Deletes an organization with all its rows, with the login for migrations, as no other may delete."""

from uuid import UUID

from sqlalchemy import TextClause, text

from service.all_entities import metadata
from service.cli.configuration import settings
from service.cli.connection import normalize_url, now, operator
from service.postgres.database import Database
from service.postgres.transaction_settings import OWNER_ROLE
from service.writing.transaction import transaction


async def delete_organization(url: str, organization_id: UUID) -> None:
    """Deletes one organization with its rows in all tables, in one transaction.

    `url` is the database unless OKRGRAPH_MIGRATE_DATABASE_URL is set. It waits for concurrent changes of the
    organization. An organization that does not exist is no error.
    """
    current_settings = settings()
    database = Database(
        current_settings,
        normalize_url(current_settings.migrate_database_url) if current_settings.migrate_database_url else url,
    )
    try:
        async with transaction(database, operator(organization_id), now(), exclusive=True, patient=True) as tx:
            # Row-level security applies to the owner, too, so that even a statement without the tenant predicate would
            # not reach another organization.
            await tx.run(text(f"SET LOCAL ROLE {OWNER_ROLE}"))
            await tx.run(_deletion())
    finally:
        await database.dispose()


def _deletion() -> TextClause:
    """One statement over all tables. Foreign keys are checked at its end, so the order of the tables is irrelevant."""
    names = [table.name for table in metadata().sorted_tables if table.name != "organizations"]
    deletions = [f"deleted_{name} AS (DELETE FROM {name} WHERE organization_id = :organization_id)" for name in names]
    return text(f"WITH {', '.join(deletions)} DELETE FROM organizations WHERE id = :organization_id")
