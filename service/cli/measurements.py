"""Measurements as files: a table with a header, or JSON Lines without types."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import orjson

from service.cli.console import fail
from service.cli.lines import split_lines
from service.workspace.measurements import Line, MeasurementLine
from service.workspace.report import ItemInvalid

COLUMNS = list(MeasurementLine.model_fields)
NumberedLine = tuple[int, Line]
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
MAX_CELL = csv.field_size_limit()
UNCLOSED = "a quote opens a cell here and nothing closes it"


def from_table(lines: Iterable[bytes]) -> Iterator[NumberedLine]:
    """The rows of a table of measurements, each with the line that it begins at, as fields by its header.

    A row that cannot be read is an ItemInvalid in its place. Exits with 1 when the header is not one of measurements.
    """
    rows = _rows(split_lines(lines))
    number, header = next(rows, (1, None))
    if header is None:
        fail("The file is empty:", f"a table begins with a header; known are {', '.join(COLUMNS)}.")
    if isinstance(header, ItemInvalid):
        fail(f"line {number}: the header cannot be read:", str(header.facts["problem"]))
    names = _columns(number, header)
    return ((line, row if isinstance(row, ItemInvalid) else _fields(names, row)) for line, row in rows)


def points_in(lines: Iterable[bytes]) -> tuple[Iterator[NumberedLine] | None, Iterable[bytes]]:
    """The lines as measurements, if the first one is a header or a measurement; else None, and all lines again."""
    rest = split_lines(lines)
    seen: list[bytes] = []
    for line in rest:
        seen.append(line)
        if line.strip():
            break
    every = chain(seen, rest)
    first = seen[-1].strip() if seen else b""
    if _is_header(first):
        return from_table(every), ()
    if _is_measurement(first):
        return ((number, line) for number, line in enumerate(every, start=1) if line.strip()), ()
    return None, every


def _is_header(line: bytes) -> bool:
    if line.startswith(b"{"):
        return False
    bare = line.replace(b'"', b"").lower()
    return any(b"kpi" in map(bytes.strip, bare.split(mark.encode())) for mark in (",", *OTHER_DELIMITERS))


def _is_measurement(line: bytes) -> bool:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and "type" not in found and "kpi" in found


def _rows(lines: Iterator[bytes]) -> Iterator[tuple[int, list[str] | ItemInvalid]]:
    """The rows that are not blank, each with the line that it begins at.

    A cell that never ends takes all that follows with it, so that nothing is read after it.
    """
    # Bytes that are not UTF-8 come through as lone surrogates, which tell them from all that is.
    reader = csv.reader((line.decode(errors="surrogateescape") for line in lines), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num > number or "end of data" in str(error) or "field limit" in str(error):
                yield number, ItemInvalid((), problem=f"{UNCLOSED}, or the cell is longer than {MAX_CELL} characters")
                return
            yield number, ItemInvalid((), problem=f"a quote is in the wrong place ({error})")
            continue
        if any(cell.strip() for cell in row):
            yield number, row


def _columns(number: int, header: list[str]) -> list[str]:
    """The names of a header. Exits with 1 when they are not those of measurements."""
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    for mark, what in OTHER_DELIMITERS.items():
        if len(names) == 1 and mark in names[0]:
            fail(f"line {number}: the columns are separated by {what}:", "save the file with commas between them.")
    if not {"kpi", "value"} <= set(names) or not {"on", "at"} & set(names):
        fail("The header has to name kpi, value, and on or at;", f"known are {', '.join(COLUMNS)}.")
    for name in names:
        if names.count(name) > 1:
            fail(f"line {number}: the header names {name or 'nothing'} more than once.")
        if name not in COLUMNS:
            fail(f"line {number}: the header names {name!r};", f"known are {', '.join(COLUMNS)}.")
    return names


def _fields(names: list[str], row: list[str]) -> dict[str, Any] | ItemInvalid:
    while len(row) > len(names) and not row[-1].strip():
        row.pop()
    problem = f"this row has {len(row)} cell{'' if len(row) == 1 else 's'}, and the header names {len(names)}"
    if len(row) > len(names):
        return ItemInvalid((), problem=problem)
    for name, cell in zip(names, row, strict=False):
        if not cell.isascii() and any("\udc80" <= character <= "\udcff" for character in cell):
            return ItemInvalid((name,), problem=f"{name}: this is not UTF-8; save the file as UTF-8")
    needed = [name for name in names[len(row) :] if name in ("kpi", "value")]
    if needed:
        return ItemInvalid((needed[0],), problem=f"{needed[0]}: {problem}")
    return dict(zip(names, row, strict=False))
