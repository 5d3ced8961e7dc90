"""Runs the migrations, one process at a time."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from service.models import metadata

# Any constant: it only has to be the same for everybody who migrates.
MIGRATION_LOCK = 6_713_001


def run(connection: Connection) -> None:
    """All pending revisions in one transaction each, behind an advisory lock."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        transaction_per_migration=True,
        compare_server_default=True,
        include_object=_is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
    connection.commit()


def _is_ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    return not (kind == "table" and name == "alembic_version")


async def main() -> None:
    """Connects to the database that the caller named."""
    engine = create_async_engine(context.config.attributes["url"])
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(main())
