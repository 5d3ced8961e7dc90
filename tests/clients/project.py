"""A project as a frontend team has it, with the tools installed from the lock beside this file."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MANIFEST = (HERE / "package.json", HERE / "package-lock.json")
# What npm says when the fault is in our files; anything else is taken for a missing network.
OUR_FAULT = ("npm error code EUSAGE", "npm error code EINTEGRITY", "npm error code EJSONPARSE")

Ran = subprocess.CompletedProcess[str]


class Project:
    """Documents beside a schema."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, package: str, *arguments: str, tool: str | None = None) -> Ran:
        """Runs the tool of an installed package; by the package, as several bring a `relay-compiler`."""
        home = self.folder / "node_modules" / package
        bins = json.loads((home / "package.json").read_text())["bin"]
        script = bins if isinstance(bins, str) else bins[tool or package]
        return subprocess.run(
            ["node", str(home / script), *arguments],
            cwd=self.folder,
            env={**os.environ, "NO_COLOR": "1", "FORCE_COLOR": "0"},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def type_check(self) -> Ran:
        return self.run("typescript", "--noEmit", "--strict", "--project", ".", tool="tsc")


def install(folder: Path) -> None:
    """Fills a folder with what the lock names; skips the tests where that cannot be had."""
    for file in MANIFEST:
        shutil.copy(file, folder)
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
        pytest.skip("npm could not install the clients within five minutes")
    if npm.returncode:
        said = "\n".join([line for line in npm.stderr.splitlines() if line.startswith("npm error")][:5])
        if said.startswith(OUR_FAULT):
            pytest.fail(f"npm refuses tests/clients:\n{said}", pytrace=False)
        pytest.skip(f"npm could not install the clients:\n{said}")


Prepare = Callable[..., Project]
