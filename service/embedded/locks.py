"""File locks, which the kernel releases when their holder ends."""

import os
import time
from collections.abc import Callable
from io import BufferedWriter
from pathlib import Path

from service.embedded.errors import EmbeddedPostgresError

POLL_SECONDS = 0.01


def lock(
    path: Path, seconds: float, *, shared: bool = False, pause: Callable[[float], None] = time.sleep
) -> BufferedWriter:
    """Waits for a lock, which is held until the returned file and all its inherited copies are closed.

    `pause` sleeps for a number of seconds, and may raise to end the wait. Raises EmbeddedPostgresError after `seconds`,
    and FileNotFoundError if the folder does not exist.
    """
    deadline = time.monotonic() + seconds
    while (held := try_lock(path, shared=shared)) is None:
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"Another process has held {path} for {seconds:.0f} s: it is starting or stopping the"
                f" embedded Postgres. See who it is with `fuser {path}`, end it, and try again."
            )
        pause(POLL_SECONDS)
    return held


def try_lock(path: Path, *, shared: bool = False) -> BufferedWriter | None:
    """The lock if it is free now, else None. Raises FileNotFoundError if the folder does not exist."""
    import fcntl  # absent on Windows, where running() refuses

    file = open_private(path)
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except BaseException:
        file.close()
        raise
    if is_same_file(path, file):
        return file
    # The file was removed between opening and locking, so that its lock excludes nobody.
    file.close()
    return try_lock(path, shared=shared)


def is_same_file(path: Path, file: BufferedWriter) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def open_private(path: Path) -> BufferedWriter:
    """Opens a file for appending, readable by its owner only, who is the owner of its folder."""
    return open(path, "ab", opener=open_without_links)


def open_without_links(path: str, flags: int) -> int:
    # Root writes into folders of other users: it must not follow links nor create files that they cannot open.
    file = os.open(path, flags | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        owner = os.stat(os.path.dirname(path))
        os.fchown(file, owner.st_uid, owner.st_gid)
    return file
