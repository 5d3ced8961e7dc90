"""An organization with the small workspace in it, and one with the demo workspace."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from service.cli.configuration import settings
from service.rollup import bulk
from service.workspace import staging
from service.workspace.demo_dates import REFERENCE_DAY
from tests.kit.client import Client
from tests.kit.small_workspace import SMALL
from tests.kit.workspace_files import DEMO, findings, imported


@pytest.fixture
async def small(client: Client) -> Client:
    """The owner of the small workspace, an hour after it was imported."""
    done = await imported(client, SMALL)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(SMALL)}), done.refused
    assert await findings(client) == []
    client.clock.advance(hours=1)
    return client


@pytest.fixture(params=["in memory", "in tables"])
def waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the items of an import wait for their turn, and goals until they are settled."""
    if request.param == "in tables":
        monkeypatch.setattr(staging, "MAX_HELD", 1)
        monkeypatch.setattr(bulk, "MAX_HELD", 0)


@pytest.fixture
async def demo(client: Client) -> Client:
    """The owner of the demo workspace, on the day it was written for."""
    client.clock.now = datetime.combine(REFERENCE_DAY, time(12), UTC)
    done = await imported(client, DEMO)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(DEMO)}), done.refused
    return client


@pytest.fixture
def data_folder(clean: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder that is not there yet, which the settings of this process name; the database is empty."""
    folder = tmp_path / "data"
    monkeypatch.setenv("OKRGRAPH_DATA_FOLDER", str(folder))
    settings.cache_clear()
    yield folder
    monkeypatch.undo()
    settings.cache_clear()
