"""An owner whose application records audit events when the test says so."""

from collections.abc import AsyncIterator

import pytest

from service.app import create_app
from service.audit.recorder import AuditRecorder
from service.postgres.database import Database
from service.settings import Settings
from tests.audit.trail import Timer
from tests.kit.client import Client, Clock, founded


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
async def recorder(database: Database, timer: Timer) -> AsyncIterator[AuditRecorder]:
    made = AuditRecorder(database, timer)
    yield made
    await made.close()


@pytest.fixture
async def owner(
    clean: None, database: Database, settings: Settings, clock: Clock, recorder: AuditRecorder
) -> AsyncIterator[Client]:
    """No key is remembered, so that one that ends fails at once."""
    own = settings.model_copy(update={"key_cache_seconds": 0.0})
    app = create_app(own, database, clock, recorder=recorder)
    async with await founded(app, database, clock, "Audited") as made:
        yield made
