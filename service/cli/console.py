"""Output of commands: results on stdout, messages on stderr."""

from collections.abc import Sequence
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text

# Exit codes.
FAILED = 1
WRONG_USAGE = 2
UNAVAILABLE = 3
COLUMN_GAP = "  "
# For messages. Results go to stdout, so that they can be piped.
console = Console(stderr=True, emoji=False)


def fail(problem: str, detail: str = "", *, code: int = FAILED) -> NoReturn:
    """Reports a problem and ends the command with an exit code."""
    report(problem, detail)
    raise typer.Exit(code)


def report(problem: str, detail: str = "") -> None:
    """Prints a problem in red and its detail on stderr, in one line without markup or wrapping."""
    console.print(Text.assemble((problem, "red"), f" {detail}" if detail else ""), soft_wrap=True)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows in aligned columns below a header on stdout, with cells as `printable` returns them."""
    lines = [tuple(header), *(tuple(printable(cell) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        typer.echo(COLUMN_GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def printable(text: str) -> str:
    """A text with non-printable characters replaced, so that it contains no control sequences; `-` if it is empty."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text) or "-"
