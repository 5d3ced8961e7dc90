"""Folders for clusters that nobody needs afterwards, in memory where there is room."""

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

MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 1_000_000_000  # containers often have 64 MB there
PREFIX = "okrgraph-throwaway-"


def throwaway_folder() -> Path:
    """A fresh folder for `running(..., throwaway=True)`: in memory with 1 GB free there, else on disk.

    Also removes what killed processes have left.
    """
    parent = MEMORY if has_room(MEMORY) else Path(tempfile.gettempdir())
    sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    if os.geteuid() == 0:
        # Passable for the account that stands in for root; the cluster inside is closed to others.
        folder.chmod(0o711)
    return folder


def has_room(folder: Path) -> bool:
    try:
        return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= ENOUGH_BYTES
    except OSError:
        return False


def sweep(parent: Path) -> None:
    """Stop and remove the throwaway clusters of ours that no process uses."""
    for folder in parent.glob(f"{PREFIX}*"):
        # Somebody else's, still in use, or gone this moment: not ours to care for.
        with suppress(OSError, EmbeddedPostgresError):
            if folder.lstat().st_uid == os.geteuid() and (folder / "postgres" / "THROWAWAY").exists():
                remove_unused(find_home(folder))


def remove_unused(home: Home) -> None:
    if gate := try_lock(home.gate):
        with gate:
            if users := try_lock(home.users):
                with users:
                    stop(home, find_tools(home.account, home.data))
                    remove(home)


def remove(home: Home) -> None:
    """Remove a stopped throwaway cluster; called under its gate.

    Other files in the folder that was named stay, and then the folder too.
    """
    for path in home.folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != home.gate:
            path.unlink()
    # Last: from here on another process may be making the cluster anew.
    home.gate.unlink()
    with suppress(OSError):
        home.folder.rmdir()
        home.note.unlink(missing_ok=True)
        home.asked.rmdir()
