"""The folder that holds one cluster: its data, socket, log and locks, all of one account."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from service.embedded.account import Account, account_of, own_account, unprivileged_account
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.store import store, stored

NOTE = "WHERE-THE-DATA-IS.txt"


@dataclass(frozen=True)
class Home:
    """`folder` belongs to `account` alone; `asked` is the folder that the operator named."""

    asked: Path
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
        """Locked while a process decides about starting or stopping."""
        return self.folder / "gate.lock"

    @property
    def users(self) -> Path:
        """Locked, shared, by every process that uses the cluster."""
        return self.folder / "users.lock"

    @property
    def alive(self) -> Path:
        """Locked by the server and all its children, so free only when the last of them has gone."""
        return self.folder / "alive.lock"

    @property
    def throwaway(self) -> Path:
        """Marks data that was never durable and is removed at the end."""
        return self.folder / "THROWAWAY"

    @property
    def note(self) -> Path:
        return self.asked / NOTE


def find_home(asked: Path) -> Home:
    """The home of the cluster that was asked for below a folder, made when it is missing.

    It lies in that folder, or, when root's stand-in cannot reach it, in a folder of its own, of which
    a note is left. Raises EmbeddedPostgresError when the folder cannot be used.
    """
    asked = asked.resolve()
    try:
        asked.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            return home_for_root(asked)
        return make(asked, asked / "postgres", own_account())
    except OSError as error:
        raise EmbeddedPostgresError(
            f"Cannot keep the data of the embedded Postgres in {asked}: {error}."
            " Name another folder in OKRGRAPH_DATA_FOLDER, or set OKRGRAPH_DATABASE_URL."
        ) from error


def home_for_root(asked: Path) -> Home:
    account = unprivileged_account()
    name = sha256(os.fsencode(asked)).hexdigest()[:16]
    # Once elsewhere, always elsewhere: the data must not seem to vanish when the way becomes free.
    if (elsewhere := stored(f"clusters/{name}")) is not None:
        return make(asked, elsewhere, account)
    home = make(asked, asked / "postgres", account)
    if home.account.can_enter(home.folder):
        return home
    if home.data.exists():
        raise EmbeddedPostgresError(
            f"The user {home.account.name} no longer reaches the data in {home.folder}: let it pass through"
            " the folders above (`chmod o+x`), or move the data to where it can."
        )
    with suppress(OSError):
        home.folder.rmdir()
    home = make(asked, store("clusters") / name, account)
    home.note.write_text(
        f"The user {home.account.name}, as whom Postgres runs because it refuses root, cannot reach this"
        f" folder. The data is in {home.folder}\n"
    )
    return home


def make(asked: Path, folder: Path, account: Account) -> Home:
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(f"{folder} is not a folder")
    if os.geteuid() == 0 and found.st_uid == 0:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    elif os.geteuid() == 0:
        # Made by an ordinary user, or by root when its stand-in was another one: stay with the owner.
        account = account_of(found.st_uid)
    elif found.st_uid != account.uid:
        raise PermissionError(f"{folder} belongs to uid {found.st_uid}, and this is {account.name}")
    return Home(asked, folder, account)
