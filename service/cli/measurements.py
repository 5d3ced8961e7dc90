"""Parses files of measurements: CSV with a header, or JSON Lines without types."""

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
MAX_CELL_CHARACTERS = csv.field_size_limit()
UNCLOSED = "a quote opens a cell here and nothing closes it"


def parse_table(lines: Iterable[bytes]) -> Iterator[NumberedLine]:
    """Yields the rows of a CSV file of measurements as pairs of line number and fields by column name.

    An invalid row is an ItemInvalid instead of fields. Exits with 1 if the header is not one of measurements.
    """
    rows = _rows(split_lines(lines))
    number, header = next(rows, (1, None))
    if header is None:
        fail("The file is empty:", f"a table begins with a header; known are {', '.join(COLUMNS)}.")
    if isinstance(header, ItemInvalid):
        fail(f"line {number}: the header cannot be read:", str(header.facts["problem"]))
    names = _check_header(number, header)
    return ((line, row if isinstance(row, ItemInvalid) else _row_fields(names, row)) for line, row in rows)


def detect_measurements(lines: Iterable[bytes]) -> tuple[Iterator[NumberedLine] | None, Iterable[bytes]]:
    """The measurements and no lines if the first line is a header or a measurement, else None and all lines."""
    rest = split_lines(lines)
    seen: list[bytes] = []
    for line in rest:
        seen.append(line)
        if line.strip():
            break
    all_lines = chain(seen, rest)
    first = seen[-1].strip() if seen else b""
    if _is_header(first):
        return parse_table(all_lines), ()
    if _is_measurement(first):
        return ((number, line) for number, line in enumerate(all_lines, start=1) if line.strip()), ()
    return None, all_lines


def _is_header(line: bytes) -> bool:
    if line.startswith(b"{"):
        return False
    bare = line.replace(b'"', b"").lower()
    return any(b"kpi" in map(bytes.strip, bare.split(mark.encode())) for mark in (",", *OTHER_DELIMITERS))


def _is_measurement(line: bytes) -> bool:
    try:
        item = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(item, dict) and "type" not in item and "kpi" in item


def _rows(lines: Iterator[bytes]) -> Iterator[tuple[int, list[str] | ItemInvalid]]:
    """Yields the rows that are not blank, each with the number of its first line.

    Reading ends at a cell with an unclosed quote, as the rest of the file belongs to it.
    """
    # Bytes that are not UTF-8 become lone surrogates, which `_row_fields` detects.
    reader = csv.reader((line.decode(errors="surrogateescape") for line in lines), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num > number or "end of data" in str(error) or "field limit" in str(error):
                yield (
                    number,
                    ItemInvalid((), problem=f"{UNCLOSED}, or the cell is longer than {MAX_CELL_CHARACTERS} characters"),
                )
                return
            yield number, ItemInvalid((), problem=f"a quote is in the wrong place ({error})")
            continue
        if any(cell.strip() for cell in row):
            yield number, row


def _check_header(number: int, header: list[str]) -> list[str]:
    """The column names of a header. Exits with 1 if they are not those of measurements."""
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


def _row_fields(names: list[str], row: list[str]) -> dict[str, Any] | ItemInvalid:
    while len(row) > len(names) and not row[-1].strip():
        row.pop()
    problem = f"this row has {len(row)} cell{'' if len(row) == 1 else 's'}, and the header names {len(names)}"
    if len(row) > len(names):
        return ItemInvalid((), problem=problem)
    for name, cell in zip(names, row, strict=False):
        if not cell.isascii() and any("\udc80" <= character <= "\udcff" for character in cell):
            return ItemInvalid((name,), problem=f"{name}: this is not UTF-8; save the file as UTF-8")
    missing = [name for name in names[len(row) :] if name in ("kpi", "value")]
    if missing:
        return ItemInvalid((missing[0],), problem=f"{missing[0]}: {problem}")
    return dict(zip(names, row, strict=False))
