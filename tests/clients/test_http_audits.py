"""The server audits of graphql-http, for which GraphQL over HTTP is what its specification says."""

import asyncio
import json

import pytest

from tests.clients.project import Prepare
from tests.kit.client import Client


@pytest.mark.parametrize("has_key", [False, True], ids=["without a key", "with a key"])
async def test_all_audits_are_passed(prepare: Prepare, sdl: str, endpoint: str, client: Client, has_key: bool) -> None:
    project = prepare(sdl, "audits")
    arguments = [endpoint, *([client.key] if has_key else [])]
    process = await asyncio.create_subprocess_exec(
        "node", "audits.mjs", *arguments, cwd=project.folder, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    assert json.loads(out) == {"audits": 61, "failed": []}
