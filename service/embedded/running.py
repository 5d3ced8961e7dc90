"""Starts or joins the cluster of a folder, and stops it when the last user leaves."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path

from service.embedded.binaries import Tools, find_tools
from service.embedded.cluster import Cluster
from service.embedded.data import ensure_data
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.home import Home, find_home
from service.embedded.locks import lock, try_lock
from service.embedded.server import start, stop
from service.embedded.throwaway import remove_cluster

# Another process may hold the gate while it recovers a crashed cluster.
MAX_GATE_SECONDS = 90.0


@contextmanager
def running(folder: Path, *, throwaway: bool = False) -> Iterator[Cluster]:
    """The cluster with its data below `folder`, which runs until the end of the block.

    Every process holds a shared lock in the block. Only one process at a time enters or leaves, and the last one to
    leave stops the server. A server that a killed process has left is joined. With `throwaway`, nothing is written
    durably and the data is removed at the end. Raises EmbeddedPostgresError if no Postgres can be started.
    """
    if sys.platform == "win32":
        raise EmbeddedPostgresError(
            "The embedded Postgres needs a POSIX system: set OKRGRAPH_DATABASE_URL, or use WSL."
        )
    home, tools, shared_lock, cluster = enter(Path(folder), throwaway)
    try:
        yield cluster
    finally:
        # If the folder was removed, the server notices within a minute and stops.
        with shared_lock, suppress(FileNotFoundError), lock(home.gate, MAX_GATE_SECONDS):
            leave(home, tools, shared_lock, throwaway)


def enter(folder: Path, throwaway: bool) -> tuple[Home, Tools, BufferedWriter, Cluster]:
    home, gate = open_gate(folder)
    with gate:
        tools = find_tools(home.account, home.data)
        ensure_data(home, tools, throwaway)
        shared_lock = lock(home.users, MAX_GATE_SECONDS, shared=True)
        try:
            sockets, _ = start(home, tools, throwaway)
        except BaseException:
            # Also on Ctrl-C: an unused server must stop. The log is not removed.
            with suppress(EmbeddedPostgresError):
                leave(home, tools, shared_lock, throwaway=False)
            raise
    return home, tools, shared_lock, Cluster(sockets, home, tools)


def open_gate(folder: Path) -> tuple[Home, BufferedWriter]:
    # Another process may be removing a throwaway folder. Then it is created again.
    while True:
        home = find_home(folder)
        with suppress(FileNotFoundError):
            return home, lock(home.gate, MAX_GATE_SECONDS)


def restart(cluster: Cluster, pause: Callable[[float], None]) -> bool:
    """Restarts the server of a cluster, or joins it if it runs. Returns whether this process started it.

    To be called inside the `running` block of the cluster. `pause` is called with seconds for each wait, and may raise
    to cancel, perhaps after the server was launched. The data is never created again. Raises EmbeddedPostgresError or
    OSError if the server cannot be started now.
    """
    home = cluster.home
    with lock(home.gate, MAX_GATE_SECONDS, pause=pause):
        _, launched = start(home, cluster.tools, home.throwaway.exists(), pause)
    return launched


def leave(home: Home, tools: Tools, shared_lock: BufferedWriter, throwaway: bool) -> None:
    # Closed, not converted: a forked child that still has this lock keeps the server running.
    shared_lock.close()
    if (exclusive_lock := try_lock(home.users)) is None:
        return
    with exclusive_lock:
        stop(home, tools)
        if throwaway:
            remove_cluster(home)
