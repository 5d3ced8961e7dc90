"""A folder of root for files that the account of the server must reach."""

import os
import stat
from pathlib import Path

from service.embedded.errors import EmbeddedPostgresError

SHARED_FOLDERS = (Path("/var/lib/okrgraph"), Path("/var/tmp/okrgraph-0"))


def shared_folder(name: str) -> Path:
    """A folder that all users may enter and only root may write, created if missing. Raises EmbeddedPostgresError."""
    for folder in SHARED_FOLDERS:
        try:
            return ensure_root_folder(ensure_root_folder(folder) / name)
        except OSError:
            continue
    raise EmbeddedPostgresError(
        f"Root needs one of {', '.join(map(str, SHARED_FOLDERS))} as a folder of its own: make one,"
        " start as another user, or set OKRGRAPH_DATABASE_URL."
    )


def find_shared(name: str) -> Path | None:
    """The path `name` in one of the shared folders if it exists, else None."""
    for folder in SHARED_FOLDERS:
        # Any user can create files in /var/tmp, so only a folder of root is trusted.
        if (folder / name).exists() and folder.lstat().st_uid == 0:
            return folder / name
    return None


def ensure_root_folder(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != 0:
        raise PermissionError(f"{folder} is not a folder of root")
    # Independent of the umask: all users may enter, only root may write.
    if stat.S_IMODE(status.st_mode) != 0o755:
        os.chmod(folder, 0o755)
    return folder
