"""Start or join the cluster below a folder, and stop it when the last user leaves."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path

from service.embedded.binaries import Tools, find_tools
from service.embedded.cluster import Cluster
from service.embedded.data import make_data
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.home import Home, find_home
from service.embedded.locks import lock, try_lock
from service.embedded.server import start, stop
from service.embedded.throwaway import remove

# As long as another process may take to recover a crashed cluster while it holds the gate.
GATE_SECONDS = 90.0


@contextmanager
def running(folder: Path, *, throwaway: bool = False) -> Iterator[Cluster]:
    """The cluster whose data lies below `folder`, running for as long as this block does.

    Every process holds a shared lock while it is inside; entering and leaving are decided one process
    at a time, and the last one out stops the server. A server that was orphaned by a killed process
    is joined. With `throwaway` nothing is written durably and the data is removed at the end.
    Raises EmbeddedPostgresError when no Postgres can be started here.
    """
    if sys.platform == "win32":
        raise EmbeddedPostgresError(
            "The embedded Postgres needs a POSIX system: set OKRGRAPH_DATABASE_URL, or use WSL."
        )
    home, tools, use, cluster = enter(Path(folder), throwaway)
    try:
        yield cluster
    finally:
        # With the folder removed under it, the server notices within a minute and stops by itself.
        with use, suppress(FileNotFoundError), lock(home.gate, GATE_SECONDS):
            leave(home, tools, use, throwaway)


def enter(folder: Path, throwaway: bool) -> tuple[Home, Tools, BufferedWriter, Cluster]:
    home, gate = open_gate(folder)
    with gate:
        tools = find_tools(home.account, home.data)
        make_data(home, tools, throwaway)
        use = lock(home.users, GATE_SECONDS, shared=True)
        try:
            sockets, _ = start(home, tools, throwaway)
        except BaseException:
            # Also on Ctrl-C: a server that nobody waits for must not linger. The log stays, to be read.
            with suppress(EmbeddedPostgresError):
                leave(home, tools, use, throwaway=False)
            raise
    return home, tools, use, Cluster(sockets, home, tools)


def open_gate(folder: Path) -> tuple[Home, BufferedWriter]:
    # Another process may be removing a throwaway folder at this moment: then make it anew.
    while True:
        home = find_home(folder)
        with suppress(FileNotFoundError):
            return home, lock(home.gate, GATE_SECONDS)


def restart(cluster: Cluster, pause: Callable[[float], None]) -> bool:
    """Start the server of a cluster again, or join it when it is there; whether this process started it.

    To be called inside the `running` block of the cluster. `pause` is called with seconds whenever there is
    something to wait for, and may raise to give up: the server may then have been launched already. The data is
    never made anew. Raises EmbeddedPostgresError or OSError when the server cannot be started now.
    """
    home = cluster.home
    with lock(home.gate, GATE_SECONDS, pause=pause):
        _, launched = start(home, cluster.tools, home.throwaway.exists(), pause)
    return launched


def leave(home: Home, tools: Tools, use: BufferedWriter, throwaway: bool) -> None:
    # Closed, not converted: a forked child that still holds this lock must keep the server running.
    use.close()
    if (last := try_lock(home.users)) is None:
        return
    with last:
        stop(home, tools)
        if throwaway:
            remove(home)
