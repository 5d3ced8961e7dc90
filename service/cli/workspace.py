"""The commands `import`, `export` and `generate`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from service.cli.audit import record_export
from service.cli.connection import now, operator, resolve_organization, with_database
from service.cli.console import FAILED, console, fail
from service.cli.files import STANDARD, open_input, open_output
from service.cli.measurements import NumberedLine, detect_measurements, parse_table
from service.cli.organizations import Organization
from service.errors import Refusal
from service.postgres.database import Database
from service.reading.reader import Reader
from service.workspace.exporting import export_file
from service.workspace.file_format import LineKind, kind_of
from service.workspace.generating import generate as generate_items
from service.workspace.importing import Watch, import_items
from service.workspace.jsonl import items_of
from service.workspace.measurements import import_measurements
from service.workspace.report import Outcome, Report, Result

MAX_SHOWN_FAILURES = 100


def import_(
    file: Annotated[Path, typer.Argument(help="JSON Lines, or a .csv of measurements; - for standard input.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen; nothing is kept.")] = False,
    reason: Annotated[str | None, typer.Option(help="Reason for the changes, kept with their events.")] = None,
    organization: Organization = None,
) -> None:
    """Bring a workspace to what a file says: all of it or nothing. Importing it again changes nothing.

    JSON Lines have one item of the workspace a line, as an export does, or one measurement: {"kpi": "sales",
    "on": "2026-03-31", "value": "4.5"}, with "source" and "reason" if you like. A table of measurements has these
    in its header. An export of the same organization changes nothing in it; its records are for `okrgraph restore`.

    Exits with 1, and tells item by item what was wrong, when anything is refused.
    """
    with open_input(file) as blocks:
        measurements, items = (
            (parse_table(blocks), ()) if file.suffix.lower() == ".csv" else detect_measurements(blocks)
        )
        report = with_database(
            lambda database: run_import(database, items, organization, measurements, dry_run=dry_run, reason=reason)
        )
    tally = ", ".join(f"{report.outcomes[outcome]} {outcome.value.lower()}" for outcome in Outcome)
    outcome_text = "nothing was kept" if report.failed else "a rehearsal, nothing was kept" if dry_run else "kept"
    console.print(f"{tally}: {outcome_text}.")
    if report.failed:
        raise typer.Exit(FAILED)


def export(
    file: Annotated[Path, typer.Argument(help="File to write; - for standard output.")] = STANDARD,
    organization: Organization = None,
    items_only: Annotated[
        bool, typer.Option("--items-only", help="Leave out the records, without which no restore is possible.")
    ] = False,
) -> None:
    """Write a workspace as a file that `okrgraph restore` makes the same organization from.

    The file also has the items that `okrgraph import` merges; archived things are not among them. API keys and audit
    events are left out. The export itself is an audit event; where that cannot be written, nothing is exported.
    """

    async def run(database: Database) -> Counter[LineKind | None]:
        organization_id = await resolve_organization(database, organization)
        await record_export(database, organization_id, "ITEMS" if items_only else "WORKSPACE")
        reader = Reader(database, organization_id)
        counts: Counter[LineKind | None] = Counter()
        # Opened here, so that an existing file is not truncated if the database is unavailable.
        with open_output(file) as write, progress() as progress_bars:
            task = progress_bars.add_task("exporting", total=None)
            async for line in export_file(reader, items_only=items_only):
                write(line)
                counts[kind_of(line)] += 1
                if counts.total() % 1000 == 0:
                    progress_bars.update(task, completed=counts.total())
        await reader.close()
        return counts

    counts = with_database(run, reads=True)
    console.print(f"{counts[None]} items." if items_only else f"{counts[None]} items, {counts[LineKind.ROW]} records.")


def generate(
    objectives: Annotated[int, typer.Option(min=1, help="Number of objectives to generate.")],
    seed: Annotated[int, typer.Option(help="The same seed makes the same organization.")] = 1,
    file: Annotated[Path, typer.Argument(help="File to write; - for standard output.")] = STANDARD,
) -> None:
    """Generate a large organization as a file to import."""
    with open_output(file) as write, progress() as progress_bars:
        task = progress_bars.add_task("generating", total=objectives)
        for item in generate_items(objectives, seed):
            write(orjson.dumps(item) + b"\n")
            if item["type"] == "Objective":
                progress_bars.advance(task)


async def run_import(
    database: Database,
    lines: Iterable[bytes],
    organization: UUID | None,
    measurements: Iterable[NumberedLine] | None = None,
    *,
    dry_run: bool = False,
    reason: str | None = None,
) -> Report:
    """Imports measurements if given, else items, whose events have the `reason`. Returns the report. Prints up to
    MAX_SHOWN_FAILURES failures."""
    failures = 0

    def listen(result: Result) -> None:
        nonlocal failures
        if result.refusal is None:
            return
        failures += 1
        if failures <= MAX_SHOWN_FAILURES:
            where = f"line {result.line}" + (f", {result.type} {result.external_id}" if result.external_id else "")
            for each in result.refusal.all:
                field = f" ({'.'.join(each.field)})" if each.field else ""
                console.print(f"{where}: {each.code}{field}: {each.message}", markup=False, soft_wrap=True)
        elif failures == MAX_SHOWN_FAILURES + 1:
            console.print("… and more")

    report = Report(listen)
    viewer = operator(await resolve_organization(database, organization))
    with progress() as progress_bars:
        tasks: dict[str, TaskID] = {}

        def advance(phase: str, completed: int, total: int) -> None:
            if phase not in tasks:
                tasks[phase] = progress_bars.add_task(phase, total=total or None)
            progress_bars.update(tasks[phase], completed=completed)

        options = {"dry_run": dry_run, "watch": Watch(advance)}
        try:
            if measurements is not None:
                await import_measurements(database, viewer, now(), measurements, report, **options)  # type: ignore[arg-type]
                return report
            reading = progress_bars.add_task("reading", total=None)
            counted_lines = _count_lines(lines, lambda count: progress_bars.update(reading, completed=count))
            items = items_of(counted_lines, report)
            await import_items(database, viewer, now(), items, report, reason=reason, **options)  # type: ignore[arg-type]
        except Refusal as refusal:
            fail(f"{refusal.code}:", refusal.message)
    return report


def progress() -> Progress:
    """Transient progress bars, disabled if stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _count_lines(lines: Iterable[bytes], on_count: Any) -> Iterator[bytes]:
    for number, line in enumerate(lines, start=1):
        if number % 1000 == 0:
            on_count(number)
        yield line
