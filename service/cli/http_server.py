"""Builds the application and the configuration of its HTTP server, for the only process or for one of the workers."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import uvicorn

from service.cli.connection import open_database
from service.http.garbage_collection import IdleGarbageCollection, freeze_startup_objects
from service.http.protocol import ConnectionLimits
from service.settings import Settings

# Large inputs are parsed in threads. The event loop waits up to this time for the interpreter lock; default: 5 ms.
THREAD_SWITCH_SECONDS = 0.0005


@dataclass(frozen=True)
class ServerOptions:
    """What a process needs to serve: the settings, the URL of the migrated database, and the key of the demo, if any.

    It can be pickled. With a key, the explorer is served with it, and pages of loopback origins may call the API.
    """

    settings: Settings
    database_url: str
    demo_key: str | None


def import_application() -> None:
    """Builds the schema, which takes a second. Commands other than `serve` do not need it."""
    import_module("service.app")


def create_server_config(options: ServerOptions, find_fault: Callable[[], str | None]) -> uvicorn.Config:
    """The configuration of a server for a new application. To be called once in a process: it freezes all objects.

    `find_fault` is that of `create_app`. No connection is opened yet.
    """
    # Imported here, see `import_application`.
    from service.app import create_app
    from service.explorer.explorer import Explorer

    settings = options.settings
    is_demo = options.demo_key is not None
    application = create_app(
        settings,
        open_database(settings, options.database_url),
        find_fault=find_fault,
        explorer=Explorer(options.demo_key) if is_demo else None,
        allow_loopback_origins=is_demo,
    )
    app = IdleGarbageCollection(application)
    freeze_startup_objects()
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    limits: Any = ConnectionLimits(settings.connection_limit, settings.header_timeout)
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        http=limits.protocol,
        ws="none",
        timeout_keep_alive=settings.keep_alive_timeout,  # type: ignore[arg-type]
        timeout_graceful_shutdown=settings.shutdown_timeout,
    )
