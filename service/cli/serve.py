"""The command `serve`, which prepares the database and starts the HTTP server."""

import asyncio
import errno
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer
import uvicorn

from service.cli.configuration import settings
from service.cli.connection import database_server, open_database
from service.cli.console import UNAVAILABLE, fail
from service.cli.database import migrate_database
from service.cli.demo import prepare_demo
from service.cli.login import serving_url
from service.embedded import Cluster, supervised
from service.http import logs
from service.http.garbage_collection import IdleGarbageCollection, freeze_startup_objects
from service.http.protocol import ConnectionLimits

# Large inputs are parsed in threads. The event loop waits up to this time for the interpreter lock; default: 5 ms.
THREAD_SWITCH_SECONDS = 0.0005
EXAMPLE_DOCUMENT = "{ objectives(first: 3) { nodes { title progress } } }"


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Begin with the demo workspace, and print an API key.")] = False,
    recreate: Annotated[
        bool, typer.Option("--recreate", help="With --demo: delete the demo workspace and make it anew, for today.")
    ] = False,
) -> None:
    """Start the service; with a Postgres of its own unless OKRGRAPH_DATABASE_URL names one. Ctrl-C stops it."""
    if recreate and not demo:
        raise typer.BadParameter("it needs --demo", param_hint="--recreate")
    # Imported here, as building the schema takes a second, which other commands do not need.
    from service.app import create_app
    from service.explorer.explorer import Explorer

    signal.signal(signal.SIGTERM, _stop)
    current_settings = settings()
    _ensure_port_free(current_settings.host, current_settings.port)
    with suppress(KeyboardInterrupt), database_server() as (url, cluster):
        migrate_database(url)
        key = asyncio.run(prepare_demo(url, recreate=recreate)) if demo else None
        _greet(key, has_explorer=demo or current_settings.explorer)
        logs.configure(current_settings.log_level)
        # The login that serves requests has fewer rights than the one that migrates.
        database = open_database(
            current_settings, url if current_settings.database_url else asyncio.run(serving_url(url))
        )
        explorer = Explorer(key) if demo else None
        limits: Any = ConnectionLimits(current_settings.connection_limit, current_settings.header_timeout)
        with _supervised(cluster) as find_fault:
            try:
                application = create_app(
                    current_settings, database, find_fault=find_fault, explorer=explorer, allow_loopback_origins=demo
                )
                app = IdleGarbageCollection(application)
                freeze_startup_objects()
                sys.setswitchinterval(THREAD_SWITCH_SECONDS)
                uvicorn.run(
                    app,
                    host=current_settings.host,
                    port=current_settings.port,
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    http=limits.protocol,
                    ws="none",
                    timeout_keep_alive=current_settings.keep_alive_timeout,  # type: ignore[arg-type]
                    timeout_graceful_shutdown=current_settings.shutdown_timeout,
                )
            finally:
                # A second Ctrl-C must not interrupt the orderly stop of the database.
                _ignore_signals()


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


def _stop(_signal: int, _frame: Any) -> None:
    _ignore_signals()
    raise KeyboardInterrupt


def _ensure_port_free(host: str, port: int) -> None:
    """Exits with 3 if the address cannot be bound. Called before the database starts."""
    try:
        # A name may resolve to several addresses; the first one is checked.
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        fail(
            f"HOST {host!r} is no address:",
            "name one of this machine, or a name for one.",
            code=UNAVAILABLE,
        )
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            is_foreign_address = error.errno == errno.EADDRNOTAVAIL
            advice = "Choose another HOST." if is_foreign_address else "Choose another with PORT."
            problem = f"Port {port} of {host} cannot be used:"
            fail(problem, f"{error.strerror}. {advice}", code=UNAVAILABLE)


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
