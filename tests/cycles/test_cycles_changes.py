"""A cycle as it is made, inside another one from whichever side it is changed, and what follows its dates."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, errors, refused, shown

CREATED = "2026-07-02T12:00:00Z"
OUTSIDE = "CYCLE_OUTSIDE_PARENT"


def days(starts: str, ends: str, **more: Any) -> dict[str, Any]:
    """What a new cycle needs."""
    return {"name": "Cycle", "kind": "CUSTOM", "startsOn": starts, "endsOn": ends, **more}


async def test_as_it_is_made(client: Client) -> None:
    made = await changed(client, "cycleCreate", **days("2026-07-01", "2026-07-04"))
    assert made == {
        **{"id": made["id"], "externalId": None, "name": "Cycle", "kind": "CUSTOM", "state": "ACTIVE"},
        **{"activation": "AT_START", "activatedAt": None, "retrospective": None},
        **{"allowsDatesOutside": False, "checkInCadence": None},
        **{"startsOn": "2026-07-01", "endsOn": "2026-07-04", "parent": None, "children": []},
        **{"startsAt": "2026-07-01T00:00:00Z", "endsAt": "2026-07-05T00:00:00Z", "elapsed": 0.375},
        **{"version": 1, "createdAt": CREATED, "updatedAt": CREATED, "archivedAt": None},
    }
    one = await changed(client, "cycleCreate", **days("2200-12-31", "2200-12-31", externalId="C-1"))
    assert (one["startsAt"], one["endsAt"], one["elapsed"]) == ("2200-12-31T00:00:00Z", "2201-01-01T00:00:00Z", 0)
    assert (one["state"], one["externalId"]) == ("PLANNING", "C-1")
    first = await changed(client, "cycleCreate", **days("1900-01-01", "1900-01-01"))
    assert (first["startsAt"], first["endsAt"], first["elapsed"]) == ("1900-01-01T00:00:00Z", "1900-01-02T00:00:00Z", 1)


async def test_dates_that_cannot_be(client: Client) -> None:
    id = await client.cycle()
    await refused(client, "cycleCreate", "CYCLE_DATES_INVERTED", "endsOn", **days("2026-02-02", "2026-02-01"))
    await refused(client, "cycleUpdate", "CYCLE_DATES_INVERTED", "endsOn", id=id, endsOn="2025-12-31")
    await refused(client, "cycleUpdate", "CYCLE_DATES_INVERTED", "endsOn", id=id, startsOn="2027-01-01")
    for bad in ("1899-12-31", "2201-01-01", "2026-02-29", "2026-1-1", "20260101", "2026-01-01T00:00:00Z", "", "today"):
        assert await errors(client, "cycleCreate", **days(bad, "2026-12-31")) == ["BAD_USER_INPUT"]
        assert await errors(client, "cycleUpdate", id=id, endsOn=bad) == ["BAD_USER_INPUT"]


async def test_a_part_lies_inside_from_both_sides(client: Client) -> None:
    year = await client.cycle()
    for starts, ends in [("2025-12-31", "2026-03-31"), ("2026-10-01", "2027-01-01"), ("2027-01-01", "2027-01-01")]:
        message = await refused(client, "cycleCreate", OUTSIDE, "parentId", **days(starts, ends, parentId=year))
        assert f"({starts} to {ends})" in message
        assert "(2026-01-01 to 2026-12-31)" in message
    for starts, ends in [("2026-01-01", "2026-12-31"), ("2026-01-01", "2026-01-01"), ("2026-04-01", "2026-06-30")]:
        part = await changed(client, "cycleCreate", **days(starts, ends, parentId=year))
        assert part["parent"] == {"id": year}
        await client.make("cycleUpdate", id=part["id"], parentId=None)
    quarter = part["id"]
    await changed(client, "cycleUpdate", id=quarter, parentId=year)
    await refused(client, "cycleUpdate", OUTSIDE, "parentId", id=quarter, endsOn="2027-01-01")
    await refused(client, "cycleUpdate", OUTSIDE, "parentId", id=quarter, startsOn="2025-12-31")
    await refused(client, "cycleUpdate", OUTSIDE, "parentId", id=year, startsOn="2026-04-02")
    await refused(client, "cycleUpdate", OUTSIDE, "parentId", id=year, endsOn="2026-06-29")
    shorter = await changed(client, "cycleUpdate", id=year, startsOn="2026-04-01", endsOn="2026-06-30")
    assert shorter["children"] == [{"id": quarter}]
    other = await client.cycle("2027-01-01", "2027-12-31")
    await refused(client, "cycleUpdate", OUTSIDE, "parentId", id=quarter, parentId=other)
    moved = {"parentId": other, "startsOn": "2027-01-01", "endsOn": "2027-03-31"}
    assert (await changed(client, "cycleUpdate", id=quarter, **moved))["parent"] == {"id": other}


async def test_parts_by_their_start(client: Client) -> None:
    year = await client.cycle()
    third = await client.make("cycleCreate", **days("2026-07-01", "2026-09-30", parentId=year))
    first = await client.make("cycleCreate", **days("2026-01-01", "2026-03-31", parentId=year))
    second = await client.make("cycleCreate", **days("2026-04-01", "2026-06-30", parentId=year))
    inside = await client.make("cycleCreate", **days("2026-04-01", "2026-04-30", parentId=second))
    found = await shown(client, "cycle", year)
    assert found is not None
    assert found["children"] == [{"id": first}, {"id": second}, {"id": third}]
    assert (await shown(client, "cycle", second) or {})["children"] == [{"id": inside}]
    await client.make("cycleArchive", id=second)
    assert (await shown(client, "cycle", year) or {})["children"] == [{"id": first}, {"id": third}]


async def test_nothing_is_inside_itself(client: Client) -> None:
    one, two, three = [await client.cycle() for _ in range(3)]
    own = "00000000-0000-7000-8000-000000000001"
    wanted = days("2026-01-01", "2026-12-31", id=own, parentId=own)
    await refused(client, "cycleCreate", "CYCLE_LOOP", "parentId", **wanted)
    await refused(client, "cycleUpdate", "CYCLE_LOOP", "parentId", id=one, parentId=one)
    await changed(client, "cycleUpdate", id=two, parentId=one)
    await changed(client, "cycleUpdate", id=three, parentId=two)
    for parent in (two, three):
        await refused(client, "cycleUpdate", "CYCLE_LOOP", "parentId", id=one, parentId=parent)
    await changed(client, "cycleUpdate", id=three, parentId=None)
    await changed(client, "cycleUpdate", id=one, parentId=three)


async def test_with_other_dates_status_and_pace_follow(client: Client) -> None:
    await client.make("organizationUpdate", checkInCadenceDays=366)
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    parent = await client.objective(await client.cycle("2025-01-01", "2027-12-31"), progressSource="ALIGNED_OBJECTIVES")
    await client.make("objectiveAlign", objectiveId=objective, parentId=parent)
    key_result = await client.key_result(objective, kind="REACH", target="100")
    await client.check_in(key_result, "40")
    # July 2nd, noon, is the middle of 2026; of 2026 and 2027 it is a quarter, of the first half it is past the end.
    for ends, status, pace in [
        ("2026-12-31", "AT_RISK", 0.8),
        ("2027-12-31", "ON_TRACK", 1.6),
        ("2026-07-02", "OFF_TRACK", pytest.approx(0.4 * 183 / 182.5)),
        ("2026-06-30", "OFF_TRACK", 0.4),
        ("2026-12-31", "AT_RISK", 0.8),
    ]:
        await changed(client, "cycleUpdate", id=cycle, endsOn=ends)
        for kind, id in (("keyResult", key_result), ("objective", objective)):
            found = await shown(client, kind, id)
            assert found is not None
            assert (ends, found["status"], found["pace"]) == (ends, status, pace)
        assert (await shown(client, "objective", parent) or {})["status"] == status
    await changed(client, "cycleUpdate", id=cycle, startsOn="2026-07-03", reason="Postponed")
    found = await shown(client, "keyResult", key_result)
    assert found is not None
    marks = (found["status"], found["statusReason"], found["pace"], found["progress"])
    assert marks == ("NOT_STARTED", "BEFORE_CYCLE", None, 0.4)
