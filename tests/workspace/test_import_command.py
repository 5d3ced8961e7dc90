"""`okrgraph import` and its exit codes: 0 kept, 1 refused or nothing to read, 2 wrong usage."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from typer.testing import CliRunner

from service.__main__ import app
from service.settings import ROOT
from tests.kit.client import Client
from tests.kit.commands import run_async
from tests.kit.small_workspace import SMALL, alignment, person
from tests.kit.workspace_files import exported, lines, row_counts


async def run(database_url: str, *arguments: str, input: bytes = b"") -> tuple[int | None, str, str]:
    """Exit code, answers and what was said about them, of a command in this process, which takes no start of Python."""
    return await run_async(*arguments, input=input, OKRGRAPH_DATABASE_URL=database_url, COLUMNS="200")


async def run_process(database_url: str, *arguments: str, input: bytes = b"") -> tuple[int | None, str, str]:
    """As `run`, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service", *arguments),
        cwd=ROOT,
        env={**os.environ, "OKRGRAPH_DATABASE_URL": database_url, "COLUMNS": "200"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    answers, said = await process.communicate(input)
    return process.returncode, answers.decode(), said.decode()


async def test_a_file_is_kept_and_a_broken_one_is_refused_line_by_line(
    client: Client, database_url: str, tmp_path: Path
) -> None:
    mine = ("--organization", str(client.organization_id))
    file = tmp_path / "workspace.jsonl"
    file.write_bytes(b"\n".join(lines(SMALL)))
    code, answers, said = await run(database_url, "import", str(file), *mine)
    kept = f"{len(SMALL)} created, 0 updated, 0 unchanged, 0 failed, 0 skipped: kept."
    assert (code, answers, " ".join(said.split())) == (0, "", kept)
    before = await row_counts(database_url), await exported(client)
    broken: list[dict[str, Any] | bytes] = [
        person("p1", name="New"),
        person("p9", email="p2@example.com"),
        b"nonsense",
        alignment("o3", "nothing"),
    ]
    code, answers, said = await run_process(database_url, "import", "-", *mine, input=b"\n".join(lines(broken)))
    assert (code, answers) == (1, "")
    *told, tally = said.splitlines()
    assert sorted(line.partition(":")[0] for line in told) == ["line 2, Person p9", "line 3", "line 4"]
    assert "line 2, Person p9: TAKEN (email): `email` is already taken by another one." in told
    assert tally == "0 created, 1 updated, 0 unchanged, 3 failed, 0 skipped: nothing was kept."
    assert (await row_counts(database_url), await exported(client)) == before


async def test_a_file_that_cannot_be_read_and_wrong_usage(tmp_path: Path) -> None:
    runner = CliRunner()
    missing = runner.invoke(app, ["import", str(tmp_path / "nothing.jsonl")])
    assert missing.exit_code == 1
    assert runner.invoke(app, ["import", str(tmp_path)]).exit_code == 1
    usage = (["import"], ["import", "a", "b"], ["import", "a", "--organization", uuid4().hex[:5]], ["import", "--no"])
    assert [runner.invoke(app, arguments).exit_code for arguments in usage] == [2, 2, 2, 2]


async def test_a_rehearsal_says_so(client: Client, database_url: str, tmp_path: Path) -> None:
    before = await row_counts(database_url)
    code, _, said = await run(
        *(database_url, "import", "-", "--dry-run", "--organization", str(client.organization_id)),
        input=b"\n".join(lines(SMALL)),
    )
    expected = f"{len(SMALL)} created, 0 updated, 0 unchanged, 0 failed, 0 skipped: a rehearsal, nothing was kept."
    assert (code, " ".join(said.split())) == (0, expected)
    assert await row_counts(database_url) == before
