"""The tools of the frontend teams, installed once, and projects to run them in."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from tests.clients.page import code_blocks
from tests.clients.project import HERE, Prepare, Project
from tests.kit.client import Client
from tests.kit.npm import installed

CHECKOUT = HERE.parents[1]


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The tools as the lock names them."""
    return installed(HERE)


@pytest.fixture(scope="session")
def sdl() -> str:
    """The schema as committed."""
    return (CHECKOUT / "schema" / "schema.graphql").read_text()


@pytest.fixture
def prepare(node_modules: Path, tmp_path: Path) -> Prepare:
    """Makes a project around a schema, with a folder beside this file and blocks of docs/clients.md, if named."""

    def prepared(schema: str, documents: str | None = None, *blocks: str) -> Project:
        folder = tmp_path / "project"
        if documents is None:
            folder.mkdir()
        else:
            shutil.copytree(HERE / documents, folder)
        for block in blocks:
            (folder / block).write_text(code_blocks()[block])
        (folder / "schema.graphql").write_text(schema)
        (folder / "node_modules").symlink_to(node_modules)
        return Project(folder)

    return prepared


@pytest.fixture
async def endpoint(client: Client) -> AsyncIterator[str]:
    """URL at which the application of `client` answers other processes."""
    # The database belongs to the fixtures, so the application neither opens nor closes it.
    server = uvicorn.Server(uvicorn.Config(client.app, lifespan="off", log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/graphql"
        server.should_exit = True
        await serving
