"""Folders for temporary clusters, in memory if there is room."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from service.embedded.binaries import find_tools
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.home import Home, find_home
from service.embedded.locks import try_lock
from service.embedded.server import stop

MEMORY_FOLDER = Path("/dev/shm")
MIN_FREE_BYTES = 1_000_000_000  # containers often have 64 MB there
PREFIX = "okrgraph-throwaway-"


def throwaway_folder() -> Path:
    """A new folder for `running(..., throwaway=True)`: in memory if 1 GB is free there, else on disk.

    Also removes the clusters of killed processes.
    """
    parent = MEMORY_FOLDER if has_room(MEMORY_FOLDER) else Path(tempfile.gettempdir())
    remove_leftovers(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    if os.geteuid() == 0:
        # The account of the server must pass through it. The cluster inside is private.
        folder.chmod(0o711)
    return folder


def has_room(folder: Path) -> bool:
    try:
        return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= MIN_FREE_BYTES
    except OSError:
        return False


def remove_leftovers(parent: Path) -> None:
    """Stops and removes throwaway clusters of this user that no process uses."""
    for folder in parent.glob(f"{PREFIX}*"):
        # Skips clusters of other users, clusters in use, and those removed meanwhile.
        with suppress(OSError, EmbeddedPostgresError):
            if folder.lstat().st_uid == os.geteuid() and (folder / "postgres" / "THROWAWAY").exists():
                remove_unused(find_home(folder))


def remove_unused(home: Home) -> None:
    if gate := try_lock(home.gate):
        with gate:
            if users := try_lock(home.users):
                with users:
                    stop(home, find_tools(home.account, home.data))
                    remove_cluster(home)


def remove_cluster(home: Home) -> None:
    """Removes a stopped throwaway cluster. The caller must hold its gate.

    The requested folder is removed unless it contains other files.
    """
    for path in home.folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != home.gate:
            path.unlink()
    # Last, as from here on another process may create the cluster again.
    home.gate.unlink()
    with suppress(OSError):
        home.folder.rmdir()
        home.note.unlink(missing_ok=True)
        home.requested.rmdir()
