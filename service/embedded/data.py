"""Creates the data folder of a new cluster atomically."""

import os
import secrets
import shutil
import sys
from pathlib import Path

from service.embedded.binaries import Tools
from service.embedded.errors import EmbeddedPostgresError
from service.embedded.home import Home
from service.embedded.locks import open_private
from service.embedded.logs import error_with_log

# macOS has no locale C.UTF-8, and Postgres provides one only from version 17 on.
SYSTEM_LOCALE = "C" if sys.platform == "darwin" else "C.UTF-8"


def ensure_data(home: Home, tools: Tools, throwaway: bool) -> None:
    """Creates the data of the cluster if there is none.

    Raises EmbeddedPostgresError if initdb fails, or if there is durable data and `throwaway` is true, or vice versa.
    """
    if home.data.exists():
        if home.throwaway.exists() != throwaway:
            kind = "durable" if throwaway else "throwaway"
            raise EmbeddedPostgresError(
                f"The data in {home.data} is {kind}, which is not what was asked for: name another folder."
            )
        return
    for leftover in home.folder.glob("data.*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if throwaway:
        open_private(home.throwaway).close()
    else:
        home.throwaway.unlink(missing_ok=True)
    # Each attempt has its own name, as the initdb of a killed process may still be writing.
    unfinished = home.data.with_name(f"data.{secrets.token_hex(4)}")
    run_initdb(home, tools, unfinished, throwaway)
    unfinished.rename(home.data)
    if not throwaway:
        sync_folder(home.folder)


def run_initdb(home: Home, tools: Tools, folder: Path, throwaway: bool) -> None:
    with open_private(home.log) as log:
        process = tools.run(
            "initdb",
            *("--pgdata", str(folder), "--username", "postgres", "--auth", "trust", "--encoding", "UTF8"),
            *("--locale", SYSTEM_LOCALE),
            # The same sort order on every machine. Before version 17 the locale C.UTF-8 of the system is used.
            *(("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8") if tools.major >= 17 else ()),
            *(("--no-sync",) if throwaway else ()),
            "--no-instructions",
            log=log,
        )
    if process.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise error_with_log("initdb could not make the data of the embedded Postgres", home.log)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
