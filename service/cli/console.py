"""What a command says: answers on stdout, everything about them on stderr."""

from collections.abc import Sequence
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text

FAILED, WRONG_USAGE, UNAVAILABLE = 1, 2, 3
COLUMN_GAP = "  "
# Answers go to stdout, what is said about them to stderr, so that answers can be piped.
console = Console(stderr=True, emoji=False)


def fail(problem: str, detail: str = "", *, code: int = FAILED) -> NoReturn:
    """Ends the command with an exit code, and says why on stderr."""
    report(problem, detail)
    raise typer.Exit(code)


def report(problem: str, detail: str = "") -> None:
    """Says what is wrong on stderr, in one line: brackets in it are no markup, and it is not wrapped."""
    console.print(Text.assemble((problem, "red"), f" {detail}" if detail else ""), soft_wrap=True)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows in aligned columns on stdout, a line each below the header; nothing printable is changed."""
    lines = [tuple(header), *(tuple(printable(cell) for cell in row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        typer.echo(COLUMN_GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def printable(text: str) -> str:
    """A text in one line that a terminal takes for nothing else; `-` for an empty one."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text) or "-"
