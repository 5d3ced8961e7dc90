"""Dates of their own for objectives and key results, over the API."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.reading.reader import Reader
from service.rollup.doctor import examine
from tests.kit.client import Client
from tests.kit.refusals import changed, refused, shown, unchanged

FEBRUARY = {"on": "2026-02-10", "granularity": "MONTH"}
DATES = ("start", "startsAt", "due", "dueAt")
OF_CYCLE = {"start": None, "startsAt": "2026-01-01T00:00:00Z", "due": None, "dueAt": "2026-04-01T00:00:00Z"}
OWN = {
    **{"start": {"on": "2026-02-01", "granularity": "MONTH"}, "startsAt": "2026-02-01T00:00:00Z"},
    **{"due": {"on": "2026-02-28", "granularity": "MONTH"}, "dueAt": "2026-03-01T00:00:00Z"},
}


async def dates(client: Client, name: str, id: str) -> dict[str, Any]:
    found = await shown(client, name, id)
    assert found is not None
    return {each: found[each] for each in DATES}


async def findings(client: Client) -> list[Any]:
    reader = Reader(client.database, client.organization_id)
    try:
        return [each async for each in examine(reader)]
    finally:
        await reader.close()


@pytest.fixture
async def cycle(client: Client) -> str:
    client.clock.now = datetime(2026, 1, 10, tzinfo=UTC)
    return await client.cycle("2026-01-01", "2026-03-31", name="Q1")


async def made(client: Client, name: str, cycle: str, **more: Any) -> dict[str, Any]:
    """A new objective, or a new key result of one."""
    above = {"cycleId": cycle} if name == "objective" else {"objectiveId": await client.objective(cycle)}
    return await changed(client, f"{name}Create", title="Grow", **above, **more)


@pytest.mark.parametrize("name", ["objective", "keyResult"])
async def test_dates_are_given_changed_and_removed(client: Client, cycle: str, name: str) -> None:
    first = await made(client, name, cycle)
    assert {each: first[each] for each in DATES} == OF_CYCLE
    dated = await made(client, name, cycle, start=FEBRUARY, due=FEBRUARY)
    assert {each: dated[each] for each in DATES} == OWN
    await changed(client, f"{name}Update", id=first["id"], start=FEBRUARY, due=FEBRUARY)
    assert await dates(client, name, first["id"]) == OWN
    await unchanged(client, f"{name}Update", id=first["id"], due={"on": "2026-02-01", "granularity": "MONTH"})
    await changed(client, f"{name}Update", id=first["id"], start=None, due={"on": "2026-03-31"})
    assert await dates(client, name, first["id"]) == {
        **OF_CYCLE,
        "due": {"on": "2026-03-31", "granularity": "DAY"},
    }
    await changed(client, f"{name}Update", id=first["id"], title="Shrink")
    await changed(client, f"{name}Update", id=first["id"], due=None)
    assert await dates(client, name, first["id"]) == OF_CYCLE
    assert await findings(client) == []


async def test_a_change_is_in_its_event(client: Client, cycle: str) -> None:
    id = await client.objective(cycle, due=FEBRUARY)
    await client.make("objectiveUpdate", id=id, due=None)
    document = "query($id: ID!) { objective(id: $id) { events(first: 2) { nodes { verb changes } } } }"
    updated, created = (await client.data(document, id=id))["objective"]["events"]["nodes"]
    after = {"dueOn": "2026-02-28", "dueGranularity": "MONTH", "ownDueAt": "2026-03-01T00:00:00Z"}
    assert {name: created["changes"][name]["after"] for name in after} == after
    assert updated["changes"] == {name: {"before": value, "after": None} for name, value in after.items()}


async def test_quarters_are_those_of_the_fiscal_year(client: Client, cycle: str) -> None:
    await client.make("organizationUpdate", fiscalYearStartMonth=2)
    id = await client.objective(cycle, start={"on": "2026-02-10", "granularity": "QUARTER"})
    assert (await dates(client, "objective", id))["start"] == {"on": "2026-02-01", "granularity": "QUARTER"}
    # What was agreed on stays.
    await client.make("organizationUpdate", fiscalYearStartMonth=3)
    assert (await dates(client, "objective", id))["start"] == {"on": "2026-02-01", "granularity": "QUARTER"}


@pytest.mark.parametrize("name", ["objective", "keyResult"])
async def test_refusals(client: Client, cycle: str, name: str) -> None:
    id = (await made(client, name, cycle, due=FEBRUARY))["id"]
    above = {"cycleId": cycle} if name == "objective" else {"objectiveId": await client.objective(cycle)}
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("GOAL_DATE_OUTSIDE_CYCLE", "due", {"due": {"on": "2026-04-01"}}),
        ("GOAL_DATE_OUTSIDE_CYCLE", "start", {"start": {"on": "2026-01-01", "granularity": "YEAR"}, "due": None}),
        ("GOAL_DATES_INVERTED", "due", {"start": {"on": "2026-03-01"}, "due": FEBRUARY}),
    ]
    for code, field, given in cases:
        if "YEAR" not in str(given):
            await refused(client, f"{name}Create", code, field, title="Grow", **above, **given)
            await refused(client, f"{name}Update", code, field, id=id, **given)
    await refused(client, f"{name}Update", "GOAL_DATES_INVERTED", "due", id=id, start={"on": "2026-03-01"})
    message = await refused(
        client,
        f"{name}Update",
        "GOAL_DATE_OUTSIDE_CYCLE",
        "due",
        id=id,
        due={"on": "2026-03-01", "granularity": "YEAR"},
    )
    assert message == "The date 2026-12-31 is outside the cycle of the goal (2026-01-01 to 2026-03-31)."


async def test_a_cycle_may_allow_dates_outside(client: Client, cycle: str) -> None:
    outside = {"start": {"on": "2025-12-01"}, "due": {"on": "2026-06-30", "granularity": "QUARTER"}}
    await changed(client, "cycleUpdate", id=cycle, allowsDatesOutside=True)
    objective = await client.objective(cycle, "Above", **outside)
    key_result = await client.key_result(objective, "Below", due={"on": "2026-05-01"})
    assert (await dates(client, "objective", objective))["dueAt"] == "2026-07-01T00:00:00Z"
    await refused(
        client, "objectiveCreate", "GOAL_DATES_INVERTED", "due", cycleId=cycle, title="X", due={"on": "2025-12-31"}
    )
    message = await refused(
        client, "cycleUpdate", "GOAL_DATES_OUTSIDE_CYCLE", "endsOn", id=cycle, allowsDatesOutside=False
    )
    assert message == (
        'The dates of 2 goals do not fit the cycle (2026-01-01 to 2026-03-31): "Above", "Below". '
        "Change their dates first."
    )
    await client.make("keyResultUpdate", id=key_result, due=None)
    await client.make("objectiveUpdate", id=objective, start=None, due=None)
    await changed(client, "cycleUpdate", id=cycle, allowsDatesOutside=False)
    assert await findings(client) == []


async def test_goals_without_dates_follow_their_cycle(client: Client, cycle: str) -> None:
    objective = await client.objective(cycle, start={"on": "2026-01-20"})
    key_result = await client.key_result(objective)
    await changed(client, "cycleUpdate", id=cycle, startsOn="2026-01-15", endsOn="2026-05-31")
    assert await dates(client, "objective", objective) == {
        **{"start": {"on": "2026-01-20", "granularity": "DAY"}, "startsAt": "2026-01-20T00:00:00Z"},
        **{"due": None, "dueAt": "2026-06-01T00:00:00Z"},
    }
    # A key result takes the cycle's, not the objective's.
    assert (await dates(client, "keyResult", key_result))["startsAt"] == "2026-01-15T00:00:00Z"
    await refused(client, "cycleUpdate", "GOAL_DATES_OUTSIDE_CYCLE", "endsOn", id=cycle, startsOn="2026-01-21")
    await refused(client, "cycleUpdate", "GOAL_DATES_OUTSIDE_CYCLE", "endsOn", id=cycle, endsOn="2026-01-19")
    await changed(client, "cycleUpdate", id=cycle, startsOn="2026-01-20", endsOn="2026-01-20")
    assert await findings(client) == []


async def test_an_objective_moves_to_a_cycle_that_its_dates_fit(client: Client, cycle: str) -> None:
    year, later = await client.cycle(), await client.cycle("2026-07-01", "2026-12-31", name="H2")
    objective = await client.objective(cycle)
    key_results = [
        await client.key_result(objective, f"Key result {number}", due={"on": "2026-02-15"}) for number in range(5)
    ]
    await client.make("keyResultArchive", id=key_results[0])
    message = await refused(
        client, "objectiveUpdate", "GOAL_DATES_OUTSIDE_CYCLE", "cycleId", id=objective, cycleId=later
    )
    assert message == (
        'The dates of 5 goals do not fit the cycle (2026-07-01 to 2026-12-31): "Key result 0", "Key result 1", '
        '"Key result 2". Change their dates first.'
    )
    await changed(client, "objectiveUpdate", id=objective, cycleId=year)
    assert (await dates(client, "keyResult", key_results[1]))["startsAt"] == "2026-01-01T00:00:00Z"
    await client.make("objectiveUpdate", id=objective, due={"on": "2026-03-31"})
    other = await client.objective(year, due={"on": "2026-03-31"})
    await refused(client, "objectiveUpdate", "GOAL_DATE_OUTSIDE_CYCLE", "due", id=other, cycleId=later)
    # In one change both are right.
    await changed(client, "objectiveUpdate", id=other, cycleId=later, due={"on": "2026-07-31"})
    assert (await dates(client, "objective", other))["startsAt"] == "2026-07-01T00:00:00Z"
    assert await findings(client) == []


async def test_without_a_cycle_there_is_nothing_to_compare_with(client: Client, cycle: str) -> None:
    nowhere = "0198c9f0-7a3b-7c11-9d2e-3f4a5b6c7d8e"
    await refused(
        client, "objectiveCreate", "NOT_FOUND", "cycleId", cycleId=nowhere, title="Grow", due={"on": "2026-02-01"}
    )
    id = await client.objective(cycle, due=FEBRUARY)
    await refused(client, "objectiveUpdate", "NOT_FOUND", "cycleId", id=id, cycleId=nowhere)
    await refused(
        client,
        "keyResultCreate",
        "NOT_FOUND",
        "objectiveId",
        objectiveId=nowhere,
        title="Grow",
        due={"on": "2026-02-01"},
    )


@pytest.mark.parametrize("root", ["objectives", "keyResults"])
async def test_lists_are_filtered_and_sorted_by_them(client: Client, cycle: str, root: str) -> None:
    name = root.removesuffix("s")
    ids = [
        (await made(client, name, cycle, **{"start": {"on": f"2026-01-{12 + n}"}, "due": {"on": f"2026-03-{20 - n}"}}))[
            "id"
        ]
        for n in range(4)
    ]
    document = f"""{{
      byDue: {root}(filter: {{dueAt: {{lt: "2026-03-25T00:00:00Z"}}}}, orderBy: {{field: DUE_AT}}) {{ nodes {{ id }} }}
      byStart: {root}(
        filter: {{startsAt: {{gte: "2026-01-14T00:00:00Z"}}}}, orderBy: {{field: STARTS_AT, direction: DESC}}
      ) {{ nodes {{ id }} }}
      none: {root}(filter: {{dueAt: {{gt: "2026-04-01T00:00:00Z"}}}}) {{ totalCount }}
      cycle: {root}(filter: {{dueAt: {{eq: "2026-04-01T00:00:00Z"}}}}) {{ totalCount }}
    }}"""
    found = await client.data(document)
    assert [each["id"] for each in found["byDue"]["nodes"]] == ids[::-1]
    assert [each["id"] for each in found["byStart"]["nodes"]] == [ids[3], ids[2]]
    assert found["none"]["totalCount"] == 0
    assert found["cycle"]["totalCount"] == 0


async def test_past_due(client: Client, cycle: str) -> None:
    objective = await client.objective(cycle, due={"on": "2026-01-31"})
    key_result = await client.key_result(objective, kind="REACH", target="10")

    async def past() -> tuple[bool, bool]:
        above, below = await shown(client, "objective", objective), await shown(client, "keyResult", key_result)
        assert above
        assert below
        return above["isPastDue"], below["isPastDue"]

    client.clock.now = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
    assert await past() == (False, False)
    client.clock.advance(seconds=1)
    assert await past() == (True, False)
    client.clock.now = datetime(2026, 4, 1, tzinfo=UTC)
    assert await past() == (True, True)
    await client.make("keyResultUpdate", id=key_result, lifecycle="CANCELLED")
    assert await past() == (True, False)
    await client.make("keyResultUpdate", id=key_result, lifecycle="ACTIVE")
    await client.make("objectiveArchive", id=objective)
    assert await past() == (False, True)
    await client.make("objectiveRestore", id=objective)
    await client.take_steps(cycle, "BeginClosing", "Close")
    assert await past() == (False, False)
    await client.take_steps(cycle, "Reopen")
    await client.check_in(key_result, "10", at="2026-03-31T00:00:00Z")
    assert await past() == (False, False)
