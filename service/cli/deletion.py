"""Deletes an organization with all its rows, as the login that migrates: nobody else may delete."""

from uuid import UUID

from sqlalchemy import TextClause, text

from service.all_entities import metadata
from service.cli.configuration import settings
from service.cli.connection import now, operator, with_driver
from service.postgres.database import Database
from service.writing.transaction import transaction

# The role that migrations make the owner of all tables. Row-level security binds it too, so even a statement
# without its predicate would not reach another organization.
OWNER_ROLE = "okrgraph_owner"


async def delete_organization(url: str, organization_id: UUID) -> None:
    """Deletes one organization with its rows in all tables, in one transaction.

    `url` is the database; OKRGRAPH_MIGRATE_DATABASE_URL is used instead where it is set. Changes to the
    organization that others are making are waited for. An organization that does not exist is no error.
    """
    own = settings()
    database = Database(own, with_driver(own.migrate_database_url) if own.migrate_database_url else url)
    try:
        async with transaction(database, operator(organization_id), now(), exclusive=True, patient=True) as tx:
            await tx.run(text(f"SET LOCAL ROLE {OWNER_ROLE}"))
            await tx.run(_deletion())
    finally:
        await database.dispose()


def _deletion() -> TextClause:
    """One statement over all tables: foreign keys are checked at its end, so that the order of the tables, and
    tables that refer to each other or to themselves, do not matter."""
    names = [table.name for table in metadata().sorted_tables if table.name != "organizations"]
    parts = [f"deleted_{name} AS (DELETE FROM {name} WHERE organization_id = :organization_id)" for name in names]
    return text(f"WITH {', '.join(parts)} DELETE FROM organizations WHERE id = :organization_id")
