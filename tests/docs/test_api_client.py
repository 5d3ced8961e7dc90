"""The client in Python of docs/api.md runs as it stands, and prints what the page says."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import uvicorn

from tests.docs.page import block
from tests.kit.client import Client


async def test_it_prints_what_the_page_says(client: Client, keys: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "client.py").write_text(block("python", "client.py"))
    server = uvicorn.Server(uvicorn.Config(client.app, lifespan="off", log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
        environment = {**os.environ, "GRAPHQL_URL": url, "API_KEY": keys["ada"]}
        pipe = asyncio.subprocess.PIPE
        running = await asyncio.create_subprocess_exec(
            sys.executable, tmp_path / "client.py", env=environment, stdout=pipe, stderr=pipe
        )
        printed, complaints = await running.communicate()
        server.should_exit = True
        await serving
    assert (printed.decode(), complaints.decode()) == (block("text", "output"), "")
