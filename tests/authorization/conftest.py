"""An organization in which half of the goals are hidden, and people with all relations to them."""

import asyncpg
import pytest

from tests.authorization.world import World
from tests.kit.client import Client


@pytest.fixture
async def world(client: Client, stranger: Client, cleaner: asyncpg.Connection) -> World:
    return await World(client, stranger, cleaner).furnish()
