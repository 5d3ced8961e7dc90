"""Runs the migrations, one process at a time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from service.all_entities import metadata
from service.postgres.migrate import MAX_LOCK_SECONDS, MigrationBusy, TablesBusy
from service.postgres.outages import sqlstate

# An arbitrary constant that all migrating processes share.
MIGRATION_LOCK = 6_713_001
LOCK_NOT_AVAILABLE = "55P03"


def run(connection: Connection) -> None:
    """Runs all pending revisions in one transaction, which holds the lock. So the end of the transaction releases it,
    also if a pooler gives the connection to another client."""
    seconds = context.config.attributes.get("lock_seconds", MAX_LOCK_SECONDS)
    connection.execute(text(f"SET LOCAL lock_timeout = {int(seconds * 1000)}"))
    with _raise_on_lock_timeout(MigrationBusy(seconds)):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        compare_server_default=True,
        include_object=_is_ours,
        on_version_apply=_end_revision,
    )
    with _raise_on_lock_timeout(TablesBusy(seconds)), context.begin_transaction():
        context.run_migrations()


@contextmanager
def _raise_on_lock_timeout(reason: Exception) -> Iterator[None]:
    """Raises `reason` if a lock is not acquired in time."""
    try:
        yield
    except DBAPIError as error:
        if sqlstate(error) != LOCK_NOT_AVAILABLE:
            raise
        raise reason from error


def _end_revision(ctx: MigrationContext, *_: object, **__: object) -> None:
    # Like the end of a transaction: the next revision starts with the role of the login and no deferred constraints.
    ctx.impl.execute(text("SET LOCAL ROLE NONE"))
    ctx.impl.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def _is_ours(_object: Any, name: str | None, kind: str, _reflected: bool, _compared: Any) -> bool:
    return not (kind == "table" and name == "alembic_version")


async def main() -> None:
    """Connects to the configured database and runs the migrations."""
    engine = create_async_engine(context.config.attributes["url"])
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


asyncio.run(main())
