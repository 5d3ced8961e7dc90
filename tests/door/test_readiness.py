"""Whether the service lives, whether it is ready, and the schema as a file."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from service.app import create_app
from service.postgres.database import Database
from service.settings import ROOT, Settings
from tests.door.conftest import Door
from tests.kit.client import Client, Clock

# The lock of migrations/env.py: who starts a service meanwhile must not migrate from the older revision.
MIGRATION_LOCK = 6_713_001


@pytest.fixture(params=["0001_roles"])
async def revision(superuser: asyncpg.Connection, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """The database says that it is at another revision."""
    newest = await superuser.fetchval("SELECT version_num FROM alembic_version")
    await superuser.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
    try:
        await superuser.execute("UPDATE alembic_version SET version_num = $1", request.param)
        yield
    finally:
        await superuser.execute("UPDATE alembic_version SET version_num = $1", newest)
        await superuser.execute(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})")


async def test_live_and_ready(client: Client) -> None:
    for path in ("/live", "/ready"):
        response = await client.http.get(path, headers={"Authorization": ""})
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_live_tells_of_a_fault_as_long_as_there_is_one(
    client: Client, database: Database, settings: Settings, clock: Clock
) -> None:
    fault: str | None = None
    app = create_app(settings, database, clock, find_fault=lambda: fault)
    async with Client(app, database, clock, client.organization_id, client.person_id, client.key) as served:
        for reason, expected in (
            (None, (200, {"status": "ok"})),
            ("It is broken.", (503, {"status": "unavailable", "reason": "It is broken."})),
            (None, (200, {"status": "ok"})),
        ):
            fault = reason
            response = await served.http.get("/live", headers={"Authorization": ""})
            assert (response.status_code, response.json()) == expected
            assert (await served.http.get("/ready")).status_code == 200


async def test_not_ready_before_a_pending_migration(client: Client, revision: None) -> None:
    response = await client.http.get("/ready")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "reason": "migrations are pending"}
    assert (await client.http.get("/live")).status_code == 200


@pytest.mark.parametrize("revision", ["9999_newer"], indirect=True)
async def test_ready_while_a_newer_version_is_rolled_out(client: Client, revision: None) -> None:
    """It has migrated the database, and would be alone if those that still serve were taken out."""
    response = await client.http.get("/ready")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"query": {"host": "/nowhere"}}, id="no server"),
        pytest.param({"database": "missing"}, id="no such database"),
        pytest.param({"database": "postgres"}, id="never migrated"),
    ],
)
async def test_not_ready_without_its_database(door: Door, database_url: str, change: dict[str, Any]) -> None:
    url = make_url(database_url).set(**change).render_as_string(hide_password=False)
    away = await door(database_url=url)
    response = await away.http.get("/ready")
    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    assert response.json()["reason"]
    assert (await away.http.get("/live")).json() == {"status": "ok"}


async def test_ready_again_when_the_pool_is_free_again(door: Door) -> None:
    busy = await door(pool_size=1, pool_timeout=1)
    async with busy.database.primary.connect():
        response = await busy.http.get("/ready")
        assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert (await busy.http.get("/ready")).status_code == 200


async def test_the_schema_is_the_file(client: Client) -> None:
    response = await client.http.get("/schema.graphql", headers={"Authorization": ""})
    assert response.status_code == 200
    assert response.text == (ROOT / "schema" / "schema.graphql").read_text()
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


async def test_the_schema_is_sent_once(client: Client) -> None:
    tag = (await client.http.get("/schema.graphql")).headers["etag"]
    same = await client.http.get("/schema.graphql", headers={"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    weak = await client.http.get("/schema.graphql", headers={"If-None-Match": f'"other", W/{tag}'})
    assert weak.status_code == 304
    other = await client.http.get("/schema.graphql", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.headers["etag"]) == (200, tag)


@pytest.mark.parametrize("path", ["/live", "/ready", "/schema.graphql"])
async def test_they_are_only_read(client: Client, path: str) -> None:
    assert (await client.http.post(path)).status_code == 405
    assert (await client.http.head(path)).status_code == 200


async def test_there_is_nothing_else(client: Client) -> None:
    for path in ("/docs", "/graphql/explorer/plain.js", "/openapi.json", "/redoc"):
        assert (await client.http.get(path)).status_code == 404
