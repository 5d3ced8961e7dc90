"""`okrgraph import` of measurements, as a table and as JSON Lines: all of them or nothing, told line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from schema.relay.node import parsed
from service.cli.measurements import detect_measurements, parse_table
from service.workspace.measurements import import_measurements
from service.workspace.report import Report, Result
from tests.kit.client import Client
from tests.kit.workspace_files import exported, findings, row_counts
from tests.workspace.test_import_command import run

TABLE = b"kpi,on,value\n"
READ = """query($key: String!) { kpi(externalId: $key) {
    measurements { nodes { startsOn value source reason revisionNumber author { id } } } } }"""


@dataclass
class Measured:
    """What came of a file: whether it was kept, how many lines came to what, and line, code and field refused."""

    kept: bool
    counts: dict[str, int]
    refused: list[tuple[int, str, str]]


async def measured(client: Client, file: bytes, *, dry_run: bool = False) -> Measured:
    """Imports a table, or JSON Lines if it begins like those."""
    results: list[Result] = []
    report = Report(results.append)
    points: Any = (
        detect_measurements(BytesIO(file))[0] if file.lstrip().startswith(b"{") else parse_table(BytesIO(file))
    )
    moment = client.clock.now
    kept = await import_measurements(client.database, client.viewer, moment, points, report, dry_run=dry_run)
    refused = [
        (result.line, each.code, ".".join(each.field))
        for result in results
        if result.refusal
        for each in result.refusal.all
    ]
    return Measured(kept, {outcome.value: count for outcome, count in report.outcomes.items() if count}, refused)


async def points(client: Client, key: str) -> list[tuple[str, str]]:
    """Days and values of a KPI, the latest first."""
    nodes = (await client.data(READ, key=key))["kpi"]["measurements"]["nodes"]
    return [(each["startsOn"], each["value"]) for each in nodes]


async def test_a_table_is_kept_whole(small: Client) -> None:
    file = b"kpi,on,value,source,reason\ns1,2026-03-31,151,ERP,Month end\ns1,2026-04-01,100.250,,\ns4,2026-06-30,3,,\n"
    assert await measured(small, file) == Measured(True, {"CREATED": 3}, [])
    first, second, *_ = (await small.data(READ, key="s1"))["kpi"]["measurements"]["nodes"]
    author = (await small.data("{ viewer { person { id } } }"))["viewer"]["person"]
    shared = {"revisionNumber": 1, "author": author}
    assert first == {"startsOn": "2026-04-01", "value": "100.25", "source": None, "reason": None, **shared}
    assert second == {"startsOn": "2026-03-01", "value": "151", "source": "ERP", "reason": "Month end", **shared}
    assert await points(small, "s4") == [("2026-06-30", "3"), ("2026-03-31", "2")]
    assert await findings(small) == []


async def test_goals_formulas_and_parents_follow_in_the_same_transaction(small: Client) -> None:
    read = """{ growth: kpi(externalId: "s2") { current currentPeriodStart }
        whole: kpi(externalId: "s3") { current currentPeriodStart }
        keyResult(externalId: "k5") { current progress objective { progress } }
        guarded: keyResult(externalId: "k1") { guardrailBreached } }"""
    assert (await small.data(read))["guarded"] == {"guardrailBreached": True}
    assert (await measured(small, TABLE + b"s1,2026-03-01,151\n")).kept
    assert await small.data(read) == {
        "growth": {"current": "1", "currentPeriodStart": "2026-03-01"},
        "whole": {"current": "151", "currentPeriodStart": "2026-03-01"},
        "keyResult": {"current": "151", "progress": 1, "objective": {"progress": 1}},
        "guarded": {"guardrailBreached": False},
    }
    assert await findings(small) == []


async def test_the_same_file_twice_changes_nothing(small: Client, database_url: str) -> None:
    file = TABLE + b"s1,2026-03-31,151\ns1,2026-01-15,50\ns4,2026-06-30,3\n"
    # The point of January is there already, with a source and a reason that the table leaves out.
    assert await measured(small, file) == Measured(True, {"CREATED": 2, "UPDATED": 1}, [])
    before = await row_counts(database_url), await exported(small)
    small.clock.advance(hours=1)
    again = file.replace(b"151", b"151.000").replace(b"2026-03-31", b"2026-03-02")
    for same in (file, again):
        assert await measured(small, same) == Measured(True, {"UNCHANGED": 3}, [])
    assert (await row_counts(database_url), await exported(small)) == before


async def test_a_correction_leaves_what_was_before(small: Client, database_url: str) -> None:
    before = await row_counts(database_url)
    small.clock.advance(hours=1)
    file = b'{"kpi": "s1", "on": "2026-02-01", "value": "80", "reason": "Counted again", "source": "ERP"}\n'
    assert await measured(small, file) == Measured(True, {"UPDATED": 1}, [])
    read = """{ kpi(externalId: "s1") { current revisions { nodes { value revisionNumber reason recordedAt } }
        measurements(first: 1) { nodes { value revisionNumber reason source revisions { value } } } } }"""
    assert (await small.data(read))["kpi"] == {
        "current": "80",
        "revisions": {
            "nodes": [{"value": "75.5", "revisionNumber": 1, "reason": None, "recordedAt": "2026-07-02T12:00:00Z"}]
        },
        "measurements": {
            "nodes": [
                {
                    **{"value": "80", "revisionNumber": 2, "reason": "Counted again", "source": "ERP"},
                    "revisions": [{"value": "80"}, {"value": "75.5"}],
                }
            ]
        },
    }
    after = await row_counts(database_url)
    assert after["kpi_measurements"] == before["kpi_measurements"]
    assert after["kpi_measurement_revisions"] > before["kpi_measurement_revisions"]
    assert await findings(small) == []


async def test_a_period_comes_once(small: Client, database_url: str) -> None:
    before = await row_counts(database_url)
    found = parsed((await small.data('{ kpi(externalId: "s1") { id } }'))["kpi"]["id"])
    assert found is not None
    file = TABLE + b"s1,2026-03-01,1\ns1,2026-04-01,1\ns1,2026-03-31,2\ns4,2026-03-01,1\ns1,2026-03-15,1\n"
    # The same KPI by its id is no other one.
    file += f"{found[1]},2026-03-20,1\n".encode()
    expected = [
        (4, "MEASUREMENT_DUPLICATE", "on"),
        (6, "MEASUREMENT_DUPLICATE", "on"),
        (7, "MEASUREMENT_DUPLICATE", "on"),
    ]
    assert (await measured(small, file)).refused == expected
    assert await row_counts(database_url) == before


async def test_instants_fall_on_the_days_of_the_kpi(small: Client) -> None:
    # s4 is daily in Berlin, s1 monthly in UTC.
    file = b"at,value,kpi\n2026-04-30T22:30:00Z,3,s4\n2026-05-31T23:30:00Z,7,s1\n2026-04-30T23:59:59+14:00,8,s1\n"
    assert await measured(small, file) == Measured(True, {"CREATED": 3}, [])
    assert await points(small, "s4") == [("2026-05-01", "3"), ("2026-03-31", "2")]
    assert (await points(small, "s1"))[:2] == [("2026-05-01", "7"), ("2026-04-01", "8")]


async def test_bytes_before_the_header_quotes_and_line_ends(small: Client) -> None:
    file = b'\xef\xbb\xbf"kpi","on","value","reason"\r\n"s1","2026-03-01","1","One, ""two"",\nthree"\r\n'
    file += b"\r\ns4,2026-06-01,3,\r\n"
    assert await measured(small, file) == Measured(True, {"CREATED": 2}, [])
    found = (await small.data(READ, key="s1"))["kpi"]["measurements"]["nodes"][0]
    assert (found["value"], found["reason"]) == ("1", 'One, "two",\nthree')
    bad = b"s1,nonsense,2,\r\n"
    assert (await measured(small, file + bad)).refused == [(6, "ITEM_INVALID", "on")]


async def test_a_kpi_is_known_by_its_id_as_well(client: Client) -> None:
    id = "01a20535-1fcd-74ae-8ec2-97207139be88"
    await client.make("kpiCreate", id=id, name="Alone")
    file = TABLE + id.encode() + b",2026-03-01,5\n"
    assert await measured(client, file) == Measured(True, {"CREATED": 1}, [])
    assert await client.data("{ kpis { nodes { current } } }") == {"kpis": {"nodes": [{"current": "5"}]}}


async def test_an_archived_kpi_takes_no_points(small: Client) -> None:
    id = (await small.data('{ kpi(externalId: "s4") { id } }'))["kpi"]["id"]
    await small.make("kpiArchive", id=id)
    assert (await measured(small, TABLE + b"s4,2026-06-01,1\n")).refused == [(2, "ARCHIVED", "kpi")]


async def test_others_kpis_are_not_there(small: Client, stranger: Client, database_url: str) -> None:
    before = await row_counts(database_url)
    assert (await measured(stranger, TABLE + b"s1,2026-03-01,1\n")).refused == [(2, "NOT_FOUND", "kpi")]
    assert await row_counts(database_url) == before


async def test_a_rehearsal_keeps_nothing(small: Client, database_url: str) -> None:
    before = await row_counts(database_url), await exported(small)
    file = TABLE + b"s1,2026-03-01,151\ns1,2026-02-01,80\ns4,2026-03-31,2\n"
    expected = {"CREATED": 1, "UPDATED": 1, "UNCHANGED": 1}
    assert await measured(small, file, dry_run=True) == Measured(False, expected, [])
    assert (await row_counts(database_url), await exported(small)) == before


async def test_more_lines_than_are_copied_at_once(client: Client) -> None:
    await client.make("kpiCreate", name="Meter", externalId="m", frequency="DAILY")
    count = 25_000

    def lines() -> Iterator[bytes]:
        yield b"kpi,on,value"
        for number in range(count):
            yield b"m,%d-%02d-%02d,%d" % (1940 + number // 336, 1 + number // 28 % 12, 1 + number % 28, number)

    file = b"\n".join(lines())
    assert await measured(client, file) == Measured(True, {"CREATED": count}, [])
    assert await measured(client, file) == Measured(True, {"UNCHANGED": count}, [])
    read = '{ kpi(externalId: "m") { current currentPeriodStart measurements { totalCount totalCountIsExact } } }'
    assert (await client.data(read))["kpi"] == {
        **{"current": "24999", "currentPeriodStart": "2014-05-24"},
        "measurements": {"totalCount": 10_000, "totalCountIsExact": False},
    }
    twice = file + b"\nm,1940-01-01,0"
    assert (await measured(client, twice)).refused == [(count + 2, "MEASUREMENT_DUPLICATE", "on")]


@pytest.mark.parametrize("header", [b"", b"s1,2026-03-01,1", b"kpi,value", b"on,value", b"kpi,on"])
async def test_a_header_that_is_none(small: Client, database_url: str, tmp_path: Path, header: bytes) -> None:
    before = await row_counts(database_url)
    file = tmp_path / "measurements.csv"
    file.write_bytes(header + b"\ns1,2026-03-01,1\n")
    said = "The header has to name kpi, value, and on or at; known are kpi, on, at, value, source, reason."
    mine = ("--organization", str(small.organization_id))
    code, answers, told = await run(database_url, "import", str(file), *mine)
    assert (code, answers, " ".join(told.split())) == (1, "", said)
    assert await row_counts(database_url) == before


async def test_the_command_tells_what_came_of_it(small: Client, database_url: str, tmp_path: Path) -> None:
    mine = ("--organization", str(small.organization_id))
    file = tmp_path / "measurements.csv"
    file.write_bytes(TABLE + b"s1,2026-03-31,151\ns1,2026-02-01,75.5\n")
    for arguments, fate in ((("--dry-run",), "a rehearsal, nothing was kept"), ((), "kept")):
        code, answers, said = await run(database_url, "import", str(file), *arguments, *mine)
        assert (code, answers) == (0, "")
        assert " ".join(said.split()) == f"1 created, 0 updated, 1 unchanged, 0 failed, 0 skipped: {fate}."
    assert (await points(small, "s1"))[0] == ("2026-03-01", "151")
    broken = b'{"kpi": "s1", "on": "2026-03-01", "value": 1}\n{"kpi": "nobody", "on": "2026-03-01", "value": 1}\n'
    code, answers, said = await run(database_url, "import", "-", *mine, input=broken)
    assert (code, answers) == (1, "")
    assert said.splitlines() == [
        "line 2: NOT_FOUND (kpi): There is no KPI with the external id 'nobody'.",
        "0 created, 0 updated, 0 unchanged, 1 failed, 0 skipped: nothing was kept.",
    ]
    assert (await points(small, "s1"))[0] == ("2026-03-01", "151")
    good = broken.splitlines()[0].replace(b"1}", b"152}")
    said = "0 created, 1 updated, 0 unchanged, 0 failed, 0 skipped: kept.\n"
    assert await run(database_url, "import", "-", *mine, input=good) == (0, "", said)
    assert (await points(small, "s1"))[0] == ("2026-03-01", "152")


async def test_texts_are_as_long_as_in_a_mutation(small: Client) -> None:
    before = await exported(small)
    lines = b"kpi,on,value,source,reason\ns1,2026-01-01,1,%s,\ns1,2026-02-01,1,,%s\n" % (b"x" * 201, b"x" * 2_001)
    found = await measured(small, lines)
    assert (found.kept, found.refused) == (False, [(2, "TOO_LONG", "source"), (3, "TOO_LONG", "reason")])
    assert await exported(small) == before
