"""A project as a frontend team has it, with the tools installed from the lock beside this file."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent

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


Prepare = Callable[..., Project]
