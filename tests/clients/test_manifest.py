"""What npm is told to install: exact versions, by content, from whatever registry it is set to."""

import json
import re
from pathlib import Path

import pytest

from tests.clients.project import HERE
from tests.kit.npm import MANIFEST

folders = pytest.mark.parametrize(
    "folder", [HERE, HERE.parent / "sign_in" / "issuer"], ids=lambda folder: str(folder.relative_to(HERE.parent))
)


@folders
def test_versions_are_exact(folder: Path) -> None:
    manifest, lock = (json.loads((folder / name).read_text()) for name in MANIFEST)
    asked = manifest["devDependencies"]
    assert {name: lock["packages"][f"node_modules/{name}"]["version"] for name in asked} == asked


@folders
def test_the_lock_names_contents_and_no_places(folder: Path) -> None:
    lock = (folder / MANIFEST[1]).read_text()
    assert re.findall(r'"resolved"|"funding"|://', lock) == []
    packages = json.loads(lock)["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
