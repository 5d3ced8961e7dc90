"""docs/service-accounts.md as it is written: what creates a service account, and the backend that acts for people."""

import asyncio
import os
import re
import shlex
import socket
import sys
from typing import Any

import uvicorn

from service.people import keys
from service.settings import ROOT
from tests.docs.codes import TOP_LEVEL
from tests.docs.page import FENCE
from tests.kit.client import Client
from tests.kit.commands import run_async
from tests.kit.small_workspace import cycle, key_result, objective, person
from tests.kit.workspace_files import imported

PAGE = ROOT / "docs" / "service-accounts.md"
ENDPOINT = "https://okr.example.com/graphql"
GOALS = [
    *[person("ada", name="Ada"), person("ben", name="Ben", role="VIEWER")],
    cycle("2026", "2026-01-01", "2026-12-31", state="ACTIVE"),
    objective("growth"),
    key_result("revenue", "growth", kind="REACH", target="10"),
]


def blocks() -> dict[str, str]:
    """The code blocks of the page by their names."""
    return {info.split()[1]: text for info, text in FENCE.findall(PAGE.read_text())}


async def made(client: Client, name: str, **variables: Any) -> Any:
    """The payload of the mutation in a block."""
    [payload] = (await client.data(blocks()[name], **variables)).values()
    assert payload.pop("userErrors") == []
    return payload


async def test_a_backend_acts_for_people(client: Client) -> None:
    assert (await imported(client, GOALS)).kept
    account = (await made(client, "create-account.graphql"))["serviceAccount"]["id"]
    key = (await made(client, "create-key.graphql", id=account))["key"]
    server = uvicorn.Server(uvicorn.Config(client.app, lifespan="off", log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
        program = blocks()["backend.py"]
        assert ENDPOINT in program
        pipe = asyncio.subprocess.PIPE
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program.replace(ENDPOINT, url)),
            env={**os.environ, "API_KEY": key},
            stdout=pipe,
            stderr=pipe,
        )
        output, complaints = await running.communicate()
        server.should_exit = True
        await serving
    assert (output.decode(), complaints.decode()) == (blocks()["output"], "")


async def test_the_commands_of_an_operator(client: Client, database_url: str) -> None:
    outputs = []
    for line in blocks()["create.sh"].splitlines():
        program, *arguments = shlex.split(line)
        assert program == "okrgraph"
        code, output, stderr = await run_async(*arguments, OKRGRAPH_DATABASE_URL=database_url)
        assert (code, stderr) == (0, "")
        outputs.append(output)
    account, key, accounts, listed = outputs
    presented = keys.parse(key.strip())
    assert presented is not None
    header, row = accounts.splitlines()
    assert header.split() == ["ID", "NAME", "ROLE", "EXTERNAL", "ID", "CREATED", "ARCHIVED"]
    assert row.split()[:4] == [account.strip(), "Reports", "VIEWER", "reports"]
    assert [line.split()[0] for line in listed.splitlines()[1:]][1:] == [str(presented.id)]
    client.http.headers["Authorization"] = f"Bearer {key.strip()}"
    viewer = await client.data("{ viewer { role scopes } }")
    assert viewer == {"viewer": {"role": "VIEWER", "scopes": ["GOALS_READ", "KPIS_READ"]}}


def test_every_block_of_code_is_executed() -> None:
    text = PAGE.read_text()
    assert list(blocks()) == ["create-account.graphql", "create-key.graphql", "create.sh", "backend.py", "output"]
    assert text.count("\n```") == 2 * len(blocks())
    allowed = ("|", '{"')
    assert [line for line in text.splitlines() if len(line) > 120 and not line.startswith(allowed)] == []


def test_the_table_has_the_codes_and_statuses_of_the_catalogue() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert {code for _, code in rows} == {code for code in TOP_LEVEL if code.startswith("ACT_AS")} | {"UNAUTHENTICATED"}
    assert [code for status, code in rows if not TOP_LEVEL[code].status.startswith(status)] == []
