"""Lines of measurements that are refused: each with all that is wrong with it, and nothing is kept."""

import pytest

from tests.kit.client import Client
from tests.kit.workspace_files import exported, row_counts
from tests.workspace.test_import_measurements import TABLE, Measured, measured

LONG = b"x" * 201
BROKEN: dict[str, tuple[bytes, str, str]] = {
    "an unknown KPI": (b"nobody,2026-03-01,1", "NOT_FOUND", "kpi"),
    "no KPI": (b",2026-03-01,1", "ITEM_INVALID", "kpi"),
    "a KPI of a long name": (LONG + b",2026-03-01,1", "ITEM_INVALID", "kpi"),
    "a computed KPI": (b"s2,2026-03-01,1", "KPI_COMPUTED", "kpi"),
    "the sum of others": (b"s3,2026-03-01,1", "KPI_COMPUTED", "kpi"),
    "no day": (b"s1,,1", "DATE_MISSING", "on"),
    "a day that is none": (b"s1,2026-02-29,1", "ITEM_INVALID", "on"),
    "a day of another country": (b"s1,31/03/2026,1", "ITEM_INVALID", "on"),
    "a day in the future": (b"s1,2026-08-01,1", "MEASUREMENT_IN_FUTURE", "on"),
    "no value": (b"s1,2026-03-01,", "ITEM_INVALID", "value"),
    "no cell for a value": (b"s1,2026-03-01", "ITEM_INVALID", "value"),
    "a word": (b"s1,2026-03-01,many", "ITEM_INVALID", "value"),
    "a comma in a number": (b's1,2026-03-01,"1,5"', "ITEM_INVALID", "value"),
    "no number": (b"s1,2026-03-01,NaN", "ITEM_INVALID", "value"),
    "a number that rounds to one too large": (
        *(b"s1,2026-03-01,999999999999999999999999.9999999999999", "ITEM_INVALID", "value"),
    ),
    "too large a number": (b"s1,2026-03-01,1e24", "ITEM_INVALID", "value"),
    "a value off the scale": (b"s4,2026-03-01,4", "VALUE_OFF_SCALE", "value"),
    "half a grade": (b"s4,2026-03-01,1.5", "VALUE_OFF_SCALE", "value"),
    "not UTF-8": (b"s1,2026-03-01,\xff", "ITEM_INVALID", "value"),
}


async def test_broken_lines_are_told_line_by_line_and_nothing_is_kept(
    small: Client, database_url: str, subtests: pytest.Subtests
) -> None:
    before = await row_counts(database_url), await exported(small)
    for case, (line, code, field) in BROKEN.items():
        with subtests.test(case):
            file = TABLE + b"s1,2026-03-01,1\n" + line + b"\n"
            assert await measured(small, file) == Measured(False, {"FAILED": 1}, [(3, code, field)])
            assert (await row_counts(database_url), await exported(small)) == before
    file = TABLE + b"\n".join(line for line, _, _ in BROKEN.values())
    expected = [(number, code, field) for number, (_, code, field) in enumerate(BROKEN.values(), start=2)]
    assert await measured(small, file) == Measured(False, {"FAILED": len(BROKEN)}, expected)
    assert (await row_counts(database_url), await exported(small)) == before


JSON: dict[str, tuple[bytes, str, str]] = {
    "half of a line": (b'{"kpi": "s1", "on": "2026-03-01"', "ITEM_INVALID", ""),
    "not an object": (b'["s1", "2026-03-01", 1]', "ITEM_INVALID", ""),
    "an unknown field": (b'{"kpi": "s1", "on": "2026-03-01", "value": 1, "unit": "EUR"}', "ITEM_INVALID", "unit"),
    "both a day and an instant": (
        b'{"kpi": "s1", "on": "2026-03-01", "at": "2026-03-01T00:00:00Z", "value": 1}',
        *("DATE_MISSING", "on"),
    ),
    "an instant without offset": (b'{"kpi": "s1", "at": "2026-03-01T00:00:00", "value": 1}', "ITEM_INVALID", "at"),
    "an instant in the future": (
        *(b'{"kpi": "s1", "at": "2026-08-01T00:00:00Z", "value": 1}', "MEASUREMENT_IN_FUTURE", "at"),
    ),
    "null for a value": (b'{"kpi": "s1", "on": "2026-03-01", "value": null}', "ITEM_INVALID", "value"),
    "true for a value": (b'{"kpi": "s1", "on": "2026-03-01", "value": true}', "ITEM_INVALID", "value"),
    "a null character": (b'{"kpi": "s1\\u0000", "on": "2026-03-01", "value": 1}', "ITEM_INVALID", "kpi"),
}


async def test_broken_json_is_told_line_by_line(small: Client, database_url: str, subtests: pytest.Subtests) -> None:
    before = await row_counts(database_url), await exported(small)
    good = b'{"kpi": "s1", "on": "2026-03-01", "value": "1"}\n\n'
    for case, (line, code, field) in JSON.items():
        with subtests.test(case):
            assert await measured(small, good + line) == Measured(False, {"FAILED": 1}, [(3, code, field)])
            assert (await row_counts(database_url), await exported(small)) == before


async def test_an_item_of_a_workspace_is_no_measurement(small: Client, database_url: str) -> None:
    before = await row_counts(database_url)
    file = b'{"kpi": "s1", "on": "2026-03-01", "value": "1"}\n{"type": "Kpi", "externalId": "s9", "name": "x"}\n'
    fields = ("kpi", "value", "type", "externalId", "name")
    expected = [(2, "ITEM_INVALID", field) for field in fields]
    assert await measured(small, file) == Measured(False, {"FAILED": 1}, expected)
    assert await row_counts(database_url) == before


async def test_everything_that_is_wrong_with_a_line_is_told_at_once(small: Client, database_url: str) -> None:
    before = await row_counts(database_url), await exported(small)
    long = b"x" * 201
    lines = [
        b"s2,2026-08-01,1," + long + b",",
        b"nobody,2026-08-01,1," + long + b"," + b"x" * 2_001,
        b"s4,2026-08-01,9,,",
        b",2026-02-30,many,,",
    ]
    assert await measured(small, b"\n".join([b"kpi,on,value,source,reason", *lines])) == Measured(
        *(False, {"FAILED": 4}),
        [
            *((2, "TOO_LONG", "source"), (2, "KPI_COMPUTED", "kpi"), (2, "MEASUREMENT_IN_FUTURE", "on")),
            *((3, "TOO_LONG", "source"), (3, "TOO_LONG", "reason"), (3, "NOT_FOUND", "kpi")),
            *((4, "VALUE_OFF_SCALE", "value"), (4, "MEASUREMENT_IN_FUTURE", "on")),
            *((5, "ITEM_INVALID", "kpi"), (5, "ITEM_INVALID", "on"), (5, "ITEM_INVALID", "value")),
        ],
    )
    assert (await row_counts(database_url), await exported(small)) == before
