"""A real browser, and the service as a process that it talks to over loopback."""

import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from playwright.async_api import Browser, async_playwright, expect
from sqlalchemy.engine import make_url

from service.explorer.explorer import GRAPHIQL, GRAPHIQL_FILES
from service.settings import ROOT
from tests.browser.pages import FOREIGN_HOST, PageServer, Visit
from tests.kit.services import Service, free_port

CHROMIUM = Path("/usr/bin/chromium")
# No name but these leads anywhere, as on a machine without a network.
RESOLVER_RULES = f"EXCLUDE localhost,EXCLUDE *.localhost,EXCLUDE 127.0.0.1,MAP {FOREIGN_HOST} 127.0.0.1,MAP * ~NOTFOUND"
FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules={RESOLVER_RULES}",
]

# Milliseconds; the machine may have other tests to run.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser of the machine; none is downloaded."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}; install Debian's package chromium")
    return CHROMIUM


@pytest.fixture(scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium, args=FLAGS, chromium_sandbox=os.getuid() != 0
        )
        yield launched
        await launched.close()


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """An empty page of a browser that knows nothing yet, and all that it does."""
    context = await browser.new_context(viewport={"width": 1400, "height": 900})
    yield await Visit.begin(context)
    await context.close()


@pytest.fixture(scope="session")
async def demo_url(database_url: str) -> AsyncIterator[str]:
    """An empty database beside the one of the other tests, which every test leaves empty."""
    name = f"browser_{uuid4().hex[:8]}"
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg://", "postgresql://"))
    await connection.execute(f"CREATE DATABASE {name}")
    yield make_url(database_url).set(database=name).render_as_string(hide_password=False)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@contextmanager
def running(service: Service) -> Iterator[Service]:
    try:
        # The demo is imported first.
        service.listens(60)
        yield service
        service.stop(signal.SIGTERM)
        service.process.wait(10)
    finally:
        service.kill()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="session")
def demo(demo_url: str, folder: Path) -> Iterator[Service]:
    """`serve --demo` of this checkout."""
    with running(Service(folder, "demo", free_port(), demo_url, "--demo", OKRGRAPH_DATA_FOLDER=str(folder))) as service:
        yield service


@pytest.fixture(scope="session")
def plain_demo(demo: Service, demo_url: str, folder: Path) -> Iterator[Service]:
    """The same of a copy without the files of GraphiQL, as where there was no npm; on the same workspace."""
    source = folder / "source"
    for name in ("service", "schema", "migrations", "demo"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("graphiql"))
    service = Service(folder, "plain", free_port(), demo_url, "--demo", source=source, OKRGRAPH_DATA_FOLDER=str(folder))
    with running(service):
        yield service


@pytest.fixture
def graphiql_demo(demo: Service) -> Service:
    """The demo with GraphiQL."""
    if any(not (GRAPHIQL / f"{name}.gz").exists() for name in GRAPHIQL_FILES):
        pytest.skip("GraphiQL was not fetched: `make explorer` needs npm")
    return demo


@pytest.fixture(scope="session")
def key(demo: Service) -> str:
    """The API key that the demo prints."""
    [line] = [line for line in demo.greeting().splitlines() if line.startswith("API key: ")]
    return line.removeprefix("API key: ")


@pytest.fixture(scope="session")
def page_server() -> Iterator[PageServer]:
    """A site of its own on another port of loopback."""
    with PageServer() as server:
        yield server


@pytest.fixture(scope="session")
def service_for_page(demo: Service, demo_url: str, folder: Path, page_server: PageServer) -> Iterator[Service]:
    """A service that is no demo, and that one site may call."""
    service = Service(
        folder, "cors", free_port(), demo_url, OKRGRAPH_CORS_ORIGINS=f"https://app.example.com,{page_server.origin}"
    )
    with running(service):
        yield service
