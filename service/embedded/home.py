"""The folder of one cluster, with data, socket, log and locks, all owned by one account."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from service.embedded.account import Account, account_of, own_account, unprivileged_account
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.store import find_shared, shared_folder

NOTE = "WHERE-THE-DATA-IS.txt"


@dataclass(frozen=True)
class Home:
    """The files of one cluster. `folder` belongs to `account`; `requested` is the folder that the operator named."""

    requested: Path
    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def gate(self) -> Path:
        """Locked while a process starts or stops the server."""
        return self.folder / "gate.lock"

    @property
    def users(self) -> Path:
        """Locked in shared mode by every process that uses the cluster."""
        return self.folder / "users.lock"

    @property
    def alive(self) -> Path:
        """Locked by the server and all its children, so free only when all have ended."""
        return self.folder / "alive.lock"

    @property
    def throwaway(self) -> Path:
        """Marks data that is not durable and is removed at the end."""
        return self.folder / "THROWAWAY"

    @property
    def note(self) -> Path:
        return self.requested / NOTE


def find_home(requested: Path) -> Home:
    """The home of the cluster of a folder, created if it is missing.

    It is inside the folder. If the account that root runs Postgres as cannot reach that, it is elsewhere, and a note
    in the folder says where. Raises EmbeddedPostgresError if the folder cannot be used.
    """
    requested = requested.resolve()
    try:
        requested.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            return find_home_for_root(requested)
        return make_home(requested, requested / "postgres", own_account())
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Cannot keep the data of the embedded Postgres in {requested}: {error}."
            " Name another folder in OKRGRAPH_DATA_FOLDER, or set OKRGRAPH_DATABASE_URL."
        ) from error


def find_home_for_root(requested: Path) -> Home:
    account = unprivileged_account()
    name = sha256(os.fsencode(requested)).hexdigest()[:16]
    # A home elsewhere is used for good, even if the folder becomes reachable, so that its data does not seem lost.
    if (moved := find_shared(f"clusters/{name}")) is not None:
        return make_home(requested, moved, account)
    home = make_home(requested, requested / "postgres", account)
    if home.account.can_enter(home.folder):
        return home
    if home.data.exists():
        raise EmbeddedPostgresError(
            f"The user {home.account.name} no longer reaches the data in {home.folder}: let it pass through"
            " the folders above (`chmod o+x`), or move the data to where it can."
        )
    with suppress(OSError):
        home.folder.rmdir()
    home = make_home(requested, shared_folder("clusters") / name, account)
    home.note.write_text(
        f"The user {home.account.name}, as whom Postgres runs because it refuses root, cannot reach this"
        f" folder. The data is in {home.folder}\n"
    )
    return home


def make_home(requested: Path, folder: Path, account: Account) -> Home:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(f"{folder} is not a folder")
    if os.geteuid() == 0 and status.st_uid == 0:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    elif os.geteuid() == 0:
        # Created by an ordinary user, or by root with another account: the owner stays the same.
        account = account_of(status.st_uid)
    elif status.st_uid != account.uid:
        raise PermissionError(f"{folder} belongs to uid {status.st_uid}, and this is {account.name}")
    return Home(requested, folder, account)
