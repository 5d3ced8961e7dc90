"""What npm is told to fetch for the explorer: exact versions, by content, from whatever registry it is set to."""

import json
import re
import shutil
import subprocess

import pytest

from service.settings import ROOT

FOLDER = ROOT / "service" / "explorer"


def test_versions_are_exact() -> None:
    asked = json.loads((FOLDER / "package.json").read_text())["dependencies"]
    locked = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked


def test_the_lock_names_contents_and_no_places() -> None:
    lock = (FOLDER / "package-lock.json").read_text()
    assert re.findall(r'"resolved"|"funding"|://', lock) == []
    packages = json.loads(lock)["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_what_is_fetched_is_not_committed() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no checkout of git")
    paths = ["service/explorer/graphiql/graphiql.js.gz", "service/explorer/node_modules/x"]
    ignored = subprocess.run(["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True)
    assert ignored.stdout.splitlines() == paths
