"""Serving: database, migrations, demo workspace, HTTP."""

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
from service.cli.database import migrated
from service.cli.demo import prepare_demo
from service.cli.login import serving_url
from service.embedded import Cluster, supervised
from service.http import logs
from service.http.garbage_collection import CollectsAtRest, prepare
from service.http.protocol import ConnectionLimits

# Threads read what is large. The loop waits so long for them each time that it has something to do: by default 5 ms.
SWITCH_SECONDS = 0.0005
DOCUMENT = "{ objectives(first: 3) { nodes { title progress } } }"


def serve(
    demo: Annotated[bool, typer.Option("--demo", help="Begin with the demo workspace, and print an API key.")] = False,
    recreate: Annotated[
        bool, typer.Option("--recreate", help="With --demo: delete the demo workspace and make it anew, for today.")
    ] = False,
) -> None:
    """Start the service; with a Postgres of its own unless OKRGRAPH_DATABASE_URL names one. Ctrl-C stops it."""
    if recreate and not demo:
        raise typer.BadParameter("it needs --demo", param_hint="--recreate")
    # The schema takes a second to build, which the other commands need not wait for.
    from service.app import create_app
    from service.explorer.explorer import Explorer

    signal.signal(signal.SIGTERM, _stop)
    own = settings()
    _ensure_free(own.host, own.port)
    with suppress(KeyboardInterrupt), database_server() as (url, cluster):
        migrated(url)
        key = asyncio.run(prepare_demo(url, recreate=recreate)) if demo else None
        _greet(key, has_explorer=demo or own.explorer)
        logs.configure(own.log_level)
        # What migrates, and the commands, may do more than requests are to be able to.
        database = open_database(own, url if own.database_url else asyncio.run(serving_url(url)))
        explorer = Explorer(key) if demo else None
        limits: Any = ConnectionLimits(own.connection_limit, own.header_timeout)
        with _supervised(cluster) as find_fault:
            try:
                made = create_app(own, database, find_fault=find_fault, explorer=explorer, allow_loopback_origins=demo)
                app = CollectsAtRest(made)
                prepare()
                sys.setswitchinterval(SWITCH_SECONDS)
                uvicorn.run(
                    app,
                    host=own.host,
                    port=own.port,
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    http=limits.protocol,
                    ws="none",
                    timeout_keep_alive=own.keep_alive_timeout,  # type: ignore[arg-type]
                    timeout_graceful_shutdown=own.shutdown_timeout,
                )
            finally:
                # The database is about to be stopped, in order; a second Ctrl-C must not stop the stopping.
                _ignore_signals()


@contextmanager
def _supervised(cluster: Cluster | None) -> Iterator[Callable[[], str | None]]:
    """What `/live` asks for a fault; the embedded server, where there is one, is restarted as long as this lasts."""
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


def _ensure_free(host: str, port: int) -> None:
    """Exits with 3 when nobody can listen there: found out before the database is started."""
    try:
        # A name may stand for several addresses; one that can be used is enough here.
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
            elsewhere = error.errno == errno.EADDRNOTAVAIL
            advice = "Choose another HOST." if elsewhere else "Choose another with PORT."
            problem = f"Port {port} of {host} cannot be used:"
            fail(problem, f"{error.strerror}. {advice}", code=UNAVAILABLE)


def _browser_url(host: str, port: int) -> str:
    """The URL of the explorer; a browser on this machine cannot open an address that stands for all of them."""
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
        body = f'{{"query": "{DOCUMENT}"}}'
        typer.echo(f"curl -s {url} -H 'Content-Type: application/json' -H 'Authorization: Bearer {key}' -d '{body}'")
    typer.echo("\nCtrl-C stops it.\n")
