"""The lines of a workspace file that are no items: header, tables with their rows, and the end.

A file begins with a header. Its items, which an import merges, come first. Records, from which a restore makes the
organization as it was, come after them: a line that names a table and its columns, then one line for each row. The
last line holds the number of all lines before it and their SHA-256, each line counted with a single line feed.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, StrictInt, ValidationError

from service.errors import FileRefusal

FORMAT = "okrgraph"
# Grows when older versions of the service cannot read what newer ones write.
VERSION = 2
READ_VERSIONS = (1, VERSION)


class NotAnExport(FileRefusal):
    """The file is not an export of okrgraph: its first line is no header. `okrgraph import` reads files of items."""


class FormatVersionUnknown(FileRefusal):
    """The file has format version {version}, and this okrgraph reads versions 1 to {known}. Use the okrgraph that wrote
    it, or a newer one."""


class WithoutRecords(FileRefusal):
    """The file has items only, which `okrgraph import` merges. A restore needs a file that `okrgraph export` wrote
    without --items-only."""


class Truncated(FileRefusal):
    """The file ends before its last line, so a part of it is missing. Copy it again, or export again."""


class Damaged(FileRefusal):
    """The file is not as it was written: {problem}. A restore takes whole files only; for a file that was edited, use
    `okrgraph import`."""


class LineKind(StrEnum):
    """What a line is; an item is none of these."""

    HEADER = "format"
    TABLE = "table"
    ROW = "row"
    END = "end"


# Tools that format JSON may add blanks, and keep the order of members.
KIND = re.compile(rb'\s*\{\s*"(format|table|row|end)"\s*:')
LINE_END = b"\r\n"


class Header(BaseModel):
    """The first line: format, its version, the organization that was exported, and whether its records follow."""

    model_config = ConfigDict(extra="allow")

    format: str
    version: StrictInt
    organization: UUID
    records: bool


class TableLine(BaseModel):
    """A table and the columns of the rows that follow, in their order."""

    table: str
    columns: list[str]


class End(BaseModel):
    """How many lines come before the last one, and their SHA-256 in hexadecimal."""

    lines: int
    sha256: str


class LastLine(BaseModel):
    end: End


@dataclass
class Digest:
    """The running digest of lines: whatever ends a line, it counts as one line feed."""

    count: int = 0
    _sha256: Any = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> bytes:
        """Takes a line in; the same line."""
        self._sha256.update(line.rstrip(LINE_END))
        self._sha256.update(b"\n")
        self.count += 1
        return line

    @property
    def end(self) -> End:
        """What the last line has to say of the lines so far."""
        return End(lines=self.count, sha256=self._sha256.hexdigest())


def kind_of(line: bytes) -> LineKind | None:
    """What a line is by its first member; None for an item, a blank line and what cannot be read."""
    match = KIND.match(line)
    return LineKind(match[1].decode()) if match else None


def header_line(organization_id: UUID, *, records: bool) -> bytes:
    """The first line of a file."""
    return _line({"format": FORMAT, "version": VERSION, "organization": organization_id, "records": records})


def table_line(table: str, columns: Sequence[str]) -> bytes:
    """The line before the rows of a table."""
    return _line({"table": table, "columns": columns})


def row_line(row: dict[str, Any]) -> bytes:
    """A row by its columns. Exact numbers and bytes become text as Postgres reads it; empty columns are left out."""
    return _line({"row": {name: value for name, value in row.items() if value is not None}})


def end_line(digest: Digest) -> bytes:
    """The last line of a file."""
    return _line({"end": digest.end.model_dump()})


def read_header(line: bytes) -> Header:
    """The header of a file by its first line. Raises NotAnExport and FormatVersionUnknown."""
    if kind_of(line) is not LineKind.HEADER:
        raise NotAnExport
    try:
        loaded = orjson.loads(line)
        if loaded.get("format") == FORMAT and loaded.get("version") not in READ_VERSIONS:
            raise FormatVersionUnknown(version=loaded.get("version"), known=VERSION)
        header = Header.model_validate(loaded)
    except (orjson.JSONDecodeError, ValidationError):
        raise NotAnExport from None
    if header.format != FORMAT:
        raise NotAnExport
    return header


def read_table(number: int, line: bytes) -> TableLine:
    """The table that a line names. Raises Damaged."""
    try:
        return TableLine.model_validate_json(line)
    except ValidationError:
        raise Damaged(problem=f"line {number} names no table") from None


def verify(lines: Iterable[bytes]) -> Header:
    """Reads a whole file, and checks that it is one and that nothing of it is missing or changed; its header.

    Raises NotAnExport, FormatVersionUnknown, WithoutRecords, Truncated and Damaged.
    """
    rest = iter(lines)
    digest = Digest()
    header = read_header(digest.add(next(rest, b"")))
    if not header.records:
        raise WithoutRecords
    for line in rest:
        if kind_of(line) is LineKind.END:
            _check_end(line, digest, rest)
            return header
        digest.add(line)
    raise Truncated


def _check_end(line: bytes, digest: Digest, rest: Iterator[bytes]) -> None:
    try:
        end = LastLine.model_validate_json(line).end
    except ValidationError:
        raise Truncated from None
    if end.lines != digest.count:
        raise Damaged(problem=f"it has {digest.count} lines before the last one, and it had {end.lines}")
    if end != digest.end:
        raise Damaged(problem="its lines are others than those that were written")
    if any(more.strip() for more in rest):
        raise Damaged(problem="it goes on after its last line")


def _line(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content, default=_plain) + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        # With its zeros at the end, so that it is kept as it was.
        return format(value, "f")
    if isinstance(value, UUID):
        # The driver's own class, which orjson does not know.
        return str(value)
    if isinstance(value, bytes):
        return rf"\x{value.hex()}"
    raise TypeError(f"{type(value).__name__} has no form in a workspace file.")
