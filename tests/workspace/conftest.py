"""An organization with the small workspace in it, and one with the demo workspace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli.configuration import settings
from service.rollup import bulk
from service.workspace import staging
from tests.kit.client import Client, Clock
from tests.kit.small_workspace import SMALL
from tests.kit.stored import Prepared
from tests.kit.workspace_files import demo_workspace, findings, imported


@pytest.fixture
async def small(clean: None, prepared: Prepared, clock: Clock) -> Client:
    """The owner of the small workspace, an hour after it was imported."""
    client, _ = await prepared.organization(small_workspace, clock)
    return client


async def small_workspace(client: Client) -> None:
    done = await imported(client, SMALL)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(SMALL)}), done.refused
    assert await findings(client) == []
    client.clock.advance(hours=1)


@pytest.fixture(params=["in memory", "in tables"])
def waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the items of an import wait for their turn, and goals until they are settled."""
    if request.param == "in tables":
        monkeypatch.setattr(staging, "MAX_HELD", 1)
        monkeypatch.setattr(bulk, "MAX_HELD", 0)


@pytest.fixture
async def demo(clean: None, prepared: Prepared, clock: Clock) -> Client:
    """The owner of the demo workspace, on the day it was written for."""
    client, _ = await prepared.organization(demo_workspace, clock)
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
