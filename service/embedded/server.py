"""The server process: is it there, start it, stop it."""

import socket
import time
from collections.abc import Callable
from io import BufferedWriter
from pathlib import Path

from service.embedded.binaries import Tools
from service.embedded.home import Home
from service.embedded.locks import open_private, try_lock
from service.embedded.logs import failed, rotate, tail
from service.embedded.options import PORT, server_options
from service.embedded.sockets import NAME, clear_sockets, close_sockets, socket_folder

# After a postmaster was killed its children hold its memory for one to five seconds.
LEFTOVER_SECONDS = 15.0
# A new server may have to replay what a crashed one had written.
RECOVERY_SECONDS = 60.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.01
RETRY_SECONDS = 0.2


def find_outage(home: Home, sockets: Path, *, connect: bool) -> str | None:
    """Why the server is taken to be down, None when it is up; starts no process of this one, and never blocks.

    With `connect` it has to take connections as well: children of a dead server may live on, and take none.
    """
    alive = None
    try:
        if alive := try_lock(home.alive):
            alive.close()
        elif not connect:
            return None
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            probe.connect(str(sockets / NAME))
    except BlockingIOError:
        # It listens, and as many as it keeps waiting are waiting.
        return None
    except OSError as error:
        return "no process of it is left" if alive else f"it cannot be reached: {error.strerror}"
    return None


def start(home: Home, tools: Tools, throwaway: bool, pause: Callable[[float], None] = time.sleep) -> tuple[Path, bool]:
    """Join the server, or start it when there is none: the folder of its socket, and whether it was started.

    Called by one process at a time. `pause` waits for so many seconds, and may raise to end the waiting; a server
    that was launched by then goes on starting. Raises EmbeddedPostgresError with the end of the log.
    """
    begun = time.monotonic()
    patience = LEFTOVER_SECONDS
    launched = False
    while (sockets := answering(home, tools)) is None:
        waited = time.monotonic() - begun
        if alive := try_lock(home.alive):
            with alive:
                if launched and (waited > LEFTOVER_SECONDS or not memory_in_use(home)):
                    raise failed("The embedded Postgres does not start", home.log)
                if launched:
                    pause(RETRY_SECONDS)
                launch(home, tools, throwaway, alive)
            launched, patience = True, RECOVERY_SECONDS
        elif waited > patience:
            raise failed(f"The embedded Postgres runs and has not answered for {waited:.0f} s", home.log)
        pause(POLL_SECONDS)
    return sockets, launched


def answering(home: Home, tools: Tools) -> Path | None:
    # The server's own file tells where it listens, also one that another process has started. In a copy
    # of the folder it still names the data it was copied from, whose server is another one.
    try:
        lines = (home.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8 or lines[1] != str(home.data) or lines[7].strip() != "ready":
        return None
    asked = tools.run("pg_isready", "--quiet", "--host", lines[4], "--port", str(PORT), "--timeout", "3")
    return Path(lines[4]) if asked.returncode == 0 else None


def launch(home: Home, tools: Tools, throwaway: bool, alive: BufferedWriter) -> None:
    # With `alive` free no process of a former server is left, so what it left names a dead process, or
    # by now, as after the restart of a container, one that has nothing to do with it.
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    sockets = socket_folder(home)
    clear_sockets(sockets)
    rotate(home.log)
    command = [str(tools.bin / "postgres"), "-D", str(home.data), *server_options(sockets, throwaway)]
    with open_private(home.log) as log:
        # Not `pg_ctl start`: it puts the paths into a shell command, where a `$` would be expanded.
        # The shell ends at once, so that init and not this process has to reap the server.
        done = tools.account.run(["/bin/sh", "-c", '"$@" &', "sh", *command], log=log, keep=[alive.fileno()])
    if done.returncode:
        raise failed("The embedded Postgres could not be launched", home.log)


def memory_in_use(home: Home) -> bool:
    lines = tail(home.log).splitlines()[-3:]
    return any("pre-existing shared memory block" in line for line in lines)


def stop(home: Home, tools: Tools) -> None:
    """Stop the server in order and wait for its last process, at most 60 s; nothing if it is not there.

    Raises EmbeddedPostgresError when it goes on running.
    """
    deadline = time.monotonic() + STOP_SECONDS
    asked = False
    while (alive := try_lock(home.alive)) is None:
        if time.monotonic() > deadline:
            raise failed("The embedded Postgres does not stop", home.log)
        if not asked and (home.data / "postmaster.pid").exists():
            with open_private(home.log) as log:
                # Waiting is this loop's part: `alive` also tells of the children, and sooner.
                options = ("--mode", "fast", "--no-wait", "--silent")
                done = tools.run("pg_ctl", "stop", "--pgdata", str(home.data), *options, log=log)
            # It fails while a server that was launched a moment ago is still writing that file.
            asked = done.returncode == 0
        time.sleep(POLL_SECONDS if asked else RETRY_SECONDS)
    alive.close()
    close_sockets(home)
