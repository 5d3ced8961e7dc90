"""An organization in which half of the goals are hidden, and people with all relations to them."""

import asyncpg
import pytest

from service.app import create_app
from service.postgres.database import Database
from service.settings import Settings
from tests.authorization.world import World
from tests.kit.client import Clock, founded
from tests.kit.stored import Stored


@pytest.fixture(scope="session")
async def furnished(cleaner: asyncpg.Connection, database: Database, settings: Settings) -> tuple[World, Stored]:
    """A world that is furnished once for all tests, since that takes seconds, and its rows."""
    clock = Clock()
    client, stranger = [
        await founded(create_app(settings, database, clock), database, clock, name)
        for name in ("Organization", "Strangers")
    ]
    world = await World(client, stranger, cleaner).furnish()
    return world, await Stored(cleaner).copy(client.organization_id, stranger.organization_id)


@pytest.fixture
async def stored(furnished: tuple[World, Stored]) -> Stored:
    return furnished[1]


@pytest.fixture
async def world(
    furnished: tuple[World, Stored], clean: None, database: Database, settings: Settings, clock: Clock
) -> World:
    world, stored = furnished
    await stored.take_back()
    clients = [each.over(create_app(settings, database, clock), clock) for each in (world.client, world.stranger)]
    return world.over(*clients)
