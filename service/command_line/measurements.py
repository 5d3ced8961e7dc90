"""Measurements as files: a table with a header, or JSON Lines without types."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson
import typer

from service.command_line.place import FAILED, console
from service.workspace.measurements import MeasurementLine

Line = tuple[int, dict[str, Any] | bytes]
BOM = b"\xef\xbb\xbf"
COLUMNS = list(MeasurementLine.model_fields)


def from_table(lines: Iterable[bytes]) -> Iterator[Line]:
    """The lines of a table, by its header. Exits with 1 when that is not one of measurements."""
    rows = csv.DictReader(line.decode("utf-8-sig", "replace") for line in lines)
    header = set(rows.fieldnames or [])
    if not {"kpi", "value"} <= header or not {"on", "at"} & header:
        console.print(f"[red]The header has to name kpi, value, and on or at;[/] known are {', '.join(COLUMNS)}.")
        raise typer.Exit(FAILED)
    return ((rows.line_num, row) for row in rows)


def points_in(lines: Iterable[bytes]) -> tuple[Iterator[Line] | None, Iterable[bytes]]:
    """The lines as measurements, if the first one is a header or a measurement; else None, and all lines again."""
    rest = iter(lines)
    seen: list[bytes] = []
    for line in rest:
        seen.append(line)
        if line.strip():
            break
    every = chain(seen, rest)
    first = seen[-1].removeprefix(BOM).strip() if seen else b""
    if b"kpi" in first.replace(b'"', b"").split(b","):
        return from_table(every), ()
    if _is_measurement(first):
        return ((number, line) for number, line in enumerate(every, start=1) if line.strip()), ()
    return None, every


def _is_measurement(line: bytes) -> bool:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and "type" not in found and "kpi" in found
