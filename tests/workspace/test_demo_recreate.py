"""`okrgraph serve --demo --recreate`: the demo organization is made anew, and every other one keeps every row."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import typer
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from service.__main__ import app
from service.all_entities import metadata
from service.app import create_app
from service.cli import organizations
from service.cli.demo import prepare_demo
from service.people import keys
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Client, Clock, founded
from tests.kit.services import Service, free_port
from tests.kit.small_workspace import SMALL
from tests.kit.workspace_files import deleted, executed, imported, row_counts, selected


@pytest.fixture
async def demo_key(database_url: str, data_folder: Path) -> str:
    """The key of a demo that was made just now."""
    return await prepare_demo(database_url)


@pytest.fixture
async def neighbour(demo_key: str, database: Database) -> AsyncIterator[Client]:
    """The owner of another organization beside the demo, with rows in most tables."""
    clock = Clock()
    async with await founded(create_app(Settings(), database, clock), database, clock, "Neighbours") as client:
        assert (await imported(client, SMALL)).refused == []
        yield client


async def rows_of(database_url: str, organization: UUID) -> dict[str, list[str]]:
    """All rows of an organization by table, as text, in an order of their own."""
    found: dict[str, list[str]] = {}
    for table in metadata().sorted_tables:
        column = "id" if table.name == "organizations" else "organization_id"
        query = f"SELECT t::text AS row FROM {table.name} t WHERE t.{column} = '{organization}' ORDER BY 1"
        found[table.name] = [each["row"] for each in await selected(database_url, query)]
    return found


async def names(database_url: str) -> dict[UUID, str]:
    """The organizations that there are."""
    rows = await selected(database_url, "SELECT id, name FROM organizations")
    return {UUID(str(row["id"])): row["name"] for row in rows}


def write_key(folder: Path, key: str) -> None:
    folder.mkdir()
    (folder / "api-key").write_text(key)


def organization_of(key: str) -> UUID:
    parsed = keys.parse(key)
    assert parsed is not None
    return parsed.organization_id


async def test_the_demo_is_made_anew_and_others_keep_every_row(
    demo_key: str, neighbour: Client, database_url: str, data_folder: Path
) -> None:
    before = await rows_of(database_url, neighbour.organization_id)
    key = await prepare_demo(database_url, recreate=True)
    assert (data_folder / "api-key").read_text() == key
    assert await names(database_url) == {neighbour.organization_id: "Neighbours", organization_of(key): "Lumenfield"}
    assert organization_of(key) != organization_of(demo_key)
    assert await rows_of(database_url, neighbour.organization_id) == before
    gone = await rows_of(database_url, organization_of(demo_key))
    assert gone == {table.name: [] for table in metadata().sorted_tables}
    made = await rows_of(database_url, organization_of(key))
    empty = {"carry_overs", "kpi_measurement_revisions", "service_accounts", "share_tokens"}
    assert {name for name, rows in made.items() if not rows} == empty


async def test_a_demo_without_its_key_file_is_not_looked_for(
    demo_key: str, database_url: str, data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = data_folder / "api-key"
    before = await row_counts(database_url)
    for kept in (None, "nonsense", demo_key[:-1] + ("1" if demo_key.endswith("0") else "0")):
        file.unlink() if kept is None else file.write_text(kept)
        with pytest.raises(typer.Exit) as exit:
            await prepare_demo(database_url, recreate=True)
        assert (exit.value.exit_code, capsys.readouterr().err) == (
            1,
            f"Nothing was deleted. The database has organizations, but {file} holds no API key of one of them, so it "
            "is unknown which of them is the demo. Where it is the only one, start once with --demo alone: that writes "
            "a new key.\n",
        )
        assert await row_counts(database_url) == before


async def test_an_organization_that_is_not_the_demo_is_not_deleted(
    demo_key: str, neighbour: Client, database_url: str, data_folder: Path, tmp_path: Path
) -> None:
    file = data_folder / "api-key"
    file.write_text(neighbour.key)
    before = await row_counts(database_url)
    own = {"OKRGRAPH_DATA_FOLDER": str(data_folder)}
    service = Service(tmp_path, "service", free_port(), database_url, "--demo", "--recreate", **own)
    code = await asyncio.to_thread(service.process.wait, 60)
    assert (code, service.greeting(), service.errors()) == (
        1,
        "",
        f"Nothing was deleted. The API key in {file} is that of Olive Owner of the organization Neighbours, not of Ada "
        "Demo of the demo, Lumenfield. Start without --recreate, or use another database.",
    )
    assert await row_counts(database_url) == before


async def test_a_demo_whose_first_person_has_no_external_id_is_made_anew(
    database: Database, database_url: str, data_folder: Path
) -> None:
    # As the demo was before its dates moved.
    organization_id, key = await organizations.create_with_owner(database, "Lumenfield", "UTC", {"name": "Ada Demo"})
    write_key(data_folder, key)
    again = await prepare_demo(database_url, recreate=True)
    assert organization_of(again) != organization_id
    assert await names(database_url) == {organization_of(again): "Lumenfield"}


async def test_where_there_is_no_organization_the_demo_is_made(database_url: str, data_folder: Path) -> None:
    key = await prepare_demo(database_url, recreate=True)
    assert await names(database_url) == {organization_of(key): "Lumenfield"}


async def test_a_demo_that_its_owner_has_deleted_is_made_anew(
    demo_key: str, database: Database, database_url: str
) -> None:
    clock = Clock()
    parsed = keys.parse(demo_key)
    assert parsed is not None
    app = create_app(Settings(), database, clock)
    async with Client(app, database, clock, parsed.organization_id, uuid4(), demo_key) as owner:
        await deleted(owner)
    assert set((await row_counts(database_url)).values()) == {0}
    key = await prepare_demo(database_url)
    assert await names(database_url) == {organization_of(key): "Lumenfield"}


def test_it_goes_with_demo_only() -> None:
    result = CliRunner().invoke(app, ["serve", "--recreate"])
    assert result.exit_code == 2
    assert "Invalid value for --recreate: it needs --demo" in " ".join(result.output.split())


@pytest.fixture
async def login(database_url: str, data_folder: Path) -> AsyncIterator[str]:
    """The URL of a login that is no superuser and may act as the roles that migrations make, as operators have it."""
    name = f"operator_{uuid4().hex[:8]}"
    await executed(database_url, f"CREATE ROLE {name} LOGIN", f"GRANT okrgraph_owner, okrgraph_app TO {name}")
    yield make_url(database_url).set(username=name).render_as_string(hide_password=False)
    await executed(database_url, f"DROP ROLE {name}")


async def test_a_login_that_sees_no_organization_by_itself_does_not_make_a_second_demo(
    login: str, database_url: str
) -> None:
    key = await prepare_demo(login)
    assert await prepare_demo(login) == key
    again = await prepare_demo(login, recreate=True)
    assert await names(database_url) == {organization_of(again): "Lumenfield"}
    assert again != key


async def test_a_login_that_cannot_act_as_the_owner_of_the_tables_makes_it_anew(
    demo_key: str, login: str, database_url: str
) -> None:
    await executed(database_url, f"REVOKE okrgraph_owner FROM {make_url(login).username}")
    key = await prepare_demo(login, recreate=True)
    assert await names(database_url) == {organization_of(key): "Lumenfield"}
