"""What runs in a worker process of `serve`: a server on sockets that the parent has bound."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection

import uvicorn

from service.cli.http_server import ServerOptions, create_server_config
from service.http import logs
from service.settings import Settings

# For the answers to requests that are cancelled when the time of the settings is over.
STOP_MARGIN_SECONDS = 2.0


def stop_seconds(settings: Settings) -> float:
    """The seconds within which a worker stops. After that it is ended."""
    return settings.shutdown_timeout + STOP_MARGIN_SECONDS


def run_worker(options: ServerOptions, sockets: list[socket.socket], link: Connection) -> None:
    """Serves on `sockets` until SIGTERM, SIGINT or the end of the parent. Both signals are blocked when it is called.

    True is sent through `link` when the server accepts connections. Faults of the embedded Postgres, or None, are
    received through it. Raises SystemExit if the server cannot start.
    """
    # Until the server handles it, Ctrl-C is left to the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    logs.configure(options.settings.log_level)
    parent = _Parent(link, stop_seconds(options.settings))
    server = _Server(create_server_config(options, parent.find_fault), lambda: link.send(True))
    server.run(sockets)


class _Server(uvicorn.Server):
    """A server that tells when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()


class _Parent:
    """The process that started this one. Its end, also by SIGKILL, ends this one."""

    def __init__(self, link: Connection, stop_seconds: float) -> None:
        self._link = link
        self._stop_seconds = stop_seconds
        self._fault: str | None = None
        threading.Thread(target=self._follow, name="parent", daemon=True).start()

    def find_fault(self) -> str | None:
        """The fault of the embedded Postgres that the parent has reported last, or None. Never blocks."""
        return self._fault

    def _follow(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._fault = self._link.recv()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(self._stop_seconds)
        os._exit(1)
