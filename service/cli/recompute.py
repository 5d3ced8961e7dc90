"""Recomputes the derived values of one organization or of all."""

from datetime import datetime
from uuid import UUID

import asyncpg

from service.cli.connection import REVISION, operator
from service.postgres.database import Database
from service.postgres.pool import driver
from service.postgres.transaction_settings import OWNER_ROLE
from service.rollup.bulk import settle_many
from service.rollup.stored_steps import store_passed_steps, store_steps
from service.settings import Settings
from service.writing.transaction import transaction


async def revision_of(settings: Settings, url: str) -> str | None:
    """The Alembic revision of the database at `url`; None if it was never migrated."""
    database = Database(settings, url)
    try:
        async with database.primary.connect() as connection:
            revision: str | None = await (await driver(connection)).fetchval(REVISION)
            return revision
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await database.dispose()


async def recompute_all(settings: Settings, url: str, now: datetime) -> int:
    """Recomputes all organizations of the database at `url` with a login for migrations. Returns their number."""
    database = Database(settings, url)
    try:
        ids = await _all_organizations(database)
        for id in ids:
            await recompute(database, id, now)
        return len(ids)
    finally:
        await database.dispose()


async def recompute(database: Database, organization_id: UUID, now: datetime) -> None:
    """Recomputes all derived values of one organization, in one transaction without a time limit."""
    async with transaction(database, operator(organization_id), now, exclusive=True, patient=True) as tx:
        tx.all_touched = tx.all_kpis_touched = True
        await settle_many(tx)
        await store_steps(tx)


async def advance(database: Database, organization_id: UUID, now: datetime) -> int:
    """Stores the steps in force of the goals of one organization whose stored step has passed, some in each
    transaction. Returns how many these were."""
    total = 0
    while True:
        async with transaction(database, operator(organization_id), now) as tx:
            count = await store_passed_steps(tx)
        if not count:
            return total
        total += count


async def _all_organizations(database: Database) -> list[UUID]:
    """The ids of all organizations, oldest first.

    Row-level security hides them, also from the owner. The owner of the table disables it within a transaction that
    is rolled back.
    """
    async with database.primary.connect() as connection:
        raw = await driver(connection)
        transaction_without_policy = raw.transaction()
        await transaction_without_policy.start()
        try:
            await raw.execute(f"SET LOCAL ROLE {OWNER_ROLE}; ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY")
            rows = await raw.fetch("SELECT id FROM organizations ORDER BY created_at, id")
            return [UUID(str(row["id"])) for row in rows]
        finally:
            await transaction_without_policy.rollback()
