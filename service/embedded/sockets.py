"""The folder of the server's Unix socket, whose path the kernel wants short."""

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

NAME = f".s.PGSQL.{PORT}"
LONGEST = 99  # bytes; Linux takes 107, macOS 103
SHORT = Path("/tmp")  # not TMPDIR: it differs between sessions, and is long on macOS


def socket_folder(home: Home) -> Path:
    """The home itself, or a short folder when its path is long or has characters that URLs split at.

    Raises EmbeddedPostgresError when the short folder belongs to somebody else.
    """
    path = os.fsencode(home.folder / NAME)
    if len(path) <= LONGEST and re.fullmatch(rb"[\w./+-]+", path):
        return home.folder
    short = SHORT / f"okrgraph-{home.account.uid}-{sha256(os.fsencode(home.folder)).hexdigest()[:16]}"
    make_private(short, home.account)
    return short


def make_private(folder: Path, account: Account) -> None:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if account.switch:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    found = folder.lstat()
    # Anybody can make names in /tmp: whoever owns this folder would be who we talk to.
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) & 0o077 == 0
    if not private or found.st_uid != account.uid:
        raise EmbeddedPostgresError(
            f"{folder} must be a folder of {account.name} alone and is not: find out whose it is, remove it,"
            " and start again."
        )


def clear_sockets(folder: Path) -> None:
    """Remove the socket that a killed server left, and its lock file, which names a process by its id."""
    for name in (NAME, f"{NAME}.lock"):
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def close_sockets(home: Home) -> None:
    """Remove the short folder, if there is one, once the server is down."""
    if (folder := socket_folder(home)) != home.folder:
        clear_sockets(folder)
        with suppress(OSError):
            folder.rmdir()
