"""docs/share-tokens.md as it is written: an owner shares, a partner reads by the program of the guide, and it ends."""

import asyncio
import json
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from service.app import create_app
from service.settings import ROOT, Settings
from tests.kit.client import Client

PAGE = ROOT / "docs" / "share-tokens.md"
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = ["share.graphql", "objective.json", "kpis.json", "partner.py", "output", "revoke.graphql"]


def block(name: str) -> str:
    """The text of the code block with this name."""
    [text] = [text for info, text in FENCE.findall(PAGE.read_text()) if info.split(" ")[1] == name]
    return text


@pytest.fixture
async def endpoint(client: Client) -> AsyncIterator[str]:
    """URL of a service that remembers no credentials."""
    app = create_app(Settings(key_cache_seconds=0), client.database, client.clock)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
        server.should_exit = True
        await serving


@pytest.fixture
async def goals(client: Client) -> dict[str, str]:
    cycle = await client.cycle()
    limits = {"kind": "DECREASE", "unit": "%"}
    kpi = await client.make("kpiCreate", name="Late deliveries", unit="%", category="Public")
    measured = {"measurements": [{"kpiId": kpi, "on": "2026-06-01", "value": "6"}]}
    assert (await client.change("kpiMeasurementsRecord", measured, "changed"))["changed"] == 1
    root = await client.objective(cycle, "Deliver in time")
    follows = {"valueSource": "KPI", "sourceKpiId": kpi, "baseline": "10", "target": "2"}
    await client.key_result(root, "Late deliveries", **limits, **follows)
    child = await client.objective(cycle, "Fewer returns")
    returns = await client.key_result(child, "Returned parcels", baseline="10", target="6", **limits)
    await client.check_in(returns, "8")
    await client.make("objectiveAlign", objectiveId=child, parentId=root)
    return {"root": root, "kpi": kpi}


async def shared(client: Client, name: str, **ids: str) -> Any:
    variables = json.loads(block(name).replace("OBJECTIVE", ids.get("root", "")))
    payload = (await client.data(block("share.graphql"), **variables))["shareTokenCreate"]
    assert payload["userErrors"] == []
    return payload


async def read(endpoint: str, token: str) -> tuple[int | None, str, str]:
    """Exit code, output and errors of the program of the partner."""
    program = block("partner.py").replace("https://okr.example.com/graphql", endpoint)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env={**os.environ, "OKR_TOKEN": token}, stdout=pipe, stderr=pipe
    )
    output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


async def test_a_partner_reads_until_the_token_is_revoked(client: Client, goals: dict[str, str], endpoint: str) -> None:
    payload = await shared(client, "objective.json", **goals)
    assert await read(endpoint, payload["token"]) == (0, block("output"), "")
    revoked = (await client.data(block("revoke.graphql"), id=payload["shareToken"]["id"]))["shareTokenRevoke"]
    assert revoked == {"shareToken": {"revokedAt": "2026-07-02T12:00:00Z"}, "userErrors": []}
    message = "This share token is not valid, or not any more.\n"
    assert await read(endpoint, payload["token"]) == (1, "", message)


async def test_a_display_shows_kpis(client: Client, goals: dict[str, str], endpoint: str) -> None:
    payload = await shared(client, "kpis.json")
    code, output, errors = await read(endpoint, payload["token"])
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "Display in the lobby, until 2026-12-31T23:59:59Z",
        "KPI Late deliveries: 6 %, NO_TARGET",
    ]


async def test_scanners_find_a_token_by_the_pattern(client: Client, goals: dict[str, str]) -> None:
    [pattern] = re.findall(r"^    (okrs_\[.*)$", PAGE.read_text(), re.MULTILINE)
    token = (await shared(client, "kpis.json"))["token"]
    assert re.findall(pattern, f'{{"token": "{token}"}}') == [token]
    assert re.findall(pattern, client.key) == []


def test_every_block_of_code_is_executed() -> None:
    text = PAGE.read_text()
    assert [info.split(" ")[1] for info, _ in FENCE.findall(text)] == BLOCKS
    assert text.count("\n```") == 2 * len(BLOCKS)
    assert [line for line in text.splitlines() if len(line) > 120 and not line.startswith("|")] == []
