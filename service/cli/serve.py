"""The command `serve`, which prepares the database and starts the HTTP server."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Annotated

import typer
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from service.cli.capacity import warn_of_too_many_connections
from service.cli.configuration import settings
from service.cli.connection import database_server
from service.cli.console import fail
from service.cli.database import migrate_database
from service.cli.demo import prepare_demo
from service.cli.http_server import ServerOptions, create_server_config, import_application
from service.cli.listening import ReservedPort, ensure_port_free
from service.cli.login import serving_url
from service.cli.worker import run_worker, stop_seconds
from service.cli.workers import Workers
from service.embedded import Cluster, supervised
from service.http import logs
from service.settings import MAX_WORKERS

EXAMPLE_DOCUMENT = "{ objectives(first: 3) { nodes { title progress } } }"


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Begin with the demo workspace, and print an API key.")] = False,
    recreate: Annotated[
        bool, typer.Option("--recreate", help="With --demo: delete the demo workspace and make it anew, for today.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=MAX_WORKERS, help="Processes that serve requests; default: OKRGRAPH_WORKERS, or 1."),
    ] = None,
) -> None:
    """Start the service; with a Postgres of its own unless OKRGRAPH_DATABASE_URL names one. Ctrl-C stops it."""
    if recreate and not demo:
        raise typer.BadParameter("it needs --demo", param_hint="--recreate")
    signal.signal(signal.SIGTERM, _stop)
    current_settings = settings()
    worker_count = workers or current_settings.workers
    if worker_count == 1:
        import_application()
    ensure_port_free(current_settings.host, current_settings.port)
    # It accepts no connections before the workers do.
    port = ReservedPort(current_settings.host, current_settings.port) if worker_count > 1 else None
    with suppress(KeyboardInterrupt), database_server() as (url, cluster):
        migrate_database(url)
        key = asyncio.run(prepare_demo(url, recreate=recreate)) if demo else None
        _greet(key, has_explorer=demo or current_settings.explorer)
        logs.configure(current_settings.log_level)
        # The login that serves requests has fewer rights than the one that migrates.
        serving = url if current_settings.database_url else asyncio.run(serving_url(url))
        options = ServerOptions(current_settings, serving, key)
        with _supervised(cluster) as find_fault:
            if port is None:
                _run_server(options, find_fault)
            else:
                asyncio.run(warn_of_too_many_connections(current_settings, serving, worker_count))
                serve_in_worker = partial(run_worker, options)
                _run_workers(Workers(worker_count, serve_in_worker, port, find_fault, stop_seconds(current_settings)))


def _run_server(options: ServerOptions, find_fault: Callable[[], str | None]) -> None:
    """Serves in this process."""
    try:
        server = uvicorn.Server(create_server_config(options, find_fault))
        with suppress(KeyboardInterrupt):
            server.run()
        if not server.started:
            sys.exit(STARTUP_FAILURE)
    finally:
        # A second Ctrl-C must not interrupt the orderly stop of the database.
        _ignore_signals()


def _run_workers(workers: Workers) -> None:
    """Serves in worker processes. Exits with the code of a worker if none can start."""
    # A shell that starts it in the background has SIGINT ignored. The workers do not ignore it, as the only process.
    signal.signal(signal.SIGINT, _stop)
    try:
        exit_code = workers.run()
    finally:
        _ignore_signals()
        workers.stop()
    fail("The service ends:", "no worker can start, see above.", code=exit_code)


@contextmanager
def _supervised(cluster: Cluster | None) -> Iterator[Callable[[], str | None]]:
    """A function that returns why the process is unhealthy. Supervises the embedded server, if any, in the block."""
    if cluster is None:
        yield lambda: None
        return
    with supervised(cluster) as supervisor:
        yield supervisor.find_fault


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    _ignore_signals()
    raise KeyboardInterrupt


def _browser_url(host: str, port: int) -> str:
    """The URL of the explorer, with loopback instead of a wildcard address, which a browser cannot open."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/graphql"


def _greet(key: str | None, *, has_explorer: bool) -> None:
    host = settings().host
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings().port}/graphql"
    typer.echo(f"\nokrgraph serves {url}")
    if has_explorer:
        typer.echo(f"In a browser: {_browser_url(settings().host, settings().port)}")
    if key:
        typer.echo(f"API key: {key}\n")
        body = f'{{"query": "{EXAMPLE_DOCUMENT}"}}'
        typer.echo(f"curl -s {url} -H 'Content-Type: application/json' -H 'Authorization: Bearer {key}' -d '{body}'")
    typer.echo("\nCtrl-C stops it.\n")
