"""The command `restore`, which restores an exported organization."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import TaskID

from service.cli.connection import now, operator, with_database
from service.cli.console import console, fail
from service.cli.database import exit_on_findings
from service.cli.files import STANDARD, open_input
from service.cli.lines import split_lines
from service.cli.workspace import progress
from service.errors import Refusal
from service.postgres.database import Database
from service.reading.reader import Reader
from service.rollup.doctor import Finding, examine
from service.workspace.file_format import verify
from service.workspace.restoring import restore as restore_lines


def restore(
    file: Annotated[Path, typer.Argument(help="A file written by `okrgraph export`; - for standard input.")],
    organization: Annotated[
        UUID | None, typer.Option(help="Id of the restored organization; the one it had unless given.")
    ] = None,
) -> None:
    """Make an organization as it was when it was exported: facts, events, both times, revisions and archived rows.

    The database must not have an organization of that id. All of the file is restored or nothing; afterwards the
    doctor compares all that is derived with the facts. API keys are never exported: `okrgraph key create` makes one.

    Exits with 1 when the file is refused, which leaves nothing, and when the doctor finds differences.
    """
    with _seekable_file(file) as source:
        try:
            with open_input(source) as blocks:
                exported_id = verify(split_lines(blocks)).organization
            id = organization or exported_id
            with open_input(source) as blocks:
                lines = split_lines(blocks)
                count, findings = with_database(lambda database: _restore_and_examine(database, id, lines, exported_id))
        except Refusal as refusal:
            fail(f"{refusal.code}:", f"{refusal.message} Nothing was restored.")
    console.print(f"{count} rows are restored as the organization {id}.", highlight=False, soft_wrap=True)
    console.print(
        f"`okrgraph key create --organization {id}` makes an API key of it.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    exit_on_findings(findings)


async def _restore_and_examine(
    database: Database, id: UUID, lines: Iterable[bytes], exported_id: UUID
) -> tuple[int, list[Finding]]:
    with progress() as progress_bars:
        tasks: dict[str, TaskID] = {}

        def advance(phase: str, completed: int) -> None:
            if phase not in tasks:
                tasks[phase] = progress_bars.add_task(phase, total=None)
            progress_bars.update(tasks[phase], completed=completed)

        count = await restore_lines(database, operator(id), now(), lines, exported_id, advance)
    reader = Reader(database, id, database.primary)
    try:
        return count, [finding async for finding in examine(reader)]
    finally:
        await reader.close()


@contextmanager
def _seekable_file(file: Path) -> Iterator[Path]:
    """A file that can be read twice, as it is verified first. Standard input and pipes are copied to a temporary file.

    Exits with 1 if the file cannot be read.
    """
    if file != STANDARD and (file.is_file() or file.is_dir() or not file.exists()):
        yield file
        return
    with open_input(file) as blocks, tempfile.NamedTemporaryFile() as copy:
        for block in blocks:
            copy.write(block)
        copy.flush()
        yield Path(copy.name)
