"""The tools of the frontend teams, installed once and let loose on a schema."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
MANIFEST = [HERE / "package.json", HERE / "package-lock.json"]
# What npm says when the fault is in our files; anything else is taken for a missing network.
OUR_FAULT = ("npm error code EUSAGE", "npm error code EINTEGRITY", "npm error code EJSONPARSE")

Ran = subprocess.CompletedProcess[str]
Prepare = Callable[..., "Project"]


class Project:
    """A frontend's project: documents beside a schema, with the tools at hand."""

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
        said = "\n".join(line for line in npm.stderr.splitlines() if line.startswith("npm error"))
        if said.startswith(OUR_FAULT):
            pytest.fail(f"npm refuses tests/clients:\n{said}", pytrace=False)
        pytest.skip(f"npm could not install the clients:\n{said}")


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The tools as the lock names them, installed once a checkout for each state of the lock."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on PATH")
    state = sha256(b"".join(file.read_bytes() for file in MANIFEST)).hexdigest()[:16]
    home = CHECKOUT / ".okrgraph" / "clients" / state
    if not home.exists():
        fresh = home.with_name(f"{state}.{os.getpid()}")
        fresh.mkdir(parents=True)
        try:
            install(fresh)
            fresh.rename(home)
        except OSError:
            if not home.exists():
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return home / "node_modules"


@pytest.fixture(scope="session")
def sdl() -> str:
    """The schema as committed."""
    return (CHECKOUT / "schema" / "schema.graphql").read_text()


@pytest.fixture
def prepare(node_modules: Path, tmp_path: Path) -> Prepare:
    """Makes a project around a schema, with the documents in a folder beside this file, if one is named."""

    def prepared(schema: str, documents: str | None = None) -> Project:
        folder = tmp_path / "project"
        if documents is None:
            folder.mkdir()
        else:
            shutil.copytree(HERE / documents, folder)
        (folder / "schema.graphql").write_text(schema)
        (folder / "node_modules").symlink_to(node_modules)
        return Project(folder)

    return prepared
