"""A connection that sees everything, beside two organizations that must not see each other."""

from collections.abc import AsyncIterator

import asyncpg
import pytest


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg://", "postgresql://"))
    yield connection
    await connection.close()
