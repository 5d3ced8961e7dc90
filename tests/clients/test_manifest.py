"""What npm is told to install: exact versions, by content, from whatever registry it is set to."""

import json
import re

from tests.clients.project import MANIFEST

MANIFEST_FILE, LOCK_FILE = MANIFEST


def test_versions_are_exact() -> None:
    asked = json.loads(MANIFEST_FILE.read_text())["devDependencies"]
    locked = json.loads(LOCK_FILE.read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked


def test_the_lock_names_contents_and_no_places() -> None:
    lock = LOCK_FILE.read_text()
    assert re.findall(r'"resolved"|"funding"|://', lock) == []
    packages = json.loads(lock)["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
