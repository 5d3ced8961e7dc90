"""Dates of goals in files: they are imported, refused line by line, and exported as they are stored."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.small_workspace import cycle, key_result, objective
from tests.kit.workspace_files import exported, findings, imported, refused, sorted_items

CYCLES = [cycle("2026", "2026-01-01", "2026-12-31"), cycle("free", "2026-01-01", "2026-03-31", allowsDatesOutside=True)]
DATES = ("startsOn", "startGranularity", "dueOn", "dueGranularity")


def dates(items: list[dict[str, Any]], external_id: str) -> dict[str, Any]:
    [found] = [each for each in items if each["externalId"] == external_id]
    return {name: found[name] for name in DATES if name in found}


async def test_a_file_is_exported_as_it_is_stored_and_changes_nothing_again(client: Client) -> None:
    items = [
        *CYCLES,
        objective("o1", startsOn="2026-02-10", startGranularity="QUARTER", dueOn="2026-08-10", dueGranularity="MONTH"),
        objective("o2", cycle="free", dueOn="2026-04-30"),
        objective("o3"),
        key_result("k1", dueOn="2026-05-05", dueGranularity="HALF_YEAR"),
        key_result("k2"),
    ]
    done = await imported(client, items)
    assert (done.kept, done.refused) == (True, [])
    found = await exported(client)
    assert dates(found, "o1") == {
        **{"startsOn": "2026-01-01", "startGranularity": "QUARTER"},
        **{"dueOn": "2026-08-31", "dueGranularity": "MONTH"},
    }
    assert dates(found, "o2") == {"dueOn": "2026-04-30", "dueGranularity": "DAY"}
    assert dates(found, "k1") == {"dueOn": "2026-06-30", "dueGranularity": "HALF_YEAR"}
    assert dates(found, "o3") == dates(found, "k2") == {}
    assert await findings(client) == []
    for again in (found, items):
        done = await imported(client, again)
        assert set(done.outcomes) == {"UNCHANGED"}
        assert sorted_items(await exported(client)) == sorted_items(found)


async def test_a_file_changes_and_removes_dates(client: Client) -> None:
    await imported(
        client, [*CYCLES, objective("o1", startsOn="2026-02-01", dueOn="2026-08-10", dueGranularity="MONTH")]
    )
    done = await imported(client, [objective("o1", dueOn="2026-09-01"), key_result("k1", dueOn="2026-09-01")])
    assert done.outcomes == {"CREATED": 1, "UPDATED": 1}
    # The granularity stays, as all that is left out.
    found = await exported(client)
    assert dates(found, "o1")["dueOn"] == "2026-09-30"
    done = await imported(client, [objective("o1", startsOn=None, dueGranularity=None), key_result("k1", dueOn=None)])
    assert done.outcomes == {"UPDATED": 2}
    found = await exported(client)
    assert dates(found, "o1") == {"dueOn": "2026-09-30", "dueGranularity": "DAY"}
    assert dates(found, "k1") == {}
    assert await findings(client) == []


@pytest.mark.parametrize("existing", [False, True])
async def test_each_line_has_its_own_refusals(client: Client, database_url: str, existing: bool) -> None:
    goals = [objective("o1"), objective("o2"), objective("o3", cycle="free"), key_result("k1"), key_result("k2")]
    assert (await imported(client, [*CYCLES, *goals] if existing else [*CYCLES, objective("o1")])).kept
    await refused(
        client,
        database_url,
        [
            objective("o1", title="Fine", dueOn="2026-03-31"),
            objective("o2", startsOn="2025-12-31", dueOn="2027-01-01"),
            objective("o3", cycle="free", startsOn="2026-05-01"),
            key_result("k1", dueOn="2027-01-01"),
            key_result("k2", startsOn="2026-05-01", dueOn="2026-04-30"),
            key_result("k3", title="Fine", dueOn="2026-04-30"),
            key_result("k4", startGranularity="MONTH"),
        ],
        [
            (2, "GOAL_DATE_OUTSIDE_CYCLE", "dueOn"),
            (2, "GOAL_DATE_OUTSIDE_CYCLE", "startsOn"),
            (3, "GOAL_DATES_INVERTED", "startsOn"),
            (4, "GOAL_DATE_OUTSIDE_CYCLE", "dueOn"),
            (5, "GOAL_DATES_INVERTED", "dueOn"),
            (7, "GOAL_DAY_MISSING", "startsOn"),
        ],
    )


async def test_a_cycle_in_a_file_keeps_its_goals_inside(client: Client, database_url: str) -> None:
    assert (await imported(client, [*CYCLES, objective("o1", cycle="free", dueOn="2026-05-01")])).kept
    await refused(
        client,
        database_url,
        [cycle("free", "2026-01-01", "2026-03-31", allowsDatesOutside=False)],
        [(1, "GOAL_DATES_OUTSIDE_CYCLE", "endsOn")],
    )
    done = await imported(client, [cycle("free", "2026-01-01", "2026-06-30", allowsDatesOutside=False)])
    assert done.kept
    assert await findings(client) == []
