"""Serving: database, migrations, demo workspace, HTTP."""

import asyncio
import signal
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from service.command_line.care import migrated
from service.command_line.place import UNAVAILABLE, console, database_url, open_database
from service.command_line.tenants import founded, issued
from service.command_line.workspace import imported
from service.database import Database
from service.http import logs
from service.http.collecting import CollectsAtRest, prepare
from service.people import keys
from service.pool import driver
from service.settings import ROOT, settings

DEMO = ROOT / "demo" / "workspace.jsonl"
DOCUMENT = "{ objectives(first: 3) { nodes { title progress } } }"


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Begin with the demo workspace, and print an API key.")] = False,
) -> None:
    """Start the service; with a Postgres of its own unless OKRGRAPH_DATABASE_URL names one. Ctrl-C stops it."""
    # The schema takes a second to build, which the other commands need not wait for.
    from service.app import create_app

    signal.signal(signal.SIGTERM, _stop)
    own = settings()
    _ensure_free(own.host, own.port)
    with suppress(KeyboardInterrupt), database_url() as url:
        migrated(url)
        key = asyncio.run(_prepared(url)) if demo else None
        _greet(key)
        logs.configure(own.log_level)
        database = open_database(own, url)
        app = CollectsAtRest(create_app(own, database))
        prepare()
        try:
            uvicorn.run(
                app,
                host=own.host,
                port=own.port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=own.shutdown_timeout,
            )
        finally:
            # The database is about to be stopped, in order; a second Ctrl-C must not stop the stopping.
            _ignore_signals()


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _stop(_signal: int, _frame: Any) -> None:
    _ignore_signals()
    raise KeyboardInterrupt


def _ensure_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            console.print(f"[red]Port {port} of {host} cannot be used:[/] {error.strerror}. Choose another with PORT.")
            raise typer.Exit(UNAVAILABLE) from None


async def _prepared(url: str) -> str:
    """An API key of the demo organization, which is imported if there is no organization yet."""
    database = open_database(settings(), url)
    try:
        async with database.primary.connect() as connection:
            present = await (await driver(connection)).fetchval("SELECT count(*) FROM organizations")
        if not present:
            organization_id, key = await founded(database, "Lumenfield", "UTC", {"name": "Ada Demo"})
            with DEMO.open("rb") as lines:
                await imported(database, lines, organization_id)
            _key_file().write_text(key)
            _key_file().chmod(0o600)
            return key
        return await _kept_key(database)
    finally:
        await database.dispose()


async def _kept_key(database: Database) -> str:
    """The key that an earlier start printed, or a new one where it is lost or belongs to another database."""
    with suppress(OSError):
        key = _key_file().read_text()
        parsed = keys.parse(key)
        if parsed and await _is_known(database, parsed):
            return key
    key = await issued(database, "", "make serve", None, None)
    _key_file().parent.mkdir(parents=True, exist_ok=True)
    _key_file().write_text(key)
    _key_file().chmod(0o600)
    return key


async def _is_known(database: Database, key: keys.PresentedKey) -> bool:
    async with database.primary.connect() as connection:
        query = "SELECT count(*) FROM api_keys WHERE id = $1 AND secret_hash = $2 AND revoked_at IS NULL"
        return bool(await (await driver(connection)).fetchval(query, key.id, key.secret_hash))


def _key_file() -> Path:
    return settings().data_folder / "api-key"


def _greet(key: str | None) -> None:
    url = f"http://{settings().host}:{settings().port}/graphql"
    typer.echo(f"\nokrgraph serves {url}")
    if key:
        typer.echo(f"API key: {key}\n")
        body = f'{{"query": "{DOCUMENT}"}}'
        typer.echo(f"curl -s {url} -H 'Content-Type: application/json' -H 'Authorization: Bearer {key}' -d '{body}'")
    typer.echo("\nCtrl-C stops it.\n")
