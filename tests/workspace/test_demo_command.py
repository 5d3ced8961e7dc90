"""`okrgraph serve --demo`: the organization that it makes, the key that it keeps, and two starts at once."""

import os
import signal
import stat
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
import typer

from service.app import create_app
from service.cli import demo as demo_command
from service.cli.configuration import settings
from service.cli.demo import DEMO_FILE, prepare_demo
from service.people import keys
from service.people.key_commands import revoke_key
from service.postgres.database import Database
from service.settings import Settings
from service.unit_of_work import write
from service.viewer import Viewer
from tests.kit.client import Client, Clock
from tests.kit.services import Service, free_port
from tests.kit.workspace_files import DEMO_ITEMS, row_counts, selected

ORGANIZATIONS = "SELECT id, name FROM organizations"
EMPTY = "SELECT (SELECT count(*) FROM organizations) + (SELECT count(*) FROM people) AS count"


def kept_in(folder: Path) -> list[tuple[str, str, int]]:
    """Name, content and mode of each file in a folder."""
    return [(file.name, file.read_text(), stat.S_IMODE(file.stat().st_mode)) for file in folder.glob("*")]


@pytest.fixture
async def today(database: Database, database_url: str, data_folder: Path) -> AsyncIterator[Client]:
    """The first person of a demo that was made just now, by the key that was printed."""
    key = await prepare_demo(database_url)
    parsed = keys.parse(key)
    assert parsed is not None
    clock = Clock()
    clock.now = datetime.now(UTC)
    app = create_app(Settings(), database, clock)
    async with Client(app, database, clock, parsed.organization_id, UUID(int=0), key) as client:
        yield client


async def test_it_is_made_for_today_and_the_key_is_its_first_persons(today: Client, database_url: str) -> None:
    people = await selected(database_url, "SELECT external_id, email, role, version FROM people ORDER BY created_at")
    assert people[0] == {"external_id": "ada", "email": "ada@example.com", "role": "OWNER", "version": 1}
    assert len(people) == len([item for item in DEMO_ITEMS if item["type"] == "Person"])
    shown = await today.data(
        """{ organization { name } viewer { person { externalId objectives { nodes { externalId status } } } }
        overdue: keyResults(filter: {staleness: {eq: OVERDUE}}) { nodes { externalId } } }"""
    )
    assert shown == {
        "organization": {"name": "Lumenfield"},
        "viewer": {
            "person": {
                "externalId": "ada",
                "objectives": {
                    "nodes": [
                        {"externalId": "a14-profitable", "status": "AT_RISK"},
                        {"externalId": "recommended", "status": "AT_RISK"},
                    ]
                },
            }
        },
        "overdue": {"nodes": [{"externalId": "pages"}, {"externalId": "closing-days"}]},
    }


async def test_a_second_start_changes_nothing_and_has_the_same_key(
    today: Client, database_url: str, data_folder: Path
) -> None:
    before = await row_counts(database_url)
    assert await prepare_demo(database_url) == today.key
    assert (await row_counts(database_url), (data_folder / "api-key").read_text()) == (before, today.key)


async def test_nobody_else_can_read_the_key_whatever_the_umask(database_url: str, data_folder: Path) -> None:
    before = os.umask(0)
    try:
        key = await prepare_demo(database_url)
    finally:
        os.umask(before)
    assert kept_in(data_folder) == [("api-key", key, 0o600)]


@pytest.mark.parametrize("kept", [None, "nonsense ü", "okr_" + "a" * 52 + "_" + "0" * 64])
async def test_a_key_that_is_lost_is_made_anew(
    today: Client, database_url: str, data_folder: Path, kept: str | None
) -> None:
    file = data_folder / "api-key"
    file.unlink() if kept is None else file.write_text(kept)
    key = await prepare_demo(database_url)
    assert key != today.key
    assert file.read_text() == key
    assert len(await selected(database_url, ORGANIZATIONS)) == 1
    today.http.headers["Authorization"] = f"Bearer {key}"
    assert await today.data("{ viewer { person { externalId } } }") == {"viewer": {"person": {"externalId": "ada"}}}


async def test_a_revoked_key_is_not_printed_again(today: Client, database_url: str) -> None:
    parsed = keys.parse(today.key)
    assert parsed is not None
    operator = Viewer(today.organization_id, None, "OWNER")
    await write(today.database, operator, today.clock.now, lambda tx: revoke_key(tx, parsed.id))
    key = await prepare_demo(database_url)
    assert key != today.key
    today.http.headers["Authorization"] = f"Bearer {key}"
    assert await today.data("{ viewer { person { externalId } } }") == {"viewer": {"person": {"externalId": "ada"}}}


async def test_without_a_folder_for_the_key_it_is_printed_all_the_same(
    database_url: str, data_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKRGRAPH_DATA_FOLDER", __file__)
    settings.cache_clear()
    assert keys.parse(await prepare_demo(database_url)) is not None
    file = f"{__file__}/api-key"
    assert capsys.readouterr().err == f"{file} cannot be written (File exists): the next start prints another key.\n"


async def test_when_the_import_is_refused_no_organization_is_left(
    database_url: str, data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(DEMO_FILE.read_bytes() + b'{"type": "Team", "externalId": "lost", "name": "L", "parent": "x"}\n')
    monkeypatch.setattr(demo_command, "DEMO_FILE", broken)
    with pytest.raises(typer.Exit) as exit:
        await prepare_demo(database_url)
    assert exit.value.exit_code == 1
    assert (await selected(database_url, EMPTY), kept_in(data_folder)) == ([{"count": 0}], [])


async def test_two_that_start_at_once_make_one_organization(database_url: str, clean: None, tmp_path: Path) -> None:
    shared = {"OKRGRAPH_DATA_FOLDER": str(tmp_path / "data")}
    started = [Service(tmp_path, name, free_port(), database_url, "--demo", **shared) for name in ("one", "two")]
    try:
        for service in started:
            # One waits for the import of the other.
            service.listens(90)
        assert [row["name"] for row in await selected(database_url, ORGANIZATIONS)] == ["Lumenfield"]
        printed = {service.key() for service in started}
        assert printed == {(tmp_path / "data" / "api-key").read_text()}
        for service in started:
            service.stop(signal.SIGTERM)
            assert service.process.wait(20) == 0
    finally:
        for service in started:
            service.kill()
