"""A connection that sees everything, beside two organizations that must not see each other."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.kit.client import Client, Clock
from tests.kit.estate import Estate
from tests.kit.stored import Prepared


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg://", "postgresql://"))
    yield connection
    await connection.close()


async def own_estate(client: Client) -> Estate:
    return await (await Estate(client, "Own").furnish()).extend()


async def their_estate(client: Client) -> Estate:
    return await (await Estate(client, "Theirs").furnish()).extend()


@pytest.fixture
async def own(clean: None, prepared: Prepared, clock: Clock) -> Estate:
    client, estate = await prepared.organization(own_estate, clock)
    return estate.over(client)


@pytest.fixture
async def theirs(clean: None, prepared: Prepared, clock: Clock) -> Estate:
    client, estate = await prepared.organization(their_estate, clock)
    return estate.over(client)
