"""One organization for each file, since what is refused changes nothing."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import make_url

from service.app import create_app
from service.postgres.database import Database
from service.postgres.tables import metadata
from service.settings import Settings
from tests.bad_input.asking import Asker
from tests.kit.client import Clock, founded
from tests.kit.estate import Estate


@pytest.fixture(scope="module")
async def asker(database_url: str, database: Database, settings: Settings) -> AsyncIterator[Asker]:
    clock = Clock()
    superuser = await asyncpg.connect(make_url(database_url).set(drivername="postgresql").render_as_string(False))
    app = create_app(settings, database, clock)
    async with await founded(app, database, clock, "Asked") as client:
        estate = await (await Estate(client, "Own").furnish()).extend()
        yield Asker(estate, superuser, clock)
    for table in reversed(metadata().sorted_tables):
        await superuser.execute(f"DELETE FROM {table.name}")
    await superuser.close()
