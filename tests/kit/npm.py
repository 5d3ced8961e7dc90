"""Packages of npm as a lock names them, installed once a checkout for each state of the lock."""

import fcntl
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from service.settings import ROOT

MANIFEST = ("package.json", "package-lock.json")
# What npm says when the fault is in our files; anything else is taken for a missing network.
OUR_FAULT = ("npm error code EUSAGE", "npm error code EINTEGRITY", "npm error code EJSONPARSE")


def installed(source: Path) -> Path:
    """The `node_modules` of the manifest in a folder below `tests`. Skips the test where they cannot be had."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on PATH")
    state = sha256(b"".join((source / name).read_bytes() for name in MANIFEST)).hexdigest()[:16]
    home = ROOT / ".okrgraph" / source.name / state
    home.parent.mkdir(parents=True, exist_ok=True)
    # Of several processes that want them one installs, and the others wait.
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            fresh = home.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            _install(source, fresh)
            fresh.rename(home)
    return home / "node_modules"


def _install(source: Path, folder: Path) -> None:
    """Fills a folder with what the lock names."""
    for name in MANIFEST:
        shutil.copy(source / name, folder)
    named = source.relative_to(ROOT)
    retries = ["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000"]
    try:
        npm = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", *retries],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm could not install {named} within five minutes")
    if npm.returncode:
        said = "\n".join([line for line in npm.stderr.splitlines() if line.startswith("npm error")][:5])
        if said.startswith(OUR_FAULT):
            pytest.fail(f"npm refuses {named}:\n{said}", pytrace=False)
        pytest.skip(f"npm could not install {named}:\n{said}")
