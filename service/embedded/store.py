"""Root's own folder for what the account that stands in for it must be able to reach."""

import os
import stat
from pathlib import Path

from service.embedded.errors import EmbeddedPostgresError

PLACES = (Path("/var/lib/okrgraph"), Path("/var/tmp/okrgraph-0"))


def store(name: str) -> Path:
    """A folder that everybody may enter and only root may write; raises EmbeddedPostgresError."""
    for place in PLACES:
        try:
            return open_folder(open_folder(place) / name)
        except OSError:
            continue
    raise EmbeddedPostgresError(
        f"Root needs one of {', '.join(map(str, PLACES))} as a folder of its own: make one,"
        " start as another user, or set OKRGRAPH_DATABASE_URL."
    )


def stored(name: str) -> Path | None:
    """What is in such a folder of root already, or None; makes nothing."""
    for place in PLACES:
        # /var/tmp is open to everybody: what another one prepared there is not ours.
        if (place / name).exists() and place.lstat().st_uid == 0:
            return place / name
    return None


def open_folder(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
        raise PermissionError(f"{folder} is not a folder of root")
    # Whatever the umask was: everybody in, nobody else writes.
    if stat.S_IMODE(found.st_mode) != 0o755:
        os.chmod(folder, 0o755)
    return folder
