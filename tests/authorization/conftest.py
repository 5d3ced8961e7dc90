"""An organization in which half of the goals are hidden, and people with all relations to them."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.authorization.stored import Stored
from tests.authorization.world import World
from tests.kit.client import Client


@pytest.fixture
async def world(client: Client, stranger: Client, cleaner: asyncpg.Connection) -> World:
    return await World(client, stranger, cleaner).furnish()


@pytest.fixture
async def stored(world: World, cleaner: asyncpg.Connection) -> AsyncIterator[Stored]:
    copy = Stored(cleaner)
    await copy.copy()
    yield copy
    await copy.forget()
