"""The lines of a file as they are written by any editor, spreadsheet or system."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from service.cli.console import fail

BOM = b"\xef\xbb\xbf"
UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")
LINE_END = re.compile(rb"\r\n|\r|\n")


def split_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a file, each with its end, of bytes in blocks of any length; LF, CRLF and CR end a line.

    A byte order mark of UTF-8 is left out. Exits with 1 for a file in UTF-16.
    """
    parts: list[bytes] = []
    for block in _checked(blocks):
        if parts and parts[-1].endswith(b"\r"):
            # Whether this ends a line or is half of its end is known only now.
            block = parts.pop() + block
        start = 0
        for found in LINE_END.finditer(block):
            if found.end() == len(block) and found[0] == b"\r":
                break
            yield b"".join([*parts, block[start : found.end()]])
            parts.clear()
            start = found.end()
        if start < len(block):
            parts.append(block[start:])
    if parts:
        yield b"".join(parts)


def _checked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = iter(blocks)
    start = b""
    for block in rest:
        start += block
        if len(start) >= len(BOM):
            break
    if start.startswith(UTF_16_BOMS) or b"\0" in LINE_END.split(start, 1)[0]:
        fail("line 1: the file is not UTF-8, but UTF-16 or no text at all:", "save it as UTF-8.")
    return chain([start.removeprefix(BOM)], rest)
