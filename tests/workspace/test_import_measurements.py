"""`okrgraph import measurements.csv`, and JSON Lines of measurements: kept whole or not at all, and the same twice."""

from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.kpis.kit import goal, kpi, read
from tests.workspace.files import findings, row_counts
from tests.workspace.test_import_command import run

HEADER = "kpi,on,value,source,reason"
SERIES = 'series(from: "2026-01-01", to: "2026-03-31") { value nullReason }'


@pytest.fixture
async def mine(client: Client) -> tuple[str, str]:
    """Two KPIs, one made of the other, and a key result that follows that one."""
    sales = await kpi(client, "Sales", externalId="sales", aggregation="SUM")
    twice = await kpi(client, "Twice", externalId="twice", formula="2 * sales")
    objective = await client.objective(await client.cycle())
    facts = {"kind": "REACH", "target": "100", "sourceKpiId": twice}
    await client.key_result(objective, "Follows", externalId="follows", **facts)
    return sales, twice


async def imported(
    client: Client, database_url: str, *lines: str, name: str = "-", **more: Any
) -> tuple[int | None, str]:
    """Exit code and what was said, of lines on standard input."""
    arguments = ["import", name, "--organization", str(client.organization_id), *more.get("options", ())]
    code, _, said = await run(database_url, *arguments, input="\n".join(lines).encode() if name == "-" else b"")
    return code, said


async def values(client: Client, id: str) -> list[str | None]:
    return [point["value"] for point in (await read(client, id, SERIES))["series"]]


async def test_a_table_is_kept_and_all_that_follows_with_it(
    client: Client, database_url: str, mine: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "measurements.csv"
    rows = ["sales,2026-01-31,10,erp,", 'sales,2026-02-01,"20.5",erp,"late, but right"']
    file.write_text("\ufeff" + "\n".join([HEADER, *rows]) + "\n")
    assert await imported(client, database_url, name=str(file)) == (
        0,
        "2 created, 0 updated, 0 unchanged, 0 failed: kept.\n",
    )
    assert await values(client, mine[0]) == ["10", "20.5", None]
    assert await values(client, mine[1]) == ["20", "41", None]
    found = await client.data('{ keyResult(externalId: "follows") { current progress objective { progress } } }')
    assert found == {"keyResult": {"current": "41", "progress": 0.41, "objective": {"progress": 0.41}}}
    point = "measurements(first: 1) { nodes { startsOn value source reason version author { id } } }"
    assert (await read(client, mine[0], point))["measurements"]["nodes"] == [
        {
            **{"startsOn": "2026-02-01", "value": "20.5", "source": "erp", "reason": "late, but right"},
            **{"version": 1, "author": None},
        }
    ]
    assert await findings(client) == []


async def test_the_same_again_changes_nothing_and_a_correction_is_kept_beside_what_was(
    client: Client, database_url: str, mine: tuple[str, str]
) -> None:
    line = '{"kpi": "sales", "on": "2026-01-15", "value": "10"}'
    assert (await imported(client, database_url, line))[0] == 0
    before = await row_counts(database_url)
    assert await imported(client, database_url, line) == (0, "0 created, 0 updated, 1 unchanged, 0 failed: kept.\n")
    assert await row_counts(database_url) == before
    corrected = '{"kpi": "sales", "at": "2026-01-02T00:00:00Z", "value": "11", "reason": "miscounted"}'
    assert await imported(client, database_url, corrected) == (
        0,
        "0 created, 1 updated, 0 unchanged, 0 failed: kept.\n",
    )
    found = await read(client, mine[0], "measurements { nodes { revisions { version value reason } } }")
    assert found["measurements"]["nodes"] == [
        {
            "revisions": [
                {"version": 2, "value": "11", "reason": "miscounted"},
                {"version": 1, "value": "10", "reason": None},
            ]
        }
    ]
    assert await values(client, mine[1]) == ["22", None, None]


async def test_one_bad_line_keeps_all_out_and_each_is_told(
    client: Client, database_url: str, mine: tuple[str, str]
) -> None:
    before = await row_counts(database_url)
    code, said = await imported(
        client,
        database_url,
        HEADER,
        "sales,2026-01-31,10,,",
        "sales,2026-01-01,11,,",
        "nothing,2026-01-31,10,,",
        "twice,2026-01-31,10,,",
        "sales,2026-12-01,10,,",
        "sales,2026-02-30,10,,",
        "sales,2026-02-01,NaN,,",
        "sales,2026-02-01,,,",
        "sales,,10,,",
    )
    *told, tally = said.splitlines()
    assert (code, tally) == (1, "0 created, 0 updated, 0 unchanged, 8 failed: nothing was kept.")
    assert sorted(line.partition(": ")[0] + " " + line.split(": ")[1] for line in told) == [
        "line 10 WHEN_MISSING (on)",
        "line 3 POINT_TWICE (on)",
        "line 4 NOT_FOUND (kpi)",
        "line 5 KPI_IS_COMPUTED (kpi)",
        "line 6 POINT_IN_FUTURE (on)",
        "line 7 INVALID_ITEM (on)",
        "line 8 INVALID_ITEM (value)",
        "line 9 INVALID_ITEM (value)",
    ]
    assert await row_counts(database_url) == before


async def test_a_rehearsal_keeps_nothing(client: Client, database_url: str, mine: tuple[str, str]) -> None:
    before = await row_counts(database_url)
    line = '{"kpi": "sales", "on": "2026-01-15", "value": "10"}'
    said = await imported(client, database_url, line, options=["--dry-run"])
    assert said == (0, "1 created, 0 updated, 0 unchanged, 0 failed: a rehearsal, nothing was kept.\n")
    assert await row_counts(database_url) == before


async def test_a_table_of_something_else_is_told_by_its_header(
    client: Client, database_url: str, mine: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("name,size\nx,1\n")
    code, said = await imported(client, database_url, name=str(file))
    assert code == 1
    assert "The header has to name kpi, value, and on or at;" in said
    assert await goal(
        client, (await client.data('{ keyResult(externalId: "follows") { id } }'))["keyResult"]["id"], "hasData"
    ) == {"hasData": False}
