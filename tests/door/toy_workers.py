"""What worker processes run in place of a server, for `test_workers.py`."""

import signal
import socket
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

FAILED_START = 7


def let_workers_fail() -> None:
    """Lets the workers of `okrgraph serve` in this process be those that cannot start."""
    # Imported here, as it takes a second of each worker.
    from service.cli import serve

    patch.object(serve, "run_worker", fail).start()


def fail(_options: object, _sockets: list[socket.socket], _link: Connection) -> None:
    """A worker that cannot start."""
    sys.exit(FAILED_START)


def serve_if_first(folder: Path, _sockets: list[socket.socket], link: Connection) -> None:
    """A worker that serves until it is killed. Others, also its replacement, cannot start.

    Each writes the signals that are blocked at its start, and those that fail the time of it, as lines of files.
    """
    with (folder / "blocked").open("a") as file:
        print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())), file=file)
    try:
        (folder / "serving").touch(exist_ok=False)
    except FileExistsError:
        with (folder / "failed").open("a") as file:
            print(time.monotonic(), file=file)
        sys.exit(FAILED_START)
    link.send(True)
    time.sleep(600)
