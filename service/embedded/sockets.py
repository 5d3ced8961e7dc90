"""The folder of the Unix socket of the server, whose path length the kernel limits."""

import os
import re
import stat
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from service.embedded.account import Account
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.home import Home
from service.embedded.options import PORT

SOCKET_NAME = f".s.PGSQL.{PORT}"
MAX_PATH_BYTES = 99  # bytes; Linux takes 107, macOS 103
SHORT_PARENT = Path("/tmp")  # not TMPDIR: it differs between sessions, and is long on macOS


def socket_folder(home: Home) -> Path:
    """The folder of the home, or a short one if that path is too long or has characters that are special in URLs.

    Raises EmbeddedPostgresError if the short folder belongs to another user.
    """
    path = os.fsencode(home.folder / SOCKET_NAME)
    if len(path) <= MAX_PATH_BYTES and re.fullmatch(rb"[\w./+-]+", path):
        return home.folder
    short_folder = SHORT_PARENT / f"okrgraph-{home.account.uid}-{sha256(os.fsencode(home.folder)).hexdigest()[:16]}"
    make_private(short_folder, home.account)
    return short_folder


def make_private(folder: Path, account: Account) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if account.switch:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    status = folder.lstat()
    # Any user can create folders in /tmp, and the owner of this one controls the socket.
    is_private = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) & 0o077 == 0
    if not is_private or status.st_uid != account.uid:
        raise EmbeddedPostgresError(
            f"{folder} must be a folder of {account.name} alone and is not: find out whose it is, remove it,"
            " and start again."
        )


def clear_sockets(folder: Path) -> None:
    """Removes the socket of a killed server and its lock file, which contains a process id."""
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def close_sockets(home: Home) -> None:
    """Removes the short folder, if there is one. Called when the server is down."""
    if (folder := socket_folder(home)) != home.folder:
        clear_sockets(folder)
        with suppress(OSError):
            folder.rmdir()
