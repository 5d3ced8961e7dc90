"""Splits the bytes of a file into lines, with the line ends and byte order marks of all systems."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from service.cli.console import fail

BOM = b"\xef\xbb\xbf"
UTF_16_BOMS = (b"\xff\xfe", b"\xfe\xff")
LINE_END = re.compile(rb"\r\n|\r|\n")


def split_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yields the lines of a file, including their ends LF, CRLF or CR, from blocks of any length.

    A UTF-8 byte order mark is removed. Exits with 1 for a file in UTF-16.
    """
    pieces: list[bytes] = []
    for block in _check_encoding(blocks):
        if pieces and pieces[-1].endswith(b"\r"):
            # The carriage return may be the first half of a CRLF.
            block = pieces.pop() + block
        start = 0
        for match in LINE_END.finditer(block):
            if match.end() == len(block) and match[0] == b"\r":
                break
            yield b"".join([*pieces, block[start : match.end()]])
            pieces.clear()
            start = match.end()
        if start < len(block):
            pieces.append(block[start:])
    if pieces:
        yield b"".join(pieces)


def _check_encoding(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = iter(blocks)
    start = b""
    for block in rest:
        start += block
        if len(start) >= len(BOM):
            break
    if start.startswith(UTF_16_BOMS) or b"\0" in LINE_END.split(start, 1)[0]:
        fail("line 1: the file is not UTF-8, but UTF-16 or no text at all:", "save it as UTF-8.")
    return chain([start.removeprefix(BOM)], rest)
