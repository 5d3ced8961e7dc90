"""The optional hooks of git: the check before a commit, and the subject of its message."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from service.settings import ROOT

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
IDENTITY = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"}
IDENTITY |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with the hooks, whose `make check` fails while there is a file named `broken`."""
    git(tmp_path, "init")
    shutil.copytree(ROOT / "tools" / "hooks", tmp_path / "tools" / "hooks")
    (tmp_path / "Makefile").write_text("check:\n\t@test ! -e broken\n")
    assert git(tmp_path, "config", "core.hooksPath", "tools/hooks").returncode == 0
    git(tmp_path, "add", "Makefile")
    return tmp_path


@pytest.mark.parametrize("subject", ["schema: declare lists", "http, cli: name limits", "tests/house: guard names"])
def test_a_good_commit_is_made(repository: Path, subject: str) -> None:
    assert git(repository, "commit", "-m", subject).returncode == 0
    assert git(repository, "log", "--format=%s").stdout == f"{subject}\n"


@pytest.mark.parametrize("subject", ["Declare lists", "schema: Declare", "schema declare", f"schema: {'x' * 65}"])
def test_a_bad_subject_is_refused(repository: Path, subject: str) -> None:
    ended = git(repository, "commit", "-m", subject)
    assert (ended.returncode, "The subject" in ended.stderr) == (1, True)
    assert git(repository, "log").returncode != 0


def test_nothing_is_committed_while_the_check_fails(repository: Path) -> None:
    (repository / "broken").touch()
    assert git(repository, "commit", "-m", "schema: declare lists").returncode != 0
    assert git(repository, "log").returncode != 0
