"""Measurements as files: a table with a header, or JSON Lines without types."""

import csv
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import chain
from typing import IO, Any

import orjson
import typer

from service.command_line.place import FAILED, console
from service.workspace.measurements import MeasurementLine

Line = tuple[int, dict[str, Any] | bytes]
COLUMNS = list(MeasurementLine.model_fields)


def from_table(file: IO[bytes]) -> Iterator[Line]:
    """The lines of a table, by its header. Exits with 1 when that is not one of measurements."""
    rows = csv.DictReader(TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline=""))
    header = rows.fieldnames or []
    if not {"kpi", "value"} <= set(header) or not {"on", "at"} & set(header):
        console.print(f"[red]The header has to name kpi, value, and on or at;[/] known are {', '.join(COLUMNS)}.")
        raise typer.Exit(FAILED)
    return ((rows.line_num, row) for row in rows)


def from_json(lines: Iterable[bytes]) -> tuple[Iterator[Line] | None, Iterable[bytes]]:
    """The lines as measurements if the first one is one, with all lines again; None for items of a workspace."""
    rest = iter(lines)
    seen: list[bytes] = []
    for line in rest:
        seen.append(line)
        if line.strip():
            break
    every = chain(seen, rest)
    if not seen or not _is_measurement(seen[-1]):
        return None, every
    return ((number, line) for number, line in enumerate(every, start=1) if line.strip()), ()


def _is_measurement(line: bytes) -> bool:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and "type" not in found and "kpi" in found
