"""`okrgraph restore` and its exit codes: 0 restored and sound, 1 refused or unsound, 2 wrong usage."""

from pathlib import Path
from uuid import uuid4

from typer.testing import CliRunner

from service.__main__ import app
from service.workspace.file_format import Digest, end_line
from tests.kit.client import Client
from tests.kit.workspace_files import deleted, row_counts, selected
from tests.workspace.test_import_command import run


async def test_an_organization_comes_back_as_it_was(small: Client, database_url: str, tmp_path: Path) -> None:
    file, again = tmp_path / "small.jsonl", tmp_path / "again.jsonl"
    id = str(small.organization_id)
    code, answers, said = await run(database_url, "export", str(file))
    lines = file.read_bytes().splitlines()
    records = sum(line.startswith(b'{"row":') for line in lines)
    items = sum(line.startswith(b'{"type":') for line in lines)
    assert (code, answers, said) == (0, "", f"{items} items, {records} records.\n")
    before = await row_counts(database_url)

    code, answers, said = await run(database_url, "restore", str(file))
    assert (code, answers) == (1, "")
    assert said.startswith(f"ORGANIZATION_EXISTS: There is an organization {id} already")
    assert said.endswith("Nothing was restored.\n")
    assert await row_counts(database_url) == before

    await deleted(small)
    told = (
        f"{records} rows are restored as the organization {id}.\n"
        f"`okrgraph key create --organization {id}` makes an API key of it.\nNo difference.\n"
    )
    assert await run(database_url, "restore", "-", input=file.read_bytes()) == (0, "", told)
    assert await row_counts(database_url) == before | {"api_keys": 0, "audit_events": 1}
    assert (await run(database_url, "export", str(again)))[0] == 0
    assert again.read_bytes() == file.read_bytes()


async def test_a_copy_is_restored_under_another_id(small: Client, database_url: str, tmp_path: Path) -> None:
    file, other = tmp_path / "small.jsonl", str(uuid4())
    mine = str(small.organization_id)
    await run(database_url, "export", str(file), "--organization", mine)
    code, _, said = await run(database_url, "restore", str(file), "--organization", other)
    assert (code, f"as the organization {other}." in said, "No difference." in said) == (0, True, True)
    found = await selected(database_url, "SELECT id FROM organizations")
    assert {str(row["id"]) for row in found} == {mine, other}
    subjects = "SELECT subject_id FROM events WHERE subject_type = 'Organization' AND organization_id = "
    assert {str(row["subject_id"]) for row in await selected(database_url, f"{subjects}'{other}'")} == {other}
    assert (await run(database_url, "key", "create", "--organization", other))[0] == 0


async def test_a_broken_file_leaves_nothing(small: Client, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "small.jsonl"
    await run(database_url, "export", str(file))
    before = await row_counts(database_url)
    lines = file.read_bytes().splitlines(keepends=True)
    truncated = tmp_path / "truncated.jsonl"
    truncated.write_bytes(b"".join(lines[:-3]))
    code, answers, said = await run(database_url, "restore", str(truncated), "--organization", str(uuid4()))
    assert (code, answers) == (1, "")
    assert said == (
        "TRUNCATED: The file ends before its last line, so a part of it is missing. Copy it again, or export again. "
        "Nothing was restored.\n"
    )
    assert await row_counts(database_url) == before


async def test_what_the_doctor_finds_is_told(small: Client, database_url: str, tmp_path: Path) -> None:
    file, other = tmp_path / "small.jsonl", str(uuid4())
    await run(database_url, "export", str(file))
    digest, start = Digest(), b'{"row":{'
    lines = []
    for line in file.read_bytes().splitlines(keepends=True)[:-1]:
        if line.startswith(start) and b'"title":"Objective o2"' in line and b'"subject_id"' not in line:
            line = line.replace(b"Objective o2", b"Another title")
        lines.append(digest.add(line))
    file.write_bytes(b"".join([*lines, end_line(digest)]))
    code, _, said = await run(database_url, "restore", str(file), "--organization", other)
    assert code == 1
    *_, found, count = said.splitlines()
    assert (found.startswith("objectives "), found.endswith("differs from its newest revision")) == (True, True)
    assert count == "1 differences."


def test_a_file_that_cannot_be_read_and_wrong_usage(tmp_path: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(app, ["restore", str(tmp_path / "nothing.jsonl")]).exit_code == 1
    assert runner.invoke(app, ["restore", str(tmp_path)]).exit_code == 1
    usage = (["restore"], ["restore", "a", "b"], ["restore", "a", "--organization", "x"], ["restore", "a", "--no"])
    assert [runner.invoke(app, arguments).exit_code for arguments in usage] == [2, 2, 2, 2]
