"""The status policy has versions, and goals of a closed cycle are judged by the one in force at its close."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from service.settings import Settings, connect_arguments
from tests.kit.client import Client, Statements
from tests.kit.workspace_files import findings

VERSIONS = """{ organization { statusPolicies(first: 20) { totalCount nodes {
    number onTrackPace atRiskPace checkInCadenceDays validFrom reason author { name } serviceAccount { name } } } } }"""
FIRST = {
    **{"number": 1, "onTrackPace": 0.9, "atRiskPace": 0.7, "checkInCadenceDays": 7, "reason": None},
    **{"author": None, "serviceAccount": None},
}
GOALS = """{
    cycles(first: 10) { nodes { id statusPolicy { number } } }
    objectives(first: 10) { nodes { id status statusPolicy { number checkInCadenceDays } keyResults {
        id status progress nextCheckInDueAt statusPolicy { id number } } } } }"""
STRICT = {"onTrackPace": 5.0, "atRiskPace": 4.0, "checkInCadenceDays": 30}


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**connect_arguments(database_url))
    yield connection
    await connection.close()


async def versions(client: Client) -> list[dict[str, Any]]:
    """The versions of the policy, the newest first, without their times."""
    found = (await client.data(VERSIONS))["organization"]["statusPolicies"]
    times = [each.pop("validFrom") for each in found["nodes"]]
    assert times == sorted(times, reverse=True)
    assert found["totalCount"] == len(found["nodes"])
    return found["nodes"]


async def judged(client: Client, objective: str) -> tuple[Any, ...]:
    """How an objective and its key results stand, and the numbers of the versions that judge them."""
    data = await client.data(GOALS)
    [found] = [each for each in data["objectives"]["nodes"] if each["id"] == objective]
    goals = [(each["status"], each["progress"], each["statusPolicy"]["number"]) for each in found["keyResults"]]
    return found["status"], found["statusPolicy"]["number"], goals


async def quarter(client: Client, starts: str = "2026-04-01", ends: str = "2026-06-30") -> tuple[str, str]:
    """A cycle with an objective, whose key results go by pace and by the adherence to a limit."""
    cycle = await client.cycle(starts, ends)
    objective = await client.objective(cycle)
    number = await client.key_result(objective, kind="REACH", target="100")
    limit = await client.key_result(objective, kind="AT_LEAST", target="5", mode="ADHERENCE")
    await client.check_in(number, "95", at=f"{starts}T12:00:00Z")
    await client.check_in(limit, "6", at=f"{starts}T12:00:00Z")
    return cycle, objective


async def test_a_change_of_the_policy_adds_a_version(client: Client) -> None:
    assert await versions(client) == [FIRST]
    client.clock.advance(hours=1)
    for name in ("Renamed", "Renamed again"):
        await client.make("organizationUpdate", "version", name=name, onTrackPace=0.9, fiscalYearStartMonth=4)
    assert await versions(client) == [FIRST]
    await client.make("organizationUpdate", "version", onTrackPace=0.8, reason="Too strict")
    await client.make("organizationUpdate", "version", checkInCadenceDays=14)
    second = {**FIRST, "number": 2, "onTrackPace": 0.8, "reason": "Too strict", "author": {"name": "Olive Owner"}}
    third = {**second, "number": 3, "checkInCadenceDays": 14, "reason": None}
    assert await versions(client) == [third, second, FIRST]
    event = (await client.data("{ events(first: 2) { nodes { verb reason changes } } }"))["events"]["nodes"][1]
    assert (event["reason"], event["changes"]) == ("Too strict", {"onTrackPace": {"before": 0.9, "after": 0.8}})
    assert await findings(client) == []


@pytest.mark.parametrize(
    ("input", "refusal"),
    [
        ({"onTrackPace": 0.1}, ("PACE_THRESHOLDS_INVERTED", ["input", "atRiskPace"])),
        ({"checkInCadenceDays": 0}, ("CADENCE_OUT_OF_RANGE", ["input", "checkInCadenceDays"])),
        ({"onTrackPace": 0.8, "reason": "x" * 2001}, ("TOO_LONG", ["input", "reason"])),
        ({"onTrackPace": 0.8, "expectedVersion": 9}, ("CONFLICT", ["input", "expectedVersion"])),
    ],
)
async def test_a_refused_change_adds_none(client: Client, input: dict[str, Any], refusal: Any) -> None:
    assert await client.refused("organizationUpdate", **input) == refusal
    assert await versions(client) == [FIRST]


async def test_a_closed_cycle_keeps_its_version_until_it_is_reopened(
    client: Client, superuser: asyncpg.Connection
) -> None:
    closed, ended = await quarter(client)
    _, running = await quarter(client, "2026-07-01", "2026-12-31")
    client.clock.advance(days=60)
    await client.take_steps(closed, "BeginClosing", "Close")
    before = await judged(client, ended)
    assert before == ("OFF_TRACK", 1, [("ON_TRACK", 0.95, 1), ("OFF_TRACK", 1 / 13, 1)])
    assert await judged(client, running) == ("OFF_TRACK", 1, [("ON_TRACK", 0.95, 1), ("OFF_TRACK", 1 / 27, 1)])
    stored = await rows(superuser, client, closed)

    await client.make("organizationUpdate", "version", **STRICT)
    assert await judged(client, ended) == before
    assert await rows(superuser, client, closed) == stored
    assert await judged(client, running) == ("OFF_TRACK", 2, [("OFF_TRACK", 0.95, 2), ("OFF_TRACK", 1 / 7, 2)])
    cycles = (await client.data(GOALS))["cycles"]["nodes"]
    assert {each["id"]: each["statusPolicy"]["number"] for each in cycles}[closed] == 1
    assert await findings(client) == []

    await client.take_steps(closed, "Reopen")
    assert await judged(client, ended) == ("OFF_TRACK", 2, [("OFF_TRACK", 0.95, 2), ("OFF_TRACK", 0.25, 2)])
    await client.take_steps(closed, "Close")
    await client.make("organizationUpdate", "version", onTrackPace=0.5, atRiskPace=0.5)
    assert await judged(client, ended) == ("OFF_TRACK", 2, [("OFF_TRACK", 0.95, 2), ("OFF_TRACK", 0.25, 2)])
    assert await findings(client) == []


async def rows(superuser: asyncpg.Connection, client: Client, cycle: str) -> list[str]:
    """All rows of goals that are stored of a cycle which has the most of them ended, in full."""
    found = []
    for table in ("objectives", "key_results"):
        query = f"SELECT t::text AS row FROM {table} t WHERE organization_id = $1 AND due_at < '2026-07-02' ORDER BY 1"
        found += [row["row"] for row in await superuser.fetch(query, client.organization_id)]
    assert len(found) == 3
    return found


async def test_the_report_of_a_closed_cycle_counts_periods_of_its_version(client: Client) -> None:
    client.clock.advance(days=-60)
    cycle, _ = await quarter(client)
    client.clock.advance(days=60)
    await client.take_steps(cycle, "BeginClosing", "Close")
    document = "query($id: ID!) { cycleReport(cycleId: $id) { activity { expectedCount metCount } } }"
    before = await client.data(document, id=cycle)
    await client.make("organizationUpdate", "version", checkInCadenceDays=1)
    assert await client.data(document, id=cycle) == before
    await client.take_steps(cycle, "Reopen")
    assert await client.data(document, id=cycle) != before


async def test_a_version_costs_no_message_of_its_own(client: Client, statements: Statements) -> None:
    # graphql-core reads a level at a time.
    with_versions, without_any = (1, 1) if Settings().executor == "breadth-first" else (5, 4)
    await quarter(client)
    for _ in range(2):
        await client.data(GOALS)
    assert len(await statements.of(client.data(GOALS))) == with_versions
    await quarter(client, "2026-07-01", "2026-12-31")
    await client.make("organizationUpdate", "version", **STRICT)
    assert len(await statements.of(client.data(GOALS))) == with_versions
    without = GOALS.replace("statusPolicy { number }", "name").replace("statusPolicy { id number }", "title")
    without = without.replace("statusPolicy { number checkInCadenceDays }", "title")
    for _ in range(2):
        await client.data(without)
    assert len(await statements.of(client.data(without))) == without_any


async def test_closing_and_a_new_policy_follow_each_other(client: Client) -> None:
    cycle, objective = await quarter(client)
    await client.take_steps(cycle, "BeginClosing")
    close = client.take_steps(cycle, "Close")
    changes = [client.make("organizationUpdate", "version", checkInCadenceDays=days) for days in (1, 2, 3)]
    await asyncio.gather(changes[0], close, *changes[1:])
    assert [each["number"] for each in await versions(client)] == [4, 3, 2, 1]
    assert await findings(client) == []
    before = await judged(client, objective)
    await client.make("organizationUpdate", "version", **STRICT)
    assert await judged(client, objective) == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE organizations SET on_track_pace = 0.8", "has another status policy than its newest version"),
        ("UPDATE status_policies SET number = 3 WHERE number = 2", "is no successor of the version before it"),
        ("UPDATE status_policies SET valid_from = '2020-01-01' WHERE number = 2", "is no successor of the version"),
    ],
)
async def test_doctor_finds_versions_that_are_wrong(
    client: Client, superuser: asyncpg.Connection, change: str, problem: str
) -> None:
    await client.make("organizationUpdate", "version", onTrackPace=1.0)
    await superuser.execute(change)
    [found] = await findings(client)
    assert problem in str(found)


async def test_doctor_finds_a_closed_cycle_that_is_judged_by_another_version(
    client: Client, superuser: asyncpg.Connection
) -> None:
    cycle, _ = await quarter(client)
    # Goals keep the cadence of the close, and pace is judged by the other version.
    by_hand = await client.objective(cycle, progressSource="MANUAL")
    await client.make("objectiveCheckIn", objectiveId=by_hand, value="0.95", at="2026-04-01T12:00:00Z")
    await client.take_steps(cycle, "BeginClosing", "Close")
    await client.make("organizationUpdate", "version", **STRICT)
    for table in ("cycles", "cycle_revisions"):
        await superuser.execute(
            f"UPDATE {table} SET status_policy_id = (SELECT id FROM status_policies WHERE number = 2) "
            "WHERE state = 'CLOSED'"
        )
    assert {found.subject for found in await findings(client)} == {"KeyResult", "Objective"}
    with pytest.raises(asyncpg.CheckViolationError, match="ck_cycles_status_policy"):
        await superuser.execute("UPDATE cycles SET status_policy_id = NULL")
