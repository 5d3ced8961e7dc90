"""Tables of measurements as spreadsheets and systems write them: what is read, and what is told of the others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli.lines import split_lines
from tests.kit.client import Client
from tests.kit.commands import Ended, run_async
from tests.kit.workspace_files import exported, row_counts
from tests.workspace.test_import_measurements import Measured, measured, points

HEADER = b"kpi,on,value\n"
KNOWN = "known are kpi, on, at, value, source, reason."
ROW = "ITEM_INVALID: The item cannot be read: "
QUOTE = "a quote opens a cell here and nothing closes it, or the cell is longer than 131072 characters"


async def imported(client: Client, url: str, folder: Path, file: bytes, name: str = "measurements.csv") -> Ended:
    """What the command says of a file."""
    path = folder / name
    path.write_bytes(file)
    mine = ("--organization", str(client.organization_id))
    return await run_async("import", str(path), *mine, OKRGRAPH_DATABASE_URL=url)


WORKING = {
    "LF": b"kpi,on,value\ns1,2026-03-01,1\ns4,2026-06-01,3\n",
    "CRLF": b"kpi,on,value\r\ns1,2026-03-01,1\r\ns4,2026-06-01,3\r\n",
    "CR": b"kpi,on,value\rs1,2026-03-01,1\rs4,2026-06-01,3\r",
    "no end of the last line": b"kpi,on,value\rs1,2026-03-01,1\rs4,2026-06-01,3",
    "a byte order mark": b"\xef\xbb\xbfkpi,on,value\r\ns1,2026-03-01,1\r\ns4,2026-06-01,3\r\n",
    "blank lines": b"\n\nkpi,on,value\n\ns1,2026-03-01,1\n  \n,,\ns4,2026-06-01,3\n,,,\n\n",
    "empty columns at the end": b"kpi,on,value,,\ns1,2026-03-01,1,,\ns4,2026-06-01,3,,,\n",
    "blanks around names": b"kpi , on, value\ns1,2026-03-01,1\ns4,2026-06-01,3\n",
    "quotes": b'"kpi","on","value"\n"s1","2026-03-01","1"\n"s4","2026-06-01","3"\n',
    "cells too few that may be missing": b"kpi,on,value,source,reason\ns1,2026-03-01,1\ns4,2026-06-01,3,\n",
}


@pytest.mark.parametrize("case", WORKING)
@pytest.mark.parametrize("name", ["measurements.csv", "measurements.txt"])
async def test_a_table_that_is_read(small: Client, database_url: str, tmp_path: Path, case: str, name: str) -> None:
    said = "2 created, 0 updated, 0 unchanged, 0 failed, 0 skipped: kept.\n"
    assert await imported(small, database_url, tmp_path, WORKING[case], name) == Ended(0, "", said)
    assert (await points(small, "s1"))[0] == ("2026-03-01", "1")
    assert (await points(small, "s4"))[0] == ("2026-06-01", "3")


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", f"The file is empty: a table begins with a header; {KNOWN}"),
    "blank lines only": (b"\r\n\r\n", f"The file is empty: a table begins with a header; {KNOWN}"),
    "a name twice": (b"kpi,on,value,value\n", "line 1: the header names value more than once."),
    "an unknown name": (b"\nkpi,on,value,unit\n", f"line 2: the header names 'unit'; {KNOWN}"),
    "a column without a name": (b"kpi,on,,value\n", f"line 1: the header names ''; {KNOWN}"),
    "a quote that stays open": (b'"kpi,on,value\ns1,2026-03-01,1\n', f"line 1: the header cannot be read: {QUOTE}"),
    "semicolons": (
        b"kpi;on;value\ns1;2026-03-01;1,5\n",
        "line 1: the columns are separated by semicolons: save the file with commas between them.",
    ),
    "tabs": (
        b"kpi\ton\tvalue\ns1\t2026-03-01\t1\n",
        "line 1: the columns are separated by tabs: save the file with commas between them.",
    ),
    "upper case": (b"KPI,On,Value\n", f"The header has to name kpi, value, and on or at; {KNOWN}"),
    "UTF-16": (
        "kpi,on,value\ns1,2026-03-01,1\n".encode("utf-16"),
        "line 1: the file is not UTF-8, but UTF-16 or no text at all: save it as UTF-8.",
    ),
    "UTF-16 without a mark": (
        "kpi,on,value\ns1,2026-03-01,1\n".encode("utf-16-be"),
        "line 1: the file is not UTF-8, but UTF-16 or no text at all: save it as UTF-8.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_file_whose_header_cannot_be_used(small: Client, database_url: str, tmp_path: Path, case: str) -> None:
    before = await row_counts(database_url)
    file, said = REFUSED[case]
    assert await imported(small, database_url, tmp_path, file) == Ended(1, "", said + "\n")
    if file.strip():
        # What is a table is seen without the name of a file, too.
        assert (await imported(small, database_url, tmp_path, file, "measurements")).stderr == said + "\n"
    assert await row_counts(database_url) == before


BROKEN: dict[str, tuple[bytes, list[str]]] = {
    "a cell too many": (b"s1,2026-03-01,1,5\n", [f"line 3: {ROW}this row has 4 cells, and the header names 3"]),
    "a cell too few": (
        b"s1,2026-03-01\n",
        ["line 3: ITEM_INVALID (value): The item cannot be read: value: this row has 2 cells, and the header names 3"],
    ),
    "a quote that stays open": (b's1,2026-03-01,"1\ns4,2026-06-01,3\n', [f"line 3: {ROW}{QUOTE}"]),
    "a quote that another one closes": (b's1,2026-03-01,"1\ns4,2026-06-01,"3"\n', [f"line 3: {ROW}{QUOTE}"]),
    "a quote in the last line": (b's1,2026-03-01,1\ns4,2026-06-01,"3', [f"line 4: {ROW}{QUOTE}"]),
    "a cell that never ends": (b's1,2026-03-01,"' + b"x" * 140_000 + b'"\n', [f"line 3: {ROW}{QUOTE}"]),
    "a quote too early": (
        b's1,2026-03-01,"1"5\ns4,2026-06-01,nothing\n',
        [
            f"""line 3: {ROW}a quote is in the wrong place (',' expected after '"')""",
            "line 4: ITEM_INVALID (value): The item cannot be read: value: 'nothing' is not a number. "
            'A Decimal is a string such as "4.5".',
        ],
    ),
    "a null byte": (
        b"s1\0,2026-03-01,1\n",
        ["line 3: ITEM_INVALID (kpi): The item cannot be read: kpi: A text cannot contain the null character."],
    ),
    "Latin-1": (
        b"M\xfcller,2026-03-01,1\n",
        ["line 3: ITEM_INVALID (kpi): The item cannot be read: kpi: this is not UTF-8; save the file as UTF-8"],
    ),
    "semicolons from here on": (
        b"s1;2026-03-01;1\n",
        ["line 3: ITEM_INVALID (value): The item cannot be read: value: this row has 1 cell, and the header names 3"],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
async def test_a_row_that_cannot_be_read(
    small: Client, database_url: str, tmp_path: Path, case: str, end: bytes
) -> None:
    before = await row_counts(database_url), await exported(small)
    rows, sentences = BROKEN[case]
    file = (HEADER + b"s1,2026-01-01,1\n" + rows).replace(b"\n", end)
    code, answers, said = await imported(small, database_url, tmp_path, file)
    *told, tally = said.splitlines()
    assert (code, answers, told) == (1, "", sentences)
    assert tally.endswith(f"{len(sentences)} failed, 0 skipped: nothing was kept.")
    assert (await row_counts(database_url), await exported(small)) == before


async def test_a_text_that_is_not_utf_8_is_not_kept_in_another_form(small: Client) -> None:
    file = b"kpi,on,value,source\ns1,2026-03-01,1,M\xfcller\n"
    assert await measured(small, file) == Measured(False, {"FAILED": 1}, [(2, "ITEM_INVALID", "source")])
    file = "kpi,on,value,source\ns1,2026-03-01,1,Müller\n".encode()
    assert await measured(small, file) == Measured(True, {"CREATED": 1}, [])


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
async def test_json_lines_end_as_they_like(
    small: Client, database_url: str, tmp_path: Path, end: bytes, mark: bytes
) -> None:
    measurements = [b'{"kpi": "s1", "on": "2026-03-01", "value": 1}', b'{"kpi": "s4", "on": "2026-06-01", "value": 3}']
    said = "2 created, 0 updated, 0 unchanged, 0 failed, 0 skipped: kept.\n"
    file = mark + end.join(measurements)
    assert await imported(small, database_url, tmp_path, file, "points.jsonl") == Ended(0, "", said)
    people = [
        b'{"type": "Person", "externalId": "n1", "name": "N"}',
        b'{"type": "Person", "externalId": "n2", "name": "kpi"}',
    ]
    file = mark + end.join(people)
    assert await imported(small, database_url, tmp_path, file, "workspace.jsonl") == Ended(0, "", said)


LINES = [b"kpi,on,value\r\n", b"\r\n", b"a\n", b"\n", b"b\r", b"\r", b"\xc3\xa9\n", b"c"]


def blocks_of(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.mark.parametrize("size", range(1, 32))
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
def test_lines_are_the_same_however_the_bytes_come(size: int, mark: bytes) -> None:
    assert list(split_lines(blocks_of(mark + b"".join(LINES), size))) == LINES


def test_a_line_of_many_blocks_is_put_together_once() -> None:
    block, count = b"x" * 65_536, 2_000
    [line] = split_lines(iter([block] * count))
    assert len(line) == len(block) * count
