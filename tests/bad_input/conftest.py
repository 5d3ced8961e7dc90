"""One organization for each file, since what is refused changes nothing."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import make_url

from tests.bad_input.asking import Asker
from tests.kit.client import Client, Clock
from tests.kit.estate import Estate
from tests.kit.stored import Prepared, delete_all


@pytest.fixture(scope="module")
async def asker(database_url: str, prepared: Prepared) -> AsyncIterator[Asker]:
    superuser = await asyncpg.connect(make_url(database_url).set(drivername="postgresql").render_as_string(False))
    client, estate = await prepared.organization(own_estate, clock := Clock())
    yield Asker(estate.over(client), superuser, clock)
    await delete_all(superuser)
    await superuser.close()


async def own_estate(client: Client) -> Estate:
    return await (await Estate(client, "Own").furnish()).extend()
