"""Cadences in files: imported, exported, restored, and refused."""

from typing import Any

from tests.kit.client import Client
from tests.kit.small_workspace import cycle, key_result, objective, team
from tests.kit.workspace_files import exported, findings, imported, refused
from tests.workspace.restored import assert_same


def every(**own: Any) -> list[dict[str, Any]]:
    """An item of each type that has a cadence of its own."""
    return [
        team("t1", **own),
        cycle("2026", "2026-01-01", "2026-12-31", state="ACTIVE", **own),
        objective("o1", **own),
        key_result("k1", kind="REACH", target="10", **own),
    ]


FRIDAYS = {"checkInCadenceDays": 14, "checkInWeekday": "FRIDAY"}
SHORT = {"checkInCadenceDays": 6, "checkInWeekday": "FRIDAY"}
SHOWN = """{ objective(externalId: "o1") { checkInCadence { days weekday } cycle { checkInCadence { days weekday } }
    keyResults { checkInCadence { days weekday } nextCheckInDueAt } }
    teams { nodes { checkInCadence { days weekday } } } }"""


async def test_files_bring_cadences(client: Client, database_url: str) -> None:
    done = await imported(client, every(**FRIDAYS))
    assert (done.kept, done.outcomes) == (True, {"CREATED": 4})
    own = {"checkInCadence": {"days": 14, "weekday": "FRIDAY"}}
    # The nearest Friday to two weeks after Thursday, July 2nd.
    assert await client.data(SHOWN) == {
        "objective": {**own, "cycle": own, "keyResults": [{**own, "nextCheckInDueAt": "2026-07-17T00:00:00Z"}]},
        "teams": {"nodes": [own]},
    }
    items = await exported(client)
    kinds = ("Team", "Cycle", "Objective", "KeyResult")
    found = [{name: each[name] for name in FRIDAYS} for each in items if each["type"] in kinds]
    assert found == [FRIDAYS] * 4
    assert (await imported(client, items)).outcomes == {"UNCHANGED": len(items)}
    assert await findings(client) == []
    await assert_same(client, database_url)
    changed = await imported(client, every(checkInCadenceDays=None, checkInWeekday=None))
    assert changed.outcomes == {"UPDATED": 4}
    assert (await client.data(SHOWN))["objective"]["checkInCadence"] is None
    assert await findings(client) == []


async def test_wrong_cadences_are_refused_with_their_lines(client: Client, database_url: str) -> None:
    short = [(line, "WEEKDAY_OF_SHORT_CADENCE", "checkInCadenceDays") for line in (1, 2, 3, 4)]
    await imported(client, every()[1:2])
    new = [team("t1", **SHORT), *every(**SHORT)[2:]]
    await refused(client, database_url, new, [(line, *short[0][1:]) for line in (1, 2, 3)])
    await imported(client, every())
    await refused(client, database_url, every(checkInWeekday="FRIDAY"), short)
    long = [(line, "CADENCE_OUT_OF_RANGE", "checkInCadenceDays") for line in (1, 2, 3, 4)]
    await refused(client, database_url, every(checkInCadenceDays=367), long)
