"""An organization with the small workspace in it, and one with the demo workspace."""

from datetime import UTC, datetime

import pytest

from tests.client import Client
from tests.workspace.files import DEMO, findings, imported
from tests.workspace.small import SMALL


@pytest.fixture
async def small(client: Client) -> Client:
    """The owner of the small workspace, an hour after it was imported."""
    done = await imported(client, SMALL)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(SMALL)}), done.refused
    assert await findings(client) == []
    client.clock.advance(hours=1)
    return client


@pytest.fixture
async def demo(client: Client) -> Client:
    """The owner of the demo workspace, on the day it was written for."""
    client.clock.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    done = await imported(client, DEMO)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(DEMO)}), done.refused
    return client
