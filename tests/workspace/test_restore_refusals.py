"""What a restore refuses, with what sentence; nothing of it is left."""

import random
from collections.abc import Callable
from itertools import takewhile

import orjson
import pytest

from service.errors import Refusal
from service.workspace.file_format import LineKind, kind_of
from tests.kit.client import Client
from tests.kit.workspace_files import imported, row_counts
from tests.workspace.restored import file_of, restored, whole

Lines = list[bytes]
# Without repetitions, which Postgres would shorten.
NOISE = random.Random(1).randbytes(10_000).hex().encode()


def edited(lines: Lines, old: bytes, new: bytes) -> Lines:
    """The lines with another text in the first line that has it, and an end that fits."""
    place = next(number for number, line in enumerate(lines) if old in line)
    return whole([*lines[:place], lines[place].replace(old, new, 1), *lines[place + 1 : -1]])


def without(lines: Lines, table: str) -> Lines:
    """The lines without a table and its rows, and an end that fits."""
    kept, is_there = [], True
    for line in lines[:-1]:
        if kind_of(line) is LineKind.TABLE:
            is_there = orjson.loads(line)["table"] != table
        if is_there:
            kept.append(line)
    return whole(kept)


def table_of(lines: Lines, table: str) -> Lines:
    """The line that names a table, and its rows."""
    first = next(number for number, line in enumerate(lines) if line.startswith(b'{"table":"%s"' % table.encode()))
    rows = takewhile(lambda line: kind_of(line) is LineKind.ROW, lines[first + 1 :])
    return [lines[first], *rows]


def row_of(lines: Lines, table: str) -> bytes:
    """The first row of a table."""
    return table_of(lines, table)[1]


DAMAGES: dict[str, tuple[Callable[[Lines], Lines], str, str]] = {
    "an empty file": (lambda lines: [], "NOT_AN_EXPORT", "its first line is no header"),
    "items without a header": (lambda lines: lines[1:], "NOT_AN_EXPORT", "`okrgraph import`"),
    "a header of something else": (
        lambda lines: [lines[0].replace(b'"okrgraph"', b'"other"'), *lines[1:]],
        *("NOT_AN_EXPORT", "no header"),
    ),
    "a header that is no JSON": (lambda lines: [lines[0][:-3], *lines[1:]], "NOT_AN_EXPORT", "no header"),
    "a newer version": (
        lambda lines: edited(lines, b'"version":2', b'"version":3'),
        *("FORMAT_VERSION_UNKNOWN", "has format version 3, and this okrgraph reads versions 1 to 2"),
    ),
    "half of the file": (lambda lines: lines[: len(lines) // 2], "TRUNCATED", "a part of it is missing"),
    "no last line": (lambda lines: lines[:-1], "TRUNCATED", "a part of it is missing"),
    "half of the last line": (lambda lines: [*lines[:-1], lines[-1][:40]], "TRUNCATED", "a part of it is missing"),
    "a line that is missing": (lambda lines: [*lines[:5], *lines[6:]], "DAMAGED", "lines before the last one"),
    "a value that was edited": (
        lambda lines: [line.replace(b"Objective o2", b"Objective 02") for line in lines],
        *("DAMAGED", "its lines are others than those that were written"),
    ),
    "lines in another order": (
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        *("DAMAGED", "its lines are others"),
    ),
    "something after the end": (lambda lines: [*lines, lines[1]], "DAMAGED", "goes on after its last line"),
    "a table that is unknown": (
        lambda lines: edited(lines, b'"table":"pillars"', b'"table":"dreams"'),
        *("TABLE_UNKNOWN", "a table dreams, which this okrgraph does not know"),
    ),
    "secrets that were put in": (
        lambda lines: edited(lines, b'"table":"pillars"', b'"table":"api_keys"'),
        *("TABLE_UNKNOWN", "a table api_keys"),
    ),
    "a table twice": (
        lambda lines: edited(lines, b'"table":"pillars"', b'"table":"people"'),
        *("DAMAGED", "names the table people a second time"),
    ),
    "a column that is unknown": (
        lambda lines: edited(lines, b'"name","email"', b'"name","phone"'),
        *("COLUMN_UNKNOWN", "a column phone of people"),
    ),
    "a column twice": (
        lambda lines: edited(lines, b'"name","email"', b'"name","name"'),
        *("DAMAGED", "names a column of people twice"),
    ),
    "a row that is not UTF-8": (
        lambda lines: edited(lines, row_of(lines, "pillars"), b'{"row":{"name":"\xff"}}\n'),
        *("DAMAGED", "is not UTF-8"),
    ),
    "a text that no index takes": (
        lambda lines: edited(
            lines, row_of(lines, "pillars"), row_of(lines, "pillars").replace(b'"name":"', b'"name":"' + NOISE)
        ),
        *("ROWS_REFUSED", "the rows of pillars: index row"),
    ),
    "a row of no table": (
        lambda lines: whole([*lines[:3], row_of(lines, "people"), *lines[3:-1]]),
        *("DAMAGED", "line 4 is a row of no table"),
    ),
    "no row of the organization": (
        lambda lines: without(lines, "organizations"),
        *("DAMAGED", "no row of its organization comes before those of events"),
    ),
    "rows that others refer to are gone": (
        lambda lines: without(lines, "cycles"),
        *("ROWS_REFUSED", "refuses the rows of cycle_revisions"),
    ),
    "a row twice": (
        lambda lines: whole(
            [each for line in lines[:-1] for each in ([line, line] if line == row_of(lines, "pillars") else [line])]
        ),
        *("ROWS_REFUSED", "the rows of pillars: duplicate key"),
    ),
    "a value of another type": (
        lambda lines: whole(
            [
                line.replace(b'"version":1', b'"version":"one"') if line == row_of(lines, "pillars") else line
                for line in lines[:-1]
            ]
        ),
        *("ROWS_REFUSED", "the rows of pillars: invalid input syntax for type integer"),
    ),
    "the organization after others": (
        lambda lines: whole([*without(lines, "organizations")[:-1], *table_of(lines, "organizations")]),
        *("DAMAGED", "no row of its organization comes before those of events"),
    ),
    "a row that is no JSON": (
        lambda lines: whole([line[:-3] if line == row_of(lines, "pillars") else line for line in lines[:-1]]),
        *("ROWS_REFUSED", "the rows of pillars: invalid input syntax for type json"),
    ),
}


@pytest.mark.parametrize(("damage", "code", "sentence"), DAMAGES.values(), ids=DAMAGES)
async def test_refused(
    small: Client, database_url: str, damage: Callable[[Lines], Lines], code: str, sentence: str
) -> None:
    before = await row_counts(database_url)
    lines = damage(await file_of(small.database, small.organization_id))
    with pytest.raises(Refusal) as refused:
        await restored(small.database, small.clock, lines)
    assert (refused.value.code, sentence in refused.value.message) == (code, True), refused.value.message
    assert await row_counts(database_url) == before


async def test_an_organization_that_is_there_is_left_alone(small: Client, database_url: str) -> None:
    before = await row_counts(database_url)
    file = await file_of(small.database, small.organization_id)
    with pytest.raises(Refusal) as refused:
        await restored(small.database, small.clock, file, small.organization_id)
    assert refused.value.code == "ORGANIZATION_EXISTS"
    assert f"There is an organization {small.organization_id} already" in refused.value.message
    assert await row_counts(database_url) == before


async def test_a_file_of_items_is_for_imports(small: Client, database_url: str) -> None:
    before = await row_counts(database_url)
    file = await file_of(small.database, small.organization_id, items_only=True)
    assert [line for line in file[1:] if kind_of(line)] == []
    with pytest.raises(Refusal) as refused:
        await restored(small.database, small.clock, file)
    assert (refused.value.code, await row_counts(database_url)) == ("WITHOUT_RECORDS", before)
    done = await imported(small, file)
    assert (done.refused, set(done.outcomes)) == ([], {"UNCHANGED"})


async def test_an_import_reads_known_versions_and_whole_files(small: Client) -> None:
    file = await file_of(small.database, small.organization_id)
    newer = [file[0].replace(b'"version":2', b'"version":3'), *file[1:]]
    assert (await imported(small, newer)).refused == [(1, "FORMAT_VERSION_UNKNOWN", "")]
    assert (await imported(small, file[:-1])).refused == [(len(file) - 1, "TRUNCATED", "")]
    # A file may be edited for an import, but not for a restore.
    done = await imported(small, [line.replace(b"Objective o2", b"Objective 02") for line in file])
    assert (done.refused, done.outcomes["UPDATED"]) == ([], 1)


async def test_what_ends_the_lines_does_not_matter(small: Client, database_url: str) -> None:
    file = await file_of(small.database, small.organization_id)
    before = await row_counts(database_url)
    await restored(small.database, small.clock, [line.replace(b"\n", b"\r\n") for line in file])
    after = await row_counts(database_url)
    copied = {name: count * 2 for name, count in before.items()}
    own = {"api_keys": before["api_keys"], "audit_events": before["audit_events"] + 1}
    assert after == copied | own


async def test_columns_that_an_older_file_lacks_are_filled(small: Client) -> None:
    file = await file_of(small.database, small.organization_id)
    older = []
    for line in file[:-1]:
        content = orjson.loads(line)
        if content.get("table") == "organizations":
            content["columns"].remove("fiscal_year_start_month")
            content["columns"].remove("check_in_cadence_days")
        older.append(orjson.dumps(content) + b"\n")
    id = await restored(small.database, small.clock, whole(older))
    [row] = [orjson.loads(line) for line in await file_of(small.database, id) if b'"fiscal_year_start_month":' in line]
    assert (row["row"]["fiscal_year_start_month"], row["row"]["check_in_cadence_days"]) == (1, 7)
