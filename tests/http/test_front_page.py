"""The front page: what it says, and that it says the same to everybody."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from service.app import create_app
from service.explorer.explorer import Explorer
from service.postgres.database import Database
from service.settings import Settings

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
WITHOUT = {
    "name": "okrgraph",
    "description": "A headless GraphQL service for OKRs and KPIs.",
    "graphql": "/graphql",
    "schema": "/schema.graphql",
}
LINK = re.compile(r'<a href="([^"]*)">')


@pytest.fixture(params=["off", "set", "demo"])
async def site(database: Database, settings: Settings, request: Any) -> AsyncIterator[tuple[str, httpx2.AsyncClient]]:
    """A client of an application: without an explorer, with one by the settings, and with one by the demo."""
    own = settings.model_copy(update={"explorer": request.param == "set"})
    app = create_app(own, database, explorer=Explorer("okr_secret") if request.param == "demo" else None)
    transport = httpx2.ASGITransport(app, client=("127.0.0.1", 1234))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield request.param, client


async def test_programs_get_json(site: tuple[str, httpx2.AsyncClient]) -> None:
    explorer, client = site
    response = await client.get("/")
    assert response.status_code == 200
    assert response.json() == (WITHOUT if explorer == "off" else {**WITHOUT, "explorer": "/graphql"})
    assert response.headers["vary"] == "Accept"


async def test_browsers_get_a_page_whose_links_lead_somewhere(site: tuple[str, httpx2.AsyncClient]) -> None:
    explorer, client = site
    response = await client.get("/", headers=BROWSER)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert LINK.findall(response.text) == [*(["graphql"] if explorer != "off" else []), "schema.graphql"]
    assert "okr_secret" not in response.text
    assert {name: response.headers[name] for name in ("vary", "referrer-policy", "x-content-type-options")} == {
        "vary": "Accept",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    assert response.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    for link in LINK.findall(response.text):
        assert (await client.get(f"/{link}", headers=BROWSER)).status_code == 200


async def test_it_says_the_same_to_everybody(site: tuple[str, httpx2.AsyncClient]) -> None:
    _, client = site
    for accept in ({}, BROWSER):
        first = await client.get("/", headers=accept)
        second = await client.get("/", headers={**accept, "Host": "a.example", "Authorization": "Bearer okr_x"})
        assert first.content == second.content


async def test_it_is_only_read(site: tuple[str, httpx2.AsyncClient]) -> None:
    _, client = site
    head = await client.head("/")
    assert (head.status_code, head.content) == (200, b"")
    assert (await client.post("/")).status_code == 405
