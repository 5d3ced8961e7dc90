"""docs/sign-in.md as it is written, with an issuer that others made: browser, phone, backend and a rotation of keys."""

import asyncio
import json
import re
import socket
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from service.app import create_app
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Client
from tests.sign_in.page import FENCE, PAGE, code_block, settings_of
from tests.sign_in.real_issuer import RealIssuer, sign_in_by_hand

VIEWER = "{ viewer { role person { externalId name email memberships { team { externalId } } } } }"
# What a page does with the functions of the guide; its lines on stdin are where the browser came back to.
DRIVER = """
import { createInterface } from "node:readline/promises";
const store = new Map();
globalThis.sessionStorage = {
  setItem: (name, value) => store.set(name, value),
  getItem: (name) => store.get(name),
  removeItem: (name) => store.delete(name),
};
const { signInUrl, finishSignIn, graphql, refresh } = await import("./browser.mjs");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const next = async () => (await lines.next()).value;
console.log(await signInUrl());
await finishSignIn(new URL(await next()).search);
for (let query = await next(); query; query = await next()) {
  if (query === "refresh") await refresh();
  else console.log(JSON.stringify(await graphql(query)));
}
process.exit(0);
"""


class App:
    """The single-page app of the guide in a process of Node."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def read(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            line = (await self._process.stdout.readline()).decode().strip()
        assert line, await self._process.stderr.read() if self._process.stderr else ""
        return line

    async def write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def ask(self, query: str) -> Any:
        await self.write(query)
        return json.loads(await self.read())


@pytest.fixture
async def issuer(tmp_path: Path) -> AsyncIterator[RealIssuer]:
    made = RealIssuer(tmp_path)
    await asyncio.to_thread(made.start)
    yield made
    made.stop()


@pytest.fixture
async def endpoint(client: Client, database_url: str, issuer: RealIssuer) -> AsyncIterator[str]:
    """URL of a service with the settings of the guide."""
    client.clock.now = datetime.now(UTC)
    for team in ("sales", "okr-admins"):
        await client.make("teamCreate", externalId=team, name=team)
    lines = code_block("settings.env", issuer.url, "").replace(
        "ORGANIZATION=ORGANIZATION", f"ORGANIZATION={client.organization_id}"
    )
    settings = Settings(key_cache_seconds=0, **settings_of(lines))  # type: ignore[arg-type]
    database = Database(settings, database_url)
    app = create_app(settings, database)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
        server.should_exit = True
        await serving
    await database.dispose()


@pytest.fixture
async def start_app(tmp_path: Path, issuer: RealIssuer, endpoint: str) -> AsyncIterator[Any]:
    processes: list[asyncio.subprocess.Process] = []

    async def start(login: str, **changed: str) -> App:
        text = code_block("browser.mjs", issuer.url, endpoint)
        for name, value in changed.items():
            text = text.replace(
                {"client_id": '"web"', "redirect_uri": '"https://app.example.com/callback"'}[name], f'"{value}"'
            )
        (tmp_path / "browser.mjs").write_text(text)
        (tmp_path / "driver.mjs").write_text(DRIVER)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            "node", "driver.mjs", cwd=tmp_path, stdin=pipe, stdout=pipe, stderr=pipe
        )
        processes.append(process)
        app = App(process)
        returned = await sign_in_by_hand(await app.read(), login)
        assert returned.startswith(changed.get("redirect_uri", "https://app.example.com/callback") + "?code=")
        await app.write(returned)
        return app

    yield start
    for process in processes:
        if process.returncode is None:
            process.kill()
            await process.wait()


def viewer(login: str, role: str, *teams: str) -> dict[str, Any]:
    memberships = [{"team": {"externalId": team}} for team in teams]
    email = f"{login}@example.com"
    person = {"externalId": login, "name": login.upper(), "email": email, "memberships": memberships}
    return {"data": {"viewer": {"role": role, "person": person}}}


async def test_a_single_page_app(start_app: Any, issuer: RealIssuer) -> None:
    app = await start_app("ada")
    assert await app.ask(VIEWER) == viewer("ada", "ADMIN", "okr-admins", "sales")
    await app.write("refresh")
    assert await app.ask(VIEWER) == viewer("ada", "ADMIN", "okr-admins", "sales")


async def test_a_mobile_app(start_app: Any) -> None:
    names = dict(re.findall(r"^\| (.+) \| `(.+)` \|$", PAGE.read_text(), re.MULTILINE))
    app = await start_app("ben", client_id=names["client id"], redirect_uri=names["redirect URI"])
    assert await app.ask(VIEWER) == viewer("ben", "MEMBER", "sales")


async def test_a_backend(endpoint: str, issuer: RealIssuer) -> None:
    program = code_block("backend.py", issuer.url, endpoint)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert errors == b""
    assert json.loads(output) == {"data": {"viewer": {"role": "MEMBER", "person": {"externalId": "reporting"}}}}


async def test_a_rotation_of_all_keys_while_people_work(
    start_app: Any, issuer: RealIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await start_app("ada")
    assert (await before.ask(VIEWER))["data"]["viewer"]["role"] == "ADMIN"
    issuer.stop()
    # Its last keys are good while it is down.
    assert (await before.ask(VIEWER))["data"]["viewer"]["role"] == "ADMIN"
    await asyncio.to_thread(issuer.start)
    monkeypatch.setattr("service.sign_in.key_cache.MIN_REFRESH_SECONDS", 0)
    after = await start_app("ada")
    assert await after.ask(VIEWER) == viewer("ada", "ADMIN", "okr-admins", "sales")


def test_every_block_of_code_is_executed() -> None:
    text = PAGE.read_text()
    assert [info for info, _ in FENCE.findall(text)] == ["sh settings.env", "js browser.mjs", "python backend.py"]
    assert text.count("\n```") == 6
    assert [line for line in text.splitlines() if len(line) > 120] == []
