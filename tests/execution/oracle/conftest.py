"""An organization with all kinds of objects, and an oracle over it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import make_url

from service.app import create_app
from service.postgres.database import Database
from service.postgres.tables import metadata
from service.settings import Settings
from tests.execution.oracle.comparing import Oracle
from tests.kit.client import Clock, founded
from tests.kit.estate import Estate


@pytest.fixture(scope="module")
async def oracle(database_url: str, database: Database, settings: Settings) -> AsyncIterator[Oracle]:
    clock = Clock()
    app = create_app(settings, database, clock)
    async with await founded(app, database, clock, "Compared") as client:
        estate = await (await Estate(client, "Own").furnish()).extend()
        yield Oracle(client, estate.ids)
    superuser = await asyncpg.connect(make_url(database_url).set(drivername="postgresql").render_as_string(False))
    for table in reversed(metadata().sorted_tables):
        await superuser.execute(f"DELETE FROM {table.name}")
    await superuser.close()
