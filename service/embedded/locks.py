"""Locks on files, which the kernel lets go of when their holder dies."""

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
    """Wait for the lock and hold it until the file returned, and every inherited copy, is closed.

    `pause` waits for so many seconds, and may raise to end the waiting.

    Raises EmbeddedPostgresError after `seconds`, FileNotFoundError when the folder is gone.
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
    """The lock if it is free now, else None; raises FileNotFoundError when the folder is gone."""
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
    if is_still(path, file):
        return file
    # Removed with a throwaway folder between opening and locking: such a lock excludes nobody.
    file.close()
    return try_lock(path, shared=shared)


def is_still(path: Path, file: BufferedWriter) -> bool:
    try:
        return os.path.samestat(path.lstat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def open_private(path: Path) -> BufferedWriter:
    """Open a file for appending, readable by nobody else, that belongs to whom its folder belongs to."""
    return open(path, "ab", opener=opener)


def opener(path: str, flags: int) -> int:
    # Root writes into folders of others: it must not be led elsewhere, nor leave what they cannot open.
    file = os.open(path, flags | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        owner = os.stat(os.path.dirname(path))
        os.fchown(file, owner.st_uid, owner.st_gid)
    return file
