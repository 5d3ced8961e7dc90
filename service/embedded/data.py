"""The data folder of a new cluster, which is there whole or not at all."""

import os
import secrets
import shutil
import sys
from pathlib import Path

from service.embedded.binaries import Tools
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.home import Home
from service.embedded.locks import open_private
from service.embedded.logs import failed

# macOS has no C.UTF-8 of its own before Postgres brings one.
SYSTEM_LOCALE = "C" if sys.platform == "darwin" else "C.UTF-8"


def make_data(home: Home, tools: Tools, throwaway: bool) -> None:
    """Make the cluster's data when there is none yet.

    Raises EmbeddedPostgresError when initdb fails, or when there is data and it is durable though
    throwaway data was asked for, or the other way round.
    """
    if home.data.exists():
        if home.throwaway.exists() != throwaway:
            kind = "durable" if throwaway else "throwaway"
            raise EmbeddedPostgresError(
                f"The data in {home.data} is {kind}, which is not what was asked for: name another folder."
            )
        return
    for left in home.folder.glob("data.*"):
        shutil.rmtree(left, ignore_errors=True)
    if throwaway:
        open_private(home.throwaway).close()
    else:
        home.throwaway.unlink(missing_ok=True)
    # Each try has a name of its own: the initdb of a killed process may still be writing.
    unfinished = home.data.with_name(f"data.{secrets.token_hex(4)}")
    initialise(home, tools, unfinished, throwaway)
    unfinished.rename(home.data)
    if not throwaway:
        sync(home.folder)


def initialise(home: Home, tools: Tools, folder: Path, throwaway: bool) -> None:
    with open_private(home.log) as log:
        done = tools.run(
            "initdb",
            *("--pgdata", str(folder), "--username", "postgres", "--auth", "trust", "--encoding", "UTF8"),
            *("--locale", SYSTEM_LOCALE),
            # Sorting that is the same on every machine; before 17 the system's C.UTF-8 has to do.
            *(("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8") if tools.major >= 17 else ()),
            *(("--no-sync",) if throwaway else ()),
            "--no-instructions",
            log=log,
        )
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise failed("initdb could not make the data of the embedded Postgres", home.log)


def sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
