"""Probes, starts and stops the server process."""

import socket
import time
from collections.abc import Callable
from io import BufferedWriter
from pathlib import Path

from service.embedded.binaries import Tools
from service.embedded.home import Home
from service.embedded.locks import open_private, try_lock
from service.embedded.logs import error_with_log, read_log_end, rotate_log
from service.embedded.options import PORT, server_options
from service.embedded.sockets import SOCKET_NAME, clear_sockets, close_sockets, socket_folder

# The children of a killed postmaster keep its shared memory for one to five seconds.
MAX_LEFTOVER_SECONDS = 15.0
# A new server may have to replay the log of a crashed one.
MAX_RECOVERY_SECONDS = 60.0
MAX_STOP_SECONDS = 60.0
POLL_SECONDS = 0.01
RETRY_SECONDS = 0.2


def find_outage(home: Home, sockets: Path, *, connect: bool) -> str | None:
    """Why the server is considered down; None if it is up. Starts no process and never blocks.

    With `connect` it must accept connections, too: children of a dead server may be alive, but accept none.
    """
    alive = None
    try:
        if alive := try_lock(home.alive):
            alive.close()
        elif not connect:
            return None
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            probe.connect(str(sockets / SOCKET_NAME))
    except BlockingIOError:
        # It listens, but its backlog is full.
        return None
    except OSError as error:
        return "no process of it is left" if alive else f"it cannot be reached: {error.strerror}"
    return None


def start(home: Home, tools: Tools, throwaway: bool, pause: Callable[[float], None] = time.sleep) -> tuple[Path, bool]:
    """Joins the server, or starts it. Returns the folder of its socket, and whether this call started it.

    Called by one process at a time. `pause` sleeps for a number of seconds, and may raise to cancel; a server launched
    before that continues to start. Raises EmbeddedPostgresError with the end of the log.
    """
    started_at = time.monotonic()
    max_seconds = MAX_LEFTOVER_SECONDS
    launched = False
    while (sockets := find_socket_folder(home, tools)) is None:
        waited_seconds = time.monotonic() - started_at
        if alive := try_lock(home.alive):
            with alive:
                if launched and (waited_seconds > MAX_LEFTOVER_SECONDS or not is_memory_in_use(home)):
                    raise error_with_log("The embedded Postgres does not start", home.log)
                if launched:
                    pause(RETRY_SECONDS)
                launch(home, tools, throwaway, alive)
            launched, max_seconds = True, MAX_RECOVERY_SECONDS
        elif waited_seconds > max_seconds:
            raise error_with_log(
                f"The embedded Postgres runs and has not answered for {waited_seconds:.0f} s", home.log
            )
        pause(POLL_SECONDS)
    return sockets, launched


def find_socket_folder(home: Home, tools: Tools) -> Path | None:
    # The file contains the folder of the socket, whichever process started the server. In a copy of the data folder it
    # names the original data folder, which has another server.
    try:
        lines = (home.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8 or lines[1] != str(home.data) or lines[7].strip() != "ready":
        return None
    process = tools.run("pg_isready", "--quiet", "--host", lines[4], "--port", str(PORT), "--timeout", "3")
    return Path(lines[4]) if process.returncode == 0 else None


def launch(home: Home, tools: Tools, throwaway: bool, alive: BufferedWriter) -> None:
    # The lock `alive` is free, so no former server runs. Its file names a dead process, or an unrelated one, such as
    # after the restart of a container.
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    sockets = socket_folder(home)
    clear_sockets(sockets)
    rotate_log(home.log)
    command = [str(tools.bin / "postgres"), "-D", str(home.data), *server_options(sockets, throwaway)]
    with open_private(home.log) as log:
        # `pg_ctl start` would put the paths into a shell command, where a `$` is expanded. The shell ends at once, so
        # that init and not this process reaps the server.
        process = tools.account.run(
            ["/bin/sh", "-c", '"$@" &', "sh", *command], log=log, inherited_files=[alive.fileno()]
        )
    if process.returncode:
        raise error_with_log("The embedded Postgres could not be launched", home.log)


def is_memory_in_use(home: Home) -> bool:
    lines = read_log_end(home.log).splitlines()[-3:]
    return any("pre-existing shared memory block" in line for line in lines)


def stop(home: Home, tools: Tools) -> None:
    """Stops the server, if it runs, and waits at most 60 s for the end of its last process.

    Raises EmbeddedPostgresError if it continues to run.
    """
    deadline = time.monotonic() + MAX_STOP_SECONDS
    is_requested = False
    while (alive := try_lock(home.alive)) is None:
        if time.monotonic() > deadline:
            raise error_with_log("The embedded Postgres does not stop", home.log)
        if not is_requested and (home.data / "postmaster.pid").exists():
            with open_private(home.log) as log:
                # This loop waits itself, as the lock `alive` covers the children, too.
                options = ("--mode", "fast", "--no-wait", "--silent")
                process = tools.run("pg_ctl", "stop", "--pgdata", str(home.data), *options, log=log)
            # It fails while a server that was just launched is still writing that file.
            is_requested = process.returncode == 0
        time.sleep(POLL_SECONDS if is_requested else RETRY_SECONDS)
    alive.close()
    close_sockets(home)
