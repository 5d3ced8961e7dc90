"""Adding a column changes at most four source files, and adding a type at most ten, two of them outside its room."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from service.postgres.alembic_revisions import newest_revision
from service.settings import ROOT
from tests.consistency.added_checks import TEST
from tests.consistency.added_column import COLUMN
from tests.consistency.added_migration import MIGRATION
from tests.consistency.added_type import TYPE, TYPE_OUTSIDE

COPIED = ("service", "schema", "migrations", "tests", "demo", "bench", "tools", "pyproject.toml")
# Bytecode is copied, for all of it takes ten seconds to make, but for what is just being written.
LEFT_OUT = shutil.ignore_patterns("*.pyc.*", "graphiql", "node_modules")


def test_a_column_and_a_type_are_added_in_a_copy(tmp_path: Path) -> None:
    assert len(COLUMN) <= 4
    assert len(TYPE) + len(TYPE_OUTSIDE) <= 10
    assert len(TYPE_OUTSIDE) <= 2
    for name in COPIED:
        source = ROOT / name
        shutil.copytree(source, tmp_path / name, ignore=LEFT_OUT) if source.is_dir() else shutil.copy(source, tmp_path)
    edit(tmp_path, COLUMN)
    edit(tmp_path, TYPE_OUTSIDE)
    versions = tmp_path / "migrations" / "versions" / "9999-12-31_additions.py"
    versions.write_text(MIGRATION.format(newest=newest_revision()))
    for name, text in {**TYPE, "tests/added/test_added.py": TEST}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "tests/added"]
    command += ["tests/house/test_layers.py", "tests/house/test_entities.py", "tests/house/test_names.py"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "OKRGRAPH_"))}
    ran = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def edit(root: Path, edits: Mapping[str, list[tuple[str, str]]]) -> None:
    """Replaces texts in files, each of which is there."""
    for name, replacements in edits.items():
        text = (root / name).read_text()
        for old, new in replacements:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        (root / name).write_text(text)
